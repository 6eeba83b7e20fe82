# shellcheck shell=sh
# SPDX-License-Identifier: BSL-1.0
# Sourced by the scripts of benchmarks/ where the user stands, before they go elsewhere: what they are given, checked.

standing=$PWD

# absolute <path>: the same file, wherever one goes.
absolute() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s\n' "$standing/$1" ;;
    esac
}

# answer_options <argument>: what begins with a dash is --help, or is refused; the script's usage says what there is.
answer_options() {
    case $1 in
        --help)
            usage
            exit
            ;;
        -*)
            usage >&2
            exit 2
            ;;
    esac
}

# is_count <text>: 1, 2, ...
is_count() {
    case $1 in
        '' | 0* | *[!0-9]*) return 1 ;;
    esac
}

# is_positive <text>: a number above 0, such as 2 or 0.5.
is_positive() {
    case $1 in
        *[!0-9.]* | *.*.*) return 1 ;;
        *[1-9]*) ;;
        *) return 1 ;;
    esac
}

# are_workloads <W1,W2>: each is one of the repository's, in which one stands; otherwise says which are.
are_workloads() {
    workloads=$(sed -n 's/.*workload{"\([^"]*\)".*/\1/p' benchmarks/workload_list.hpp benchmarks/image_workloads.hpp)
    printf '%s\n' "$1" | tr , '\n' | while IFS= read -r name; do
        if ! printf '%s\n' "$workloads" | grep -qxF -- "$name"; then
            echo "there is no workload '$name'; there are $(echo "$workloads" | tr '\n' ' ')" >&2
            exit 1
        fi
    done
}

# can_write <folder>: makes it where it is not there, and tries.
can_write() {
    if mkdir -p -- "$1" 2>/dev/null && (: >"$1/.written$$") 2>/dev/null; then
        rm -f -- "$1/.written$$"
    else
        echo "nothing can be written into $1" >&2
        return 1
    fi
}
