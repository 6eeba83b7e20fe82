// SPDX-License-Identifier: BSL-1.0
// Writes PNG files for tests of programs: for each line "PATH CHARACTER DRAWING [PIXELS]" of the input a drawing of that
// made-up character, black on white and 105 by 105 as Omniglot's are. Ink is in whole squares of 15 by 15 PIXELS unless
// given, which become exactly 4 by 4 of 28 by 28. A character is a random half of the 49 squares; in each drawing another square is turned
// over. The folders have to be there.
#include <io/pictures.hpp>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

// SplitMix64.
std::uint64_t scrambled(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

std::string drawing(std::uint64_t character, std::uint64_t number, std::size_t pixels) {
    constexpr std::size_t squares = 7;
    const std::uint64_t ink = scrambled(character) ^ std::uint64_t{1} << number % (squares * squares);
    return test::grey_png(squares * pixels, squares * pixels, [&](std::size_t row, std::size_t column) {
        return (ink >> (row / pixels * squares + column / pixels) & 1) != 0 ? 0 : 255;
    });
}

}  // namespace

int main() {
    std::string line, path;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::uint64_t character = 0, number = 0;
        std::size_t pixels = 15;
        words >> path >> character >> number;
        if (!(words >> pixels)) pixels = 15;
        std::ofstream file(path, std::ios::binary);
        file << drawing(character, number, pixels);
        if (!file.flush()) {
            std::cerr << "drawings: '" << path << "' cannot be written.\n";
            return 1;
        }
    }
}
