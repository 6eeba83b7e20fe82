#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The scripts beside this one can fail: each is shown what it has to accept, and then what it has to refuse, and why.
# From the environment: CXX, PRIORI_FLAGS, PRIORI_SOURCE.
set -u
here=$PRIORI_SOURCE/tests/support
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRIORI_BUILD="$work/build"
failures=0
checks=0

accepts() {
    checks=$((checks + 1))
    "$@" >"$work/output" 2>&1 && return
    echo "refused, although it is in order: $*"
    sed 's/^/    | /' "$work/output"
    failures=$((failures + 1))
}
# refuses <text> <command>...: fails, and says the text.
refuses() {
    text=$1
    shift
    checks=$((checks + 1))
    if "$@" >"$work/output" 2>&1; then
        echo "accepted, although '$text' was expected: $*"
    elif grep -qF -- "$text" "$work/output"; then
        return
    else
        echo "refused, but not for '$text': $*"
    fi
    sed 's/^/    | /' "$work/output"
    failures=$((failures + 1))
}

# --- layering.sh: a small house in order, then one more header that breaks one rule ---
house() {
    rm -rf "$work/priori"
    mkdir -p "$work/priori/core" "$work/priori/nn" "$work/priori/tensor" "$work/priori/io" "$work/priori/optim"
    printf '#pragma once\n#include <cstddef>\n' >"$work/priori/core/shape.hpp"
    printf '#pragma once\n#include <xtensor/xfixed.hpp>\n#include <priori/core/shape.hpp>\n' >"$work/priori/tensor/tensor.hpp"
    printf '#pragma once\n#include <priori/tensor/tensor.hpp>\n' >"$work/priori/nn/dense.hpp"
    printf '#pragma once\n#include <priori/core/shape.hpp>\n' >"$work/priori/optim/sgd.hpp"
    printf '#pragma once\n#include <iostream>\n' >"$work/priori/io/csv.hpp"
    printf '#pragma once\n#include <priori/nn/dense.hpp>\n#include <priori/io/csv.hpp>\n' >"$work/priori/priori.hpp"
}
# with <header> <line>...: a house with one more header.
with() {
    house
    header=$1
    shift
    mkdir -p "$(dirname "$work/priori/$header")"
    printf '%s\n' '#pragma once' "$@" >"$work/priori/$header"
}
layering() { sh "$here/layering.sh" "$work/priori"; }
house
accepts layering
with nn/relu.hpp '#include <priori/optim/sgd.hpp>'
refuses 'priori/nn/relu.hpp:2: nn may not include optim' layering
with core/name.hpp '#  include <priori/tensor/tensor.hpp>'
refuses 'priori/core/name.hpp:2: core may not include tensor' layering
with core/name.hpp '#include <xsimd/xsimd.hpp>'
refuses '<xsimd/xsimd.hpp> may be included in simd only' layering
with nn/relu.hpp '#include <xtensor/xmath.hpp>'
refuses '<xtensor/xmath.hpp> may be included in tensor interop only' layering
with nn/relu.hpp '#include <boost/hana.hpp>'
refuses '<boost/hana.hpp> may be included in core only' layering
with nn/relu.hpp '' '#include <iostream>'
refuses 'priori/nn/relu.hpp:3: <iostream> may be included in io train only' layering
with nn/relu.hpp '#include <priori/priori.hpp>'
refuses 'is an umbrella' layering
with nn/relu.hpp '#include "dense.hpp"'
refuses 'not quotes' layering
with nn/relu.hpp '#include <priori/nn/gelu.hpp>'
printf '#pragma once\n#include <priori/nn/relu.hpp>\n' >"$work/priori/nn/gelu.hpp"
refuses 'circle: nn/gelu.hpp -> nn/relu.hpp -> nn/gelu.hpp' layering
with nn/relu.hpp "$(seq 400)"
refuses 'at most 400 lines' layering
with attic/relu.hpp
refuses 'the folder attic has no rule' layering
house
printf '#include <cstddef>\n' >"$work/priori/nn/relu.hpp"
refuses '#pragma once is missing' layering
rm -rf "$work/priori"
mkdir "$work/priori"
refuses 'no header was found' layering

# --- must_fail.sh ---
must_fail() { sh "$here/must_fail.sh" "$work/case.fail.cpp"; }
assertion='template <class T> void f(T) { static_assert(sizeof(T) == 0, "[priori:N999] f: wants nothing."); }'
case_of() { printf '%s\n' "$1" '#if CASE == 1' "$2" "$3" '#endif' >"$work/case.fail.cpp"; }
case_of "$assertion" '// CASE 1: [priori:N999] f: wants nothing.' 'void g() { f(1); }'
accepts must_fail
case_of "$assertion" '// CASE 1: [priori:N998]' 'void g() { f(1); }'
refuses "'[priori:N998]' is not in the first error" must_fail
case_of "$assertion" '// CASE 1: [priori:N999]' 'void g() { undeclared = 1; f(1); }'
refuses "'[priori:N999]' is not in the first error" must_fail
case_of "$assertion" '// CASE 1: [priori:N999]' 'void g() {}'
refuses 'CASE 1 compiles' must_fail
case_of "$assertion int n = undeclared;" '// CASE 1: [priori:N999]' 'void g() { f(1); }'
refuses 'CASE 0 has to compile' must_fail
case_of "$assertion" '' 'void g() { f(1); }'
refuses 'describes , but' must_fail
printf 'int main() {}\n' >"$work/case.fail.cpp"
refuses 'no case in it' must_fail
case_of "$assertion" '// CASE 1: [priori:N999]' "void g() { $(seq -f 'f(%g);' 40 | tr '\n' ' ') f(1.0); f('c'); f(1L);
 f(1u); f(1ul); f(1ll); f(1ull); f(1.0f); f(1.0L); f(true); f(L'c'); f(short(1)); }"
refuses 'lines of output, 25 are allowed' must_fail

# --- readme.sh ---
readme() { sh "$here/readme.sh" "$work/README.md" "$work/first.cpp"; }
printf 'int main() {}\n\n// end\n' >"$work/first.cpp"
rm -f "$work/README.md"
refuses 'README.md is missing' readme
printf 'text\n\n```sh\nls\n```\n```cpp\nint main() {}\n\n// end\n```\n```cpp\nelse\n```\n' >"$work/README.md"
accepts readme
printf '```cpp\nint main() { }\n\n// end\n```\n' >"$work/README.md"
refuses 'the first ```cpp block is not' readme
printf 'text\n' >"$work/README.md"
refuses 'has no ```cpp block' readme
# The table, the device and the wrong lines: a small README in order, then with one thing changed.
readme() { sh "$here/readme.sh" "$work/README.md" "$work/first.cpp" "$work/shown.cpp" "$work/tests"; }
shown() {
    mkdir -p "$work/tests/nn"
    printf '%s\n' '#if CASE == 1' '// CASE 1: [priori:N999] a: is wrong; write b.' 'auto wrong = pr::a | pr::c;' '#endif' \
        >"$work/tests/nn/a.fail.cpp"
    printf '%s\n' '// README: A, B' 'auto x = a | b(c{1},' '    d);' '}' '// README: On a device' 'assert(x < 1);' '}' >"$work/shown.cpp"
    printf '%s\n' '```cpp' 'int main() {}' '' '// end' '```' '## What a line says' '| name | code |' '|---|---|' \
        '| A, B | `a \| b(c{...}, d)` and so on |' '## Two wrong lines' '```text' 'a | c   [priori:N999] a: is wrong; ...' '```' \
        '## On a device' '```text' 'assert(x < 1);' '```' >"$work/README.md"
}
# changed <file> <sed script>
changed() {
    shown
    sed "$2" "$work/$1" >"$work/changed" && mv "$work/changed" "$work/$1"
}
shown
accepts readme
changed README.md 's/^| A, B/| A/'
refuses "README.md has 'A', which" readme
changed README.md '/^| A, B/d'
refuses "shown.cpp has '// README: A, B', which" readme
changed README.md 's/b(c/b(e/'
refuses "the code of 'A, B' does not contain a|b(e{" readme
changed README.md 's/x < 1/x < 2/'
refuses "the code of 'On a device' does not contain" readme
changed README.md 's/is wrong/is bad/'
refuses 'has the sentence and the code of' readme
changed README.md 's/^a | c/a | d/'
refuses 'has the sentence and the code of' readme
changed README.md '/^## Two/d'
refuses "no \`\`\`text block was found below '## Two wrong lines'" readme
changed shown.cpp 's/A, B/A/'
refuses "has '// README: A', which" readme
rm "$work/shown.cpp"
refuses 'shown.cpp is missing' readme

rm "$work/first.cpp"
refuses 'first.cpp is missing' readme

# --- freestanding.sh ---
freestanding() { sh "$here/freestanding.sh" "$work/program.cpp"; }
program() { printf '#include <cstdio>\n%s\nint main() { %s }\n' "$1" "$2" >"$work/program.cpp"; }
program '' 'std::printf("loss %g\n", 0.25);'
accepts freestanding
program '#include <iostream>' 'std::cout << 1;'
refuses 'refers to' freestanding
program '#include <cstdlib>' 'std::printf("%p", std::malloc(10));'
refuses 'refers to malloc' freestanding
program '' 'std::printf("%p", static_cast<void*>(new int[20]));'
refuses 'refers to _Zna' freestanding
program '' 'throw 1;'
refuses 'does not compile without operating system' freestanding
different='#ifdef PRIORI_FREESTANDING
constexpr double value = 1.00002;
#else
constexpr double value = 1;
#endif'
program "$different" 'std::printf("%.8g\n", value);'
refuses 'freestanding 1.00002, hosted 1' freestanding
program '' 'std::printf("nan 1\n");'
refuses 'freestanding nan' freestanding
program '' ''
refuses 'no number was printed' freestanding
program '' 'std::printf("1\n"); return 3;'
refuses 'ends with status' freestanding

echo "$checks checks, $failures failed"
[ "$failures" = 0 ]
