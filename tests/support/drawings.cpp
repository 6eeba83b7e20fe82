// SPDX-License-Identifier: BSL-1.0
// Writes PNG files for tests of programs: for each line "PATH CHARACTER DRAWING" of the input a drawing of that made-up
// character, 105 by 105, black on white as Omniglot's are. Ink is in whole squares of 15 by 15 pixels, which become
// exactly 4 by 4 of 28 by 28. A character is a random half of the 49 squares; in each drawing another square is turned
// over. The folders have to be there.
#include <io/pictures.hpp>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>

namespace {

// SplitMix64.
std::uint64_t scrambled(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

std::string drawing(std::uint64_t character, std::uint64_t number) {
    constexpr std::size_t squares = 7, pixels = 15;
    const std::uint64_t ink = scrambled(character) ^ std::uint64_t{1} << number % (squares * squares);
    return test::grey_png(squares * pixels, squares * pixels, [&](std::size_t row, std::size_t column) {
        return (ink >> (row / pixels * squares + column / pixels) & 1) != 0 ? 0 : 255;
    });
}

}  // namespace

int main() {
    std::string path;
    std::uint64_t character = 0, number = 0;
    while (std::cin >> path >> character >> number) {
        std::ofstream file(path, std::ios::binary);
        file << drawing(character, number);
        if (!file.flush()) {
            std::cerr << "drawings: '" << path << "' cannot be written.\n";
            return 1;
        }
    }
}
