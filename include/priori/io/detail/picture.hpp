// SPDX-License-Identifier: BSL-1.0
// image, the value; and the sentences that its decoders share.
#pragma once

#include <priori/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace priori {

// Shapes: pixels (height, width, channels), row-major, from 0 (black) to 255; 1 channel is grey, 3 are red, green,
// blue.
struct image {
    std::size_t height = 0;
    std::size_t width = 0;
    std::size_t channels = 0;
    std::vector<std::uint8_t> pixels;
};

namespace detail {

// What a C library said before it jumped out, kept where no C++ object is passed over.
struct decoding_failure {
    bool is_cut_off = false;
    char text[200] = "";

    void keep(const char* message) noexcept {
        std::size_t i = 0;
        for (; i + 1 < sizeof text && message[i] != '\0'; ++i) text[i] = message[i];
        text[i] = '\0';
    }
};

[[noreturn]] inline void fail_to_decode(const std::string& source, const char* format, std::size_t offset,
                                        std::size_t size, const decoding_failure& failure) {
    if (failure.is_cut_off)
        fail(error_kind::bad_file, "'" + source + "' is cut off: the " + format + " image does not end within its " +
                                       std::to_string(size) + " bytes; get the file anew.");
    fail(error_kind::bad_file, "'" + source + "', offset " + std::to_string(offset) + ": the " + format +
                                   " image is damaged (" + failure.text + "); get the file anew.");
}

inline void require_few_pixels(const std::string& source, std::size_t height, std::size_t width) {
    constexpr std::size_t most = std::size_t{1} << 28;
    if (height == 0 || width == 0 || height > most / width)
        fail(error_kind::bad_file, "'" + source + "': an image of " + std::to_string(height) + " x " +
                                       std::to_string(width) + " pixels is not read; give one of 1 to 2^28 pixels.");
}

[[noreturn]] inline void fail_without(const std::string& source, const char* format, const char* library,
                                      const char* package) {
    fail(error_kind::bad_option, "'" + source + "' is a " + format + " image, and this program was built without " +
                                     library + "; install " + package +
                                     ", link the CMake target priori::io and build it anew.");
}

}  // namespace detail

}  // namespace priori
