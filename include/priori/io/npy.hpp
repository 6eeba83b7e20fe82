// SPDX-License-Identifier: BSL-1.0
// npy: one array in NumPy's file format, versions 1 and 2, C order, little-endian.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/detail/npy_header.hpp>
#include <priori/io/files.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace priori {

static_assert(std::endian::native == std::endian::little,
              "npy: the files are little-endian, and so must the machine be.");

template <class T>
concept NpyElement = std::same_as<T, std::uint8_t> || std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t> ||
    std::same_as<T, float> || std::same_as<T, double>;

// Shapes: values holds the product of the extents, row-major. A shape of no extents is one number.
template <NpyElement T>
struct npy_array {
    std::vector<std::size_t> shape;
    std::vector<T> values;
};

namespace detail {

template <NpyElement T>
constexpr const char* npy_type() {
    if constexpr (std::same_as<T, std::uint8_t>) return "|u1";
    if constexpr (std::same_as<T, std::int32_t>) return "<i4";
    if constexpr (std::same_as<T, std::int64_t>) return "<i8";
    if constexpr (std::same_as<T, float>) return "<f4";
    if constexpr (std::same_as<T, double>) return "<f8";
}

// Every value of File is a value of T.
template <class T, class File>
inline constexpr bool holds_exactly = std::numeric_limits<T>::digits >= std::numeric_limits<File>::digits &&
                                      (!std::numeric_limits<T>::is_integer || std::numeric_limits<File>::is_integer);

template <class T, class File>
bool read_npy_values(std::string_view type, std::string_view data, std::vector<T>& values) {
    if constexpr (holds_exactly<T, File>) {
        if (type != npy_type<File>() && !(std::same_as<File, std::uint8_t> && type == "|b1")) return false;
        for (std::size_t i = 0; i < values.size(); ++i) {
            File value;
            std::memcpy(&value, data.data() + i * sizeof(File), sizeof(File));
            values[i] = static_cast<T>(value);
        }
        return true;
    } else {
        return false;
    }
}

}  // namespace detail

// An array from bytes in memory; `source` names them in messages. The file's element type is T, or one all of whose
// values T holds ('|b1' and '|u1' fit in all, '<i4' in int64 and double, '<f4' in double).
// Throws: error (bad_file) for bytes that are not such a file, are cut off, in Fortran order, or of no known element
// type; error (mismatch) for an element type that T does not hold.
// Reference: NumPy, "NEP 1: a simple file format for NumPy arrays".
template <NpyElement T>
npy_array<T> parse_npy(std::string_view bytes, const std::string& source) {
    const detail::npy_header header = detail::parse_npy_header(bytes, source);
    const std::string_view data = bytes.substr(header.data_offset);
    npy_array<T> array{header.shape, std::vector<T>(header.count)};
    if (!detail::read_npy_values<T, std::uint8_t>(header.type, data, array.values) &&
        !detail::read_npy_values<T, std::int32_t>(header.type, data, array.values) &&
        !detail::read_npy_values<T, std::int64_t>(header.type, data, array.values) &&
        !detail::read_npy_values<T, float>(header.type, data, array.values) &&
        !detail::read_npy_values<T, double>(header.type, data, array.values))
        fail(error_kind::mismatch, "'" + source + "', offset 10: expected elements that fit in '" +
                                       detail::npy_type<T>() + "', found '" + header.type +
                                       "'; convert the array with numpy's astype.");
    return array;
}

// Throws: as parse_npy; error (missing_file) when the file cannot be read.
template <NpyElement T>
npy_array<T> read_npy(const std::filesystem::path& path) {
    return parse_npy<T>(read_file(path), detail::shown_path(path));
}

// The bytes of an array as version 1.0, as NumPy writes them: data begin at a multiple of 64.
// Throws: error (bad_shape) when the shape does not hold as many numbers as there are values.
template <NpyElement T>
std::string npy_bytes(std::span<const std::size_t> shape, std::span<const T> values) {
    if (detail::numbers_in(shape) != values.size())
        fail(error_kind::bad_shape,
             "npy: the shape " + detail::shown_shape(shape) + detail::shape_mismatch(shape, values.size()));
    std::string bytes = detail::npy_header_bytes(detail::npy_type<T>(), shape);
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return bytes;
}

// Throws: as npy_bytes; error (missing_file) when the file cannot be written.
template <NpyElement T>
void write_npy(const std::filesystem::path& path, const npy_array<T>& array) {
    write_file_atomically(path, npy_bytes<T>(array.shape, array.values));
}

}  // namespace priori
