// SPDX-License-Identifier: BSL-1.0
// The header of a safetensors file: its length, then JSON; read strictly and checked against the size of the data.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/json_cursor.hpp>
#include <priori/io/detail/message.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace priori::detail {

struct safetensors_entry {
    std::string name;
    std::string dtype;
    std::vector<std::size_t> shape;
    std::size_t begin = 0;  // in the data
    std::size_t end = 0;
};

struct safetensors_header {
    std::vector<std::pair<std::string, std::string>> metadata;
    std::vector<safetensors_entry> entries;
    std::size_t data_offset = 0;
};

inline safetensors_entry read_safetensors_entry(json_cursor& cursor, std::string name) {
    safetensors_entry entry{std::move(name), {}, {}};
    unsigned seen = 0;
    const auto see = [&](unsigned which) {
        if (seen & which) cursor.refuse("the tensor " + in_quotes(entry.name) + " has a key twice");
        seen |= which;
    };
    cursor.object([&](const std::string& key) {
        if (key == "dtype") {
            see(1);
            entry.dtype = cursor.text();
            if (entry.dtype != "F32" && entry.dtype != "F64")
                cursor.refuse("the tensor " + in_quotes(entry.name) + " holds " + in_quotes(entry.dtype) +
                              ", expected F32 or F64; convert it");
        } else if (key == "shape") {
            see(2);
            cursor.array([&] { entry.shape.push_back(cursor.whole_number()); });
        } else if (key == "data_offsets") {
            see(4);
            cursor.want('[');
            entry.begin = cursor.whole_number();
            cursor.want(',');
            entry.end = cursor.whole_number();
            cursor.want(']');
        } else {
            cursor.refuse("the tensor " + in_quotes(entry.name) + " has the unexpected key " + in_quotes(key));
        }
    });
    if (seen != 7) cursor.refuse("the tensor " + in_quotes(entry.name) + " lacks one of dtype, shape and data_offsets");
    return entry;
}

// The bytes that the shape wants; the largest number where that is more than there can be.
inline std::size_t safetensors_size(const safetensors_entry& entry) {
    std::size_t size = entry.dtype == "F32" ? 4 : 8;
    if (std::ranges::find(entry.shape, std::size_t{0}) != entry.shape.end()) return 0;
    for (const std::size_t extent : entry.shape) {
        if (size > std::numeric_limits<std::size_t>::max() / extent) return std::numeric_limits<std::size_t>::max();
        size *= extent;
    }
    return size;
}

// The tensors' places follow each other from the first byte of the data to the last.
inline void check_safetensors_places(const std::vector<safetensors_entry>& entries, std::size_t data_size,
                                     const std::string& source) {
    const auto refuse = [&](const safetensors_entry& entry, const std::string& reason) {
        fail(error_kind::bad_file, "'" + source + "', tensor " + in_quotes(entry.name) + ": " +
                                       with_advice(reason, "get the file anew or save it again") + ".");
    };
    std::vector<const safetensors_entry*> sorted;
    for (const safetensors_entry& entry : entries) {
        const std::size_t wanted = safetensors_size(entry);
        if (entry.end < entry.begin || entry.end - entry.begin != wanted)
            refuse(entry, "the shape " + shown_shape(entry.shape) + " of " + entry.dtype + " takes " +
                              std::to_string(wanted) + " bytes, its place is from " + std::to_string(entry.begin) +
                              " to " + std::to_string(entry.end));
        if (entry.end > data_size)
            refuse(entry, "its place ends at byte " + std::to_string(entry.end) + " of the data, of which there are " +
                              std::to_string(data_size) + "; the file is cut off, get it anew");
        sorted.push_back(&entry);
    }
    std::ranges::sort(
        sorted, [](const auto* a, const auto* b) { return std::pair(a->begin, a->end) < std::pair(b->begin, b->end); });
    std::size_t reached = 0;
    for (const safetensors_entry* entry : sorted) {
        if (entry->begin != reached)
            refuse(*entry, "its place begins at byte " + std::to_string(entry->begin) + " of the data, expected " +
                               std::to_string(reached) + ": places may neither overlap nor leave holes");
        reached = entry->end;
    }
    if (reached != data_size)
        fail(error_kind::bad_file, "'" + source + "': the tensors end at byte " + std::to_string(reached) +
                                       " of the data, of which there are " + std::to_string(data_size) +
                                       "; the file is too long, get it anew.");
}

inline safetensors_header parse_safetensors_header(std::string_view bytes, const std::string& source) {
    constexpr std::uint64_t longest = 100'000'000;  // the format's own limit
    const std::string name = "'" + source + "'";
    if (bytes.size() < 8)
        fail(error_kind::bad_file, name + ": expected 8 bytes with the length of the header, found " +
                                       std::to_string(bytes.size()) +
                                       "; the file is cut off or not a safetensors file.");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    if (length > longest)
        fail(error_kind::bad_file, name + ", offset 0: the header would be " + std::to_string(length) +
                                       " bytes long, at most 100000000 are allowed; this is not a safetensors file.");
    if (length > bytes.size() - 8)
        fail(error_kind::bad_file, name + " is cut off in its header: expected " + std::to_string(length) +
                                       " bytes after the first 8, found " + std::to_string(bytes.size() - 8) +
                                       "; get the file anew.");

    safetensors_header header;
    header.data_offset = 8 + static_cast<std::size_t>(length);
    json_cursor cursor(bytes.substr(8, static_cast<std::size_t>(length)), 8, source);
    std::vector<std::string> names;
    cursor.object([&](std::string key) {
        names.push_back(key);
        if (key != "__metadata__") {
            header.entries.push_back(read_safetensors_entry(cursor, std::move(key)));
            return;
        }
        cursor.object([&](std::string text) {
            std::string value = cursor.text();
            header.metadata.emplace_back(std::move(text), std::move(value));
        });
    });
    cursor.want_end();
    std::vector<std::string> keys;
    for (const auto& [key, value] : header.metadata) keys.push_back(key);
    for (auto* each : {&names, &keys}) {
        std::ranges::sort(*each);
        const auto twice = std::ranges::adjacent_find(*each);
        if (twice != each->end())
            fail(error_kind::bad_file, name + ": the header has the name " + in_quotes(*twice) +
                                           " twice; get the file anew or save it again.");
    }
    check_safetensors_places(header.entries, bytes.size() - header.data_offset, source);
    return header;
}

}  // namespace priori::detail
