// SPDX-License-Identifier: BSL-1.0
// inflated: bytes packed by deflate, unpacked by zlib.
#pragma once

#include <priori/config/config.hpp>
#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#if defined(PRIORI_ZLIB)
#include <zlib.h>
#endif

namespace priori::detail {

// `size` bytes, below 4 GB, of the raw stream `packed`. An empty text when the stream is damaged, of another
// length, or ends before the packed bytes do.
// Throws: error (bad_option) when the program was built without zlib.
#if defined(PRIORI_ZLIB)
inline std::string inflated(std::string_view packed, std::size_t size, const std::string&) {
    struct stream {
        z_stream state{};
        bool is_ready = inflateInit2(&state, -MAX_WBITS) == Z_OK;
        ~stream() { inflateEnd(&state); }
    } z;
    std::string bytes(size, '\0');
    // zlib does not write through next_in; its type says so only with ZLIB_CONST.
    z.state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    z.state.avail_in = static_cast<uInt>(packed.size());
    z.state.next_out = reinterpret_cast<Bytef*>(bytes.data());
    z.state.avail_out = static_cast<uInt>(size);
    if (!z.is_ready || inflate(&z.state, Z_FINISH) != Z_STREAM_END) return {};
    return z.state.avail_out == 0 && z.state.avail_in == 0 ? bytes : std::string();
}
#else
[[noreturn]] inline std::string inflated(std::string_view, std::size_t, const std::string& source) {
    fail(error_kind::bad_option,
         "'" + source +
             "' is packed, and this program was built without zlib; install "
             "zlib1g-dev, link the CMake target priori::io and build it anew, or save the arrays "
             "with numpy.savez.");
}
#endif

}  // namespace priori::detail
