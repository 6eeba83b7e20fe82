// SPDX-License-Identifier: BSL-1.0
// safetensors: named arrays of float or double with texts beside them; the format of saved parameters.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/json_text.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/detail/safetensors_header.hpp>
#include <priori/io/files.hpp>
#include <priori/io/json.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace priori {

static_assert(std::endian::native == std::endian::little,
              "safetensors: the files are little-endian, and so must the machine be.");

// Shapes: the data hold the product of the extents, row-major.
struct named_tensor {
    std::string name;
    std::vector<std::size_t> shape;
    std::variant<std::vector<float>, std::vector<double>> data;

    // "F32" or "F64", as in the file.
    const char* dtype() const { return data.index() == 0 ? "F32" : "F64"; }

    // Throws: error (mismatch) when the tensor holds the other type.
    template <class T>
    std::span<const T> values() const {
        const auto* held = std::get_if<std::vector<T>>(&data);
        if (held == nullptr)
            fail(error_kind::mismatch, "the tensor " + detail::in_quotes(name) + " holds " + dtype() + ", " +
                                           (sizeof(T) == 4 ? "F32" : "F64") + " was expected.");
        return *held;
    }
};

struct tensor_file {
    std::vector<std::pair<std::string, std::string>> metadata{};  // the header's __metadata__
    std::vector<named_tensor> tensors{};

    // Throws: error (mismatch) when there is no such tensor; the sentence lists those that there are.
    const named_tensor& tensor(std::string_view name) const {
        const auto found = std::ranges::find(tensors, name, &named_tensor::name);
        if (found != tensors.end()) return *found;
        std::vector<std::string> names;
        for (const named_tensor& each : tensors) names.push_back(each.name);
        fail(error_kind::mismatch, "there is no tensor " + detail::in_quotes(name) + "; the file holds " +
                                       (names.empty() ? "none" : detail::listed(names)) + ".");
    }

    // The text of that name, or nullptr.
    const std::string* find_metadata(std::string_view key) const {
        const auto found = std::ranges::find(metadata, key, &std::pair<std::string, std::string>::first);
        return found == metadata.end() ? nullptr : &found->second;
    }
};

namespace detail {

template <class T>
std::vector<T> copied_values(std::string_view data) {
    std::vector<T> values(data.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), data.data(), data.size());
    return values;
}

inline std::string_view bytes_of(const named_tensor& tensor) {
    return std::visit(
        [](const auto& values) {
            return std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
        },
        tensor.data);
}

// JSON is UTF-8: other bytes would come back as other names.
inline void require_utf8(const char* what, std::string_view name, std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0)
            fail(error_kind::bad_value, std::string("safetensors: ") + what + " " + in_quotes(name) +
                                            " is not UTF-8, which the format wants; convert it.");
        text.remove_prefix(length);
    }
}

inline void require_storable(const tensor_file& file) {
    std::vector<std::string_view> names;
    for (const named_tensor& tensor : file.tensors) {
        const std::size_t size = std::visit([](const auto& values) { return values.size(); }, tensor.data);
        if (numbers_in(tensor.shape) != size)
            fail(error_kind::bad_shape, "safetensors: the shape " + shown_shape(tensor.shape) + " of " +
                                            in_quotes(tensor.name) + shape_mismatch(tensor.shape, size));
        require_utf8("the name", tensor.name, tensor.name);
        names.push_back(tensor.name);
    }
    names.push_back("__metadata__");
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end())
        fail(error_kind::bad_value, "safetensors: two tensors are called " + in_quotes(*twice) +
                                        ", or one has the name that the format keeps; give each a name of its own.");
    std::vector<std::string_view> keys;
    for (const auto& [key, value] : file.metadata) {
        require_utf8("the metadata's name", key, key);
        require_utf8("the metadata", key, value);
        keys.push_back(key);
    }
    std::ranges::sort(keys);
    const auto again = std::ranges::adjacent_find(keys);
    if (again != keys.end())
        fail(error_kind::bad_value, "safetensors: two texts of the metadata are called " + in_quotes(*again) +
                                        "; give each a name of its own.");
}

}  // namespace detail

// Tensors from bytes in memory, in the order of the header; `source` names them in messages.
// Throws: error (bad_file) for bytes that are not such a file: cut off, a header that is not strict JSON, sizes that do
// not fit the shapes, holes and overlaps, repeated names, element types other than F32 and F64.
// Reference: the safetensors format, github.com/huggingface/safetensors, README, "Format".
inline tensor_file parse_safetensors(std::string_view bytes, const std::string& source) {
    detail::safetensors_header header = detail::parse_safetensors_header(bytes, source);
    tensor_file file;
    file.metadata = std::move(header.metadata);
    const std::string_view data = bytes.substr(header.data_offset);
    for (detail::safetensors_entry& entry : header.entries) {
        const std::string_view part = data.substr(entry.begin, entry.end - entry.begin);
        named_tensor tensor{std::move(entry.name), std::move(entry.shape), {}};
        if (entry.dtype == "F32")
            tensor.data = detail::copied_values<float>(part);
        else
            tensor.data = detail::copied_values<double>(part);
        file.tensors.push_back(std::move(tensor));
    }
    return file;
}

// Throws: as parse_safetensors; error (missing_file) when the file cannot be read.
inline tensor_file read_safetensors(const std::filesystem::path& path) {
    return parse_safetensors(read_file(path), detail::shown_path(path));
}

// The bytes of a file. The data of doubles come first, so that all are aligned to their size; the header keeps the
// given order.
// Throws: error (bad_shape) when a shape does not fit its values, (bad_value) when two tensors have the same name, and
// for names and texts that are not UTF-8.
inline std::string safetensors_bytes(const tensor_file& file) {
    detail::require_storable(file);
    std::string data;
    std::vector<std::size_t> begins(file.tensors.size());
    for (const std::size_t kind : {std::size_t{1}, std::size_t{0}})
        for (std::size_t i = 0; i < file.tensors.size(); ++i) {
            if (file.tensors[i].data.index() != kind) continue;
            begins[i] = data.size();
            data += detail::bytes_of(file.tensors[i]);
        }

    json_writer json;
    json.begin_object();
    if (!file.metadata.empty()) {
        json.key("__metadata__").begin_object();
        for (const auto& [key, value] : file.metadata) json.member(key, value);
        json.end_object();
    }
    for (std::size_t i = 0; i < file.tensors.size(); ++i) {
        const named_tensor& tensor = file.tensors[i];
        const std::size_t offsets[] = {begins[i], begins[i] + detail::bytes_of(tensor).size()};
        json.key(tensor.name).begin_object();
        json.member("dtype", tensor.dtype()).member("shape", tensor.shape).member("data_offsets", offsets);
        json.end_object();
    }
    json.end_object();
    std::string header = json.text();
    header.append((8 - header.size() % 8) % 8, ' ');

    const std::uint64_t length = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes + header + data;
}

// Throws: as safetensors_bytes; error (missing_file) when the file cannot be written.
inline void write_safetensors(const std::filesystem::path& path, const tensor_file& file) {
    write_file_atomically(path, safetensors_bytes(file));
}

}  // namespace priori
