# shellcheck shell=sh
# SPDX-License-Identifier: BSL-1.0
# Sourced by tests/run.sh and examples/quickstart.sh: install_missing installs with apt-get what is not there, or says
# exactly what to install and fails. Afterwards `gcc` and `clang` name the compilers, and CXX is the former.

# first_compiler <least version> <name>...: the first of the names that is such a compiler.
first_compiler() {
    least=$1
    shift
    for compiler in "$@"; do
        version=$("$compiler" -dumpversion 2>/dev/null | cut -d . -f 1)
        if [ "${version:-0}" -ge "$least" ] 2>/dev/null; then
            echo "$compiler"
            return
        fi
    done
    return 1
}

find_compilers() {
    gcc=$(first_compiler 12 g++ g++-12 g++-13 g++-14 g++-15)
    clang=$(first_compiler 17 clang++-21 clang++-20 clang++-19 clang++-18 clang++-17 clang++)
}

# has_header <header>...: one of the headers is where the compiler looks.
has_header() {
    for header in "$@"; do
        printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$header" | "$gcc" -E -x c++ - >/dev/null 2>&1 && return
    done
    return 1
}

# The package of the newest clang that apt offers; before apt knows, the one of Debian 12.
clang_package() {
    for version in 19 18 17; do
        if apt-cache show "clang-$version" >/dev/null 2>&1; then
            echo "clang-$version"
            return
        fi
    done
    echo clang-19
}

# clang++ can link with its sanitizers: their libraries are in a package that clang's does not need.
has_sanitizers() {
    echo 'int main() {}' | "$clang" -fsanitize=address,undefined -x c++ - -o /dev/null >/dev/null 2>&1
}

# missing <tests|examples>: the packages without which it does not work.
missing() {
    find_compilers
    [ -n "$gcc" ] || echo g++
    command -v make >/dev/null || echo make
    command -v cmake >/dev/null || echo cmake
    has_header xtensor/xfixed.hpp xtensor/containers/xfixed.hpp || echo libxtensor-dev
    has_header xsimd/xsimd.hpp || echo libxsimd-dev
    has_header boost/hana.hpp || echo libboost-dev
    has_header png.h || echo libpng-dev
    has_header jpeglib.h || echo libjpeg-dev
    has_header zlib.h || echo zlib1g-dev
    if [ "$1" = tests ]; then
        has_header catch2/catch.hpp catch2/catch_all.hpp || echo catch2
        has_header benchmark/benchmark.h || echo libbenchmark-dev
        if [ -z "$clang" ]; then
            package=$(clang_package)
            echo "$package"
            echo "libclang-rt-${package#clang-}-dev"
        else
            has_sanitizers || echo "libclang-rt-$("$clang" -dumpversion | cut -d . -f 1)-dev"
        fi
    fi
}

# as_root <command>...: where that is possible without asking in a place where nobody answers.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        sudo "$@"
    else
        return 1
    fi
}

# absent <package>...: those without whose command, the package's name up to the first -, this machine is.
absent() {
    for package in "$@"; do
        command -v "${package%%-*}" >/dev/null || echo "$package"
    done
}

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

# install_missing <tests|examples> [<package> with a command that is welcome but not needed]...
install_missing() {
    what=$1
    shift
    welcome=$(absent "$@")
    if [ -n "$(missing "$what")$welcome" ] && command -v apt-get >/dev/null; then
        as_root apt-get update
        # Anew: only now does apt know its packages.
        needed=$(missing "$what")
        # Two calls, so that what is welcome never keeps out what is needed.
        # shellcheck disable=SC2086
        [ -z "$needed" ] || apt_install $needed
        # shellcheck disable=SC2086
        [ -z "$welcome" ] || apt_install $welcome || echo "Not installed, and not needed:" $welcome
    fi
    packages=$(missing "$what" | tr '\n' ' ')
    if [ -n "$packages" ]; then
        echo "This is missing and could not be installed from here; as root:"
        echo "    apt-get install $packages"
        echo "(names of Debian 12; on Ubuntu 24.04 clang is clang-18; elsewhere: g++ 12, clang++ 17 with compiler-rt,"
        echo "xtensor 0.24, xsimd 8, Boost 1.74, libpng 1.6, libjpeg, zlib, Catch2 2.13, or later ones)"
        return 1
    fi
    find_compilers
    export CXX="$gcc"
    if command -v ccache >/dev/null; then
        export CMAKE_CXX_COMPILER_LAUNCHER=ccache
    fi
}
