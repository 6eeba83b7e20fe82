// SPDX-License-Identifier: BSL-1.0
// decoded_png: an image from the bytes of a PNG file, by libpng.
#pragma once

#include <priori/config/config.hpp>
#include <priori/io/detail/picture.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#if defined(PRIORI_PNG)
#include <png.h>

#include <csetjmp>
#include <cstring>
#endif

namespace priori::detail {

#if defined(PRIORI_PNG)

// libpng leaves by longjmp. So what it works on lives here, outside of the functions that call setjmp; those hold no
// C++ object, and memory is taken between them, not in them.
class png_reader {
public:
    png_reader(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
        if (info_ == nullptr) {
            png_destroy_read_struct(&png_, nullptr, nullptr);
            fail(error_kind::bad_file, "'" + source + "': libpng cannot begin; is there memory left?");
        }
    }
    ~png_reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
    png_reader(const png_reader&) = delete;
    png_reader& operator=(const png_reader&) = delete;

    image decoded() {
        image result;
        if (!read_header()) fail_to_decode(source_, "PNG", at_, bytes_.size(), failure_);
        result.height = png_get_image_height(png_, info_);
        result.width = png_get_image_width(png_, info_);
        result.channels = png_get_channels(png_, info_);
        require_few_pixels(source_, result.height, result.width);
        result.pixels.resize(result.height * result.width * result.channels);
        if (!read_rows(result.pixels.data(), result.height, result.width * result.channels))
            fail_to_decode(source_, "PNG", at_, bytes_.size(), failure_);
        if (has_palette_) {
            result.pixels = colours_of(result.pixels);
            result.channels = 3;
        }
        return result;
    }

private:
    // Of numbers in the palette. libpng would show one that is not there as black.
    std::vector<std::uint8_t> colours_of(const std::vector<std::uint8_t>& numbers) {
        png_colorp palette = nullptr;
        int count = 0;
        png_get_PLTE(png_, info_, &palette, &count);
        std::vector<std::uint8_t> colours(3 * numbers.size());
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (numbers[i] >= count) {
                failure_.keep("a pixel has a colour that the palette lacks");
                fail_to_decode(source_, "PNG", at_, bytes_.size(), failure_);
            }
            const png_color& colour = palette[numbers[i]];
            colours[3 * i] = colour.red;
            colours[3 * i + 1] = colour.green;
            colours[3 * i + 2] = colour.blue;
        }
        return colours;
    }

    // Asks for 8 bits a channel: grey, or red, green and blue, or a number in the palette.
    bool read_header() noexcept {
        if (setjmp(png_jmpbuf(png_)) != 0) return false;
        png_set_read_fn(png_, this, on_read);
        png_read_info(png_, info_);
        png_set_scale_16(png_);
        has_palette_ = png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE;
        if (has_palette_)
            png_set_packing(png_);
        else
            png_set_expand(png_);
        png_set_strip_alpha(png_);
        passes_ = png_set_interlace_handling(png_);
        png_read_update_info(png_, info_);
        return true;
    }

    bool read_rows(png_bytep pixels, std::size_t height, std::size_t stride) noexcept {
        if (setjmp(png_jmpbuf(png_)) != 0) return false;
        for (int pass = 0; pass < passes_; ++pass)
            for (std::size_t row = 0; row < height; ++row) png_read_row(png_, pixels + row * stride, nullptr);
        png_read_end(png_, nullptr);
        return true;
    }

    static void on_read(png_structp png, png_bytep to, std::size_t count) {
        png_reader& self = *static_cast<png_reader*>(png_get_io_ptr(png));
        if (count > self.bytes_.size() - self.at_) {
            self.failure_.is_cut_off = true;
            png_error(png, "the end of the file");
        }
        std::memcpy(to, self.bytes_.data() + self.at_, count);
        self.at_ += count;
    }

    [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
        static_cast<png_reader*>(png_get_error_ptr(png))->failure_.keep(message);
        png_longjmp(png, 1);
    }
    // Pixels too many are a warning of libpng's, and a sign that the header is not of these pixels.
    static void on_warning(png_structp png, png_const_charp message) {
        if (std::strstr(message, "Too much image data") != nullptr ||
            std::strstr(message, "Extra compressed data") != nullptr)
            on_error(png, message);
    }

    std::string_view bytes_;
    const std::string& source_;
    std::size_t at_ = 0;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    int passes_ = 1;
    bool has_palette_ = false;
    decoding_failure failure_;
};

inline image decoded_png(std::string_view bytes, const std::string& source) {
    return png_reader(bytes, source).decoded();
}

#else

[[noreturn]] inline image decoded_png(std::string_view, const std::string& source) {
    fail_without(source, "PNG", "libpng", "libpng-dev");
}

#endif

}  // namespace priori::detail
