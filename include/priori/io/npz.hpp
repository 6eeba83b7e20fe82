// SPDX-License-Identifier: BSL-1.0
// npz: arrays by name from NumPy's archives, stored (numpy.savez) and deflated (numpy.savez_compressed).
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/crc32.hpp>
#include <priori/io/detail/inflate.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/detail/zip_directory.hpp>
#include <priori/io/files.hpp>
#include <priori/io/npy.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace priori {

// The archive's bytes and where its arrays are in them; an array is unpacked when it is asked for.
class npz_archive {
public:
    // Throws: error (bad_file) when the bytes are no zip archive, are cut off, or have a damaged directory.
    npz_archive(std::string bytes, std::string source)
        : bytes_(std::move(bytes)),
          source_(std::move(source)),
          members_(detail::zip_directory(bytes_, source_).members()) {}

    // Of all arrays, in the order of the archive, without ".npy".
    std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const detail::zip_member& member : members_)
            if (member.name.ends_with(".npy")) result.push_back(member.name.substr(0, member.name.size() - 4));
        return result;
    }

    bool has(std::string_view name) const { return std::ranges::count(names(), name) != 0; }

    // Throws: error (mismatch) when there is no such array; (bad_file) when its packed bytes are damaged or do not
    // agree with their checksum; as parse_npy; (bad_option) when it is deflated and the program was built without zlib.
    template <NpyElement T>
    npy_array<T> array(std::string_view name) const {
        const std::string file = std::string(name) + ".npy";
        const auto found = std::ranges::find(members_, file, &detail::zip_member::name);
        if (found == members_.end()) {
            const auto there = names();
            fail(error_kind::mismatch, "'" + source_ + "' has no array " + detail::in_quotes(name) + "; it holds " +
                                           (there.empty() ? "none" : detail::listed(there)) + ".");
        }
        const std::string place = source_ + ":" + file;
        const std::string_view packed = std::string_view(bytes_).substr(found->offset, found->packed_size);
        if (found->method == 0) return parse_npy<T>(checked(packed, *found), place);
        const std::string unpacked = detail::inflated(packed, found->size, place);
        return parse_npy<T>(checked(unpacked, *found), place);
    }

private:
    std::string_view checked(std::string_view unpacked, const detail::zip_member& member) const {
        if (unpacked.size() == member.size && detail::crc32(unpacked) == member.checksum) return unpacked;
        fail(error_kind::bad_file, "'" + source_ + "', offset " + std::to_string(member.offset) + ": the bytes of " +
                                       detail::in_quotes(member.name) +
                                       " are damaged, for their checksum is another; get the file anew.");
    }

    std::string bytes_;
    std::string source_;
    std::vector<detail::zip_member> members_;
};

// Throws: as npz_archive; error (missing_file) when the file cannot be read.
// Example: const auto images = read_npz("images.npz").array<std::uint8_t>("images");
// Reference: NumPy, numpy.savez; PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3 and 4.4.
inline npz_archive read_npz(const std::filesystem::path& path) {
    return npz_archive(read_file(path), detail::shown_path(path));
}

}  // namespace priori
