// SPDX-License-Identifier: BSL-1.0
// image: pictures of bytes, grey or in colour, from PNG and JPEG files. Link priori::io for it.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/jpeg.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/detail/picture.hpp>
#include <priori/io/detail/png.hpp>
#include <priori/io/files.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace priori {

// How many numbers a pixel has.
enum class image_colour : std::uint8_t { grey = 1, rgb = 3 };

namespace detail {

// Luma of ITU-R BT.601 with the weights in units of 2^-16, as Pillow's convert("L") has them.
inline image grey_of(const image& colour) {
    image result{colour.height, colour.width, 1, std::vector<std::uint8_t>(colour.height * colour.width)};
    for (std::size_t i = 0; i < result.pixels.size(); ++i) {
        const std::uint8_t* rgb = colour.pixels.data() + 3 * i;
        result.pixels[i] =
            static_cast<std::uint8_t>((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 32768u) >> 16);
    }
    return result;
}

inline image rgb_of(const image& grey) {
    image result{grey.height, grey.width, 3, std::vector<std::uint8_t>(grey.pixels.size() * 3)};
    for (std::size_t i = 0; i < result.pixels.size(); ++i) result.pixels[i] = grey.pixels[i / 3];
    return result;
}

// 89 50 4e 47: how bytes begin.
inline std::string shown_beginning(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result;
    for (const char c : bytes.substr(0, 4)) {
        const auto code = static_cast<unsigned char>(c);
        if (!result.empty()) result += ' ';
        result += {digits[code >> 4], digits[code & 15]};
    }
    return result;
}

}  // namespace detail

// An image from bytes in memory; `source` names it in messages. The pixels are those that are stored: no gamma or
// colour profile is applied and an alpha channel is dropped, as Pillow does; 16 bits a channel are scaled to 8.
// What of a JPEG is noticed: an end that is missing, codes that there are not, another marker where pixels go on. The
// format has no checksum, so that other changed bytes give other pixels; libjpeg goes on at the next restart marker
// where one is out of its order, and says nothing of bytes too many.
// Throws: error (bad_file) for bytes that are neither PNG nor JPEG, are cut off or damaged, or hold more than 2^28
// pixels; (bad_option) when the program was built without the library that the format needs.
inline image parse_image(std::string_view bytes, const std::string& source, image_colour colour) {
    image decoded;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"))
        decoded = detail::decoded_png(bytes, source);
    else if (bytes.starts_with("\xff\xd8\xff"))
        decoded = detail::decoded_jpeg(bytes, source);
    else if (bytes.empty())
        fail(error_kind::bad_file, "'" + source + "' is empty; expected a PNG or JPEG image, get the file anew.");
    else
        fail(error_kind::bad_file, "'" + source + "': expected a PNG or JPEG image, found a file that begins with " +
                                       detail::shown_beginning(bytes) + "; convert it to PNG.");
    const auto wanted = static_cast<std::size_t>(colour);
    if (decoded.channels == wanted) return decoded;
    return wanted == 1 ? detail::grey_of(decoded) : detail::rgb_of(decoded);
}

// Throws: as parse_image; error (missing_file) when the file cannot be read.
inline image read_image(const std::filesystem::path& path, image_colour colour) {
    return parse_image(read_file(path), detail::shown_path(path), colour);
}

// Throws: error (bad_shape) for an image of another size.
inline void require_size(const image& found, std::size_t height, std::size_t width, const std::string& source) {
    if (found.height == height && found.width == width) return;
    fail(error_kind::bad_shape, "'" + source + "': expected " + std::to_string(height) + " x " + std::to_string(width) +
                                    " pixels (height x width), found " + std::to_string(found.height) + " x " +
                                    std::to_string(found.width) + "; resize the image or leave it out.");
}

}  // namespace priori
