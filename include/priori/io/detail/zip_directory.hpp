// SPDX-License-Identifier: BSL-1.0
// The directory of a zip archive: names, places and checksums of its members.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace priori::detail {

struct zip_member {
    std::string name;
    std::uint16_t method = 0;  // 0 stored, 8 deflated
    std::uint32_t checksum = 0;
    std::size_t size = 0;
    std::size_t packed_size = 0;
    std::size_t offset = 0;  // where the packed bytes begin
};

// A little-endian number of `size` bytes, which are there.
inline std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

class zip_directory {
public:
    zip_directory(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {}

    // In the order of the directory. The local headers' sizes are not looked at: writers that do not know them in
    // advance leave them empty.
    std::vector<zip_member> members() const {
        if (!bytes_.starts_with("PK")) refuse(0, "expected the zip magic PK; this is not an npz file");
        const std::size_t end = end_record();
        const std::size_t count = number(end + 10, 2);
        const std::size_t size = number(end + 12, 4);
        std::size_t at = number(end + 16, 4);
        if (count == 0xffff || at == 0xffffffff)
            refuse(end, "archives of the form zip64 are not read; save arrays of less than 4 GB");
        if (at > end || size != end - at) refuse(end, "the directory is not where the end of the archive says");

        std::vector<zip_member> result;
        std::set<std::string_view> names;
        for (std::size_t i = 0; i < count; ++i) {
            if (end - at < 46 || !bytes_.substr(at).starts_with("PK\1\2")) refuse(at, "the directory is damaged");
            const std::size_t name = number(at + 28, 2);
            const std::size_t next = at + 46 + name + number(at + 30, 2) + number(at + 32, 2);
            if (next > end) refuse(at, "the directory is damaged");
            result.push_back(member(at, bytes_.substr(at + 46, name), end));
            if (!names.insert(bytes_.substr(at + 46, name)).second)
                refuse(at, "two members are called " + in_quotes(result.back().name));
            at = next;
        }
        return result;
    }

private:
    // The last record, behind which there is only a comment of the length it states.
    std::size_t end_record() const {
        constexpr std::size_t record = 22;
        for (std::size_t back = record; back <= std::min<std::size_t>(bytes_.size(), record + 0xffff); ++back) {
            const std::size_t at = bytes_.size() - back;
            if (bytes_.substr(at).starts_with("PK\5\6") && number(at + 20, 2) == back - record) return at;
        }
        fail(error_kind::bad_file, "'" + source_ +
                                       "' is cut off: the directory at the end of the archive is not within its " +
                                       std::to_string(bytes_.size()) + " bytes; get the file anew.");
    }

    zip_member member(std::size_t at, std::string_view name, std::size_t end) const {
        zip_member result{std::string(name),
                          static_cast<std::uint16_t>(number(at + 10, 2)),
                          static_cast<std::uint32_t>(number(at + 16, 4)),
                          number(at + 24, 4),
                          number(at + 20, 4),
                          0};
        if ((number(at + 8, 2) & 1) != 0) refuse(at, in_quotes(name) + " is encrypted; save it without a password");
        if (result.method != 0 && result.method != 8)
            refuse(at, in_quotes(name) + " is packed by method " + std::to_string(result.method) +
                           "; save it with numpy.savez or numpy.savez_compressed");
        if (result.size == 0xffffffff || result.packed_size == 0xffffffff)
            refuse(at, in_quotes(name) + " is larger than 4 GB, which is not read; save it in parts");
        const std::size_t local = number(at + 42, 4);
        if (local > end || end - local < 30 || !bytes_.substr(local).starts_with("PK\3\4"))
            refuse(at, in_quotes(name) + " is not where the directory says");
        result.offset = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        if (result.offset > end || result.packed_size > end - result.offset)
            refuse(local, in_quotes(name) + " does not end before the directory");
        // Deflate packs at most 258 bytes into 2 bits.
        if (result.method == 0 ? result.size != result.packed_size : result.size / 1032 > result.packed_size)
            refuse(at, in_quotes(name) + " cannot hold " + std::to_string(result.size) + " bytes");
        return result;
    }

    std::size_t number(std::size_t at, std::size_t size) const noexcept {
        return static_cast<std::size_t>(little_endian(bytes_, at, size));
    }

    [[noreturn]] void refuse(std::size_t at, const std::string& reason) const {
        fail(error_kind::bad_file, "'" + source_ + "', offset " + std::to_string(at) + ": " +
                                       with_advice(reason, "get the file anew or save it again") + ".");
    }

    std::string_view bytes_;
    const std::string& source_;
};

}  // namespace priori::detail
