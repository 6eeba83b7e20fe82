// SPDX-License-Identifier: BSL-1.0
// decoded_jpeg: an image from the bytes of a JPEG file, by libjpeg.
#pragma once

#include <priori/config/config.hpp>
#include <priori/io/detail/picture.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#if defined(PRIORI_JPEG)
#include <csetjmp>
#include <cstdio>  // jpeglib.h wants FILE

#include <jpeglib.h>

#include <jerror.h>
#endif

namespace priori::detail {

#if defined(PRIORI_JPEG)

// libjpeg leaves by a longjmp of ours. So what it works on lives here, outside of the functions that call setjmp; those
// hold no C++ object, and memory is taken between them, not in them.
class jpeg_reader {
public:
    jpeg_reader(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {
        state_.err = jpeg_std_error(&errors_);
        state_.client_data = this;
        errors_.error_exit = on_error;
        errors_.emit_message = on_message;
    }
    ~jpeg_reader() { jpeg_destroy_decompress(&state_); }
    jpeg_reader(const jpeg_reader&) = delete;
    jpeg_reader& operator=(const jpeg_reader&) = delete;

    image decoded() {
        if (!read_header()) refuse();
        image result{state_.output_height, state_.output_width, 0, {}};
        const auto stored = static_cast<std::size_t>(state_.output_components);
        require_few_pixels(source_, result.height, result.width);
        result.pixels.resize(result.height * result.width * stored);
        if (!read_rows(result.pixels.data(), result.width * stored)) refuse();
        if (stored == 4) result.pixels = rgb_of_cmyk(result.pixels, state_.saw_Adobe_marker != 0);
        result.channels = stored == 4 ? 3 : stored;
        return result;
    }

private:
    [[noreturn]] void refuse() const {
        const std::size_t left = state_.src != nullptr ? state_.src->bytes_in_buffer : 0;
        fail_to_decode(source_, "JPEG", bytes_.size() - (left < bytes_.size() ? left : bytes_.size()), bytes_.size(),
                       failure_);
    }

    bool read_header() noexcept {
        if (setjmp(way_out_) != 0) return false;
        jpeg_create_decompress(&state_);
        jpeg_mem_src(&state_, reinterpret_cast<const unsigned char*>(bytes_.data()),
                     static_cast<unsigned long>(bytes_.size()));
        jpeg_read_header(&state_, TRUE);
        if (state_.jpeg_color_space == JCS_GRAYSCALE)
            state_.out_color_space = JCS_GRAYSCALE;
        else if (state_.jpeg_color_space == JCS_CMYK || state_.jpeg_color_space == JCS_YCCK)
            state_.out_color_space = JCS_CMYK;
        else
            state_.out_color_space = JCS_RGB;
        jpeg_calc_output_dimensions(&state_);
        return true;
    }

    bool read_rows(std::uint8_t* pixels, std::size_t stride) noexcept {
        if (setjmp(way_out_) != 0) return false;
        jpeg_start_decompress(&state_);
        while (state_.output_scanline < state_.output_height) {
            JSAMPROW row = pixels + state_.output_scanline * stride;
            jpeg_read_scanlines(&state_, &row, 1);
        }
        jpeg_finish_decompress(&state_);
        return true;
    }

    // Ink to light; with Adobe's marker the numbers are light already.
    static std::vector<std::uint8_t> rgb_of_cmyk(const std::vector<std::uint8_t>& cmyk, bool is_inverted) {
        std::vector<std::uint8_t> rgb(cmyk.size() / 4 * 3);
        for (std::size_t i = 0; i < rgb.size(); ++i) {
            const unsigned flip = is_inverted ? 0u : 255u;
            const unsigned light = (cmyk[i / 3 * 4 + i % 3] ^ flip) * (cmyk[i / 3 * 4 + 3] ^ flip);
            rgb[i] = static_cast<std::uint8_t>((light + 127) / 255);
        }
        return rgb;
    }

    [[noreturn]] static void leave(j_common_ptr state) {
        jpeg_reader& self = *static_cast<jpeg_reader*>(state->client_data);
        char message[JMSG_LENGTH_MAX];
        state->err->format_message(state, message);
        self.failure_.keep(message);
        const int code = state->err->msg_code;
        self.failure_.is_cut_off = code == JWRN_JPEG_EOF || code == JERR_INPUT_EOF;
        std::longjmp(self.way_out_, 1);
    }

    // libjpeg only warns of missing and wrong data, and goes on with grey. Bytes too many, which some cameras write,
    // pass.
    static void on_message(j_common_ptr state, int level) {
        const int code = state->err->msg_code;
        if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE)) leave(state);
    }
    [[noreturn]] static void on_error(j_common_ptr state) { leave(state); }

    std::string_view bytes_;
    const std::string& source_;
    jpeg_decompress_struct state_{};
    jpeg_error_mgr errors_{};
    std::jmp_buf way_out_{};
    decoding_failure failure_;
};

inline image decoded_jpeg(std::string_view bytes, const std::string& source) {
    return jpeg_reader(bytes, source).decoded();
}

#else

[[noreturn]] inline image decoded_jpeg(std::string_view, const std::string& source) {
    fail_without(source, "JPEG", "libjpeg", "libjpeg-dev");
}

#endif

}  // namespace priori::detail
