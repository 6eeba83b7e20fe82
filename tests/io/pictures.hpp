// SPDX-License-Identifier: BSL-1.0
// PNG files for the tests, written plainly: stored deflate, no filter.
#pragma once

#include <priori/io/detail/crc32.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace test {

inline std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

inline std::string png_chunk(std::string_view kind, std::string_view data) {
    const std::string body = std::string(kind) + std::string(data);
    return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(priori::detail::crc32(body));
}

// zlib's format, of stored blocks.
inline std::string stored_stream(std::string_view data) {
    std::string out = "\x78\x01";
    std::uint32_t low = 1;
    std::uint32_t high = 0;
    for (const char c : data) {
        low = (low + static_cast<unsigned char>(c)) % 65521;
        high = (high + low) % 65521;
    }
    do {
        const std::string_view block = data.substr(0, 65535);
        data.remove_prefix(block.size());
        const auto size = static_cast<unsigned>(block.size());
        out += static_cast<char>(data.empty());
        for (const unsigned half : {size, ~size}) out += {static_cast<char>(half), static_cast<char>(half >> 8)};
        out += block;
    } while (!data.empty());
    return out + big_endian(high << 16 | low);
}

struct png_kind {
    int depth = 8;
    int colour = 0;  // 0 grey, 2 rgb, 3 palette, 4 grey and alpha, 6 rgb and alpha
    bool interlaced = false;
    std::string before_pixels{};  // chunks between the header and the pixels
};

// `rows` are the bytes of the scan lines without their filter bytes, `stride` bytes each.
inline std::string png_bytes(std::size_t width, std::size_t height, std::string_view rows, std::size_t stride,
                             const png_kind& kind = {}) {
    std::string raw;
    for (std::size_t at = 0; at < rows.size(); at += stride) raw += '\0' + std::string(rows.substr(at, stride));
    const std::string header = big_endian(static_cast<std::uint32_t>(width)) +
                               big_endian(static_cast<std::uint32_t>(height)) + static_cast<char>(kind.depth) +
                               static_cast<char>(kind.colour) + std::string(2, '\0') +
                               static_cast<char>(kind.interlaced);
    return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + kind.before_pixels +
           png_chunk("IDAT", stored_stream(raw)) + png_chunk("IEND", "");
}

// A grey picture in which `pixel(row, column)` gives the bytes.
template <class Pixel>
std::string grey_png(std::size_t height, std::size_t width, Pixel&& pixel) {
    std::string rows;
    for (std::size_t row = 0; row < height; ++row)
        for (std::size_t column = 0; column < width; ++column) rows += static_cast<char>(pixel(row, column));
    return png_bytes(width, height, rows, width);
}

}  // namespace test
