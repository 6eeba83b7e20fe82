// SPDX-License-Identifier: BSL-1.0
// image_set: labelled images of one size in memory, and the packed file that keeps them.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/shape.hpp>
#include <priori/io/detail/crc32.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/detail/zip_directory.hpp>
#include <priori/io/files.hpp>
#include <priori/task/class_split.hpp>
#include <priori/task/labelled_data.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace priori {

// Shapes: images (count, height, width, channels), row-major; labels (count); names and parts (classes).
struct image_set {
    std::size_t height = 0;
    std::size_t width = 0;
    std::size_t channels = 0;
    std::vector<std::uint8_t> images;
    std::vector<std::int32_t> labels;
    std::vector<std::string> class_names;
    std::vector<std::uint8_t> part;  // of each class: 0 training, 1 validation, 2 testing; empty without a split

    std::size_t size() const { return labels.size(); }
    std::size_t class_count() const { return class_names.size(); }
    std::size_t pixels() const { return height * width * channels; }

    // The split that came with the data. Throws: error (bad_option) when there was none.
    class_split split() const {
        if (part.empty())
            fail(error_kind::bad_option,
                 "image_set: these images came without a split; divide their classes with random_split.");
        return split_by_ids(std::span(part));
    }

    // What few_shot takes; the set has to outlive it. Input is shape<height, width, channels>, or shape<height, width>
    // for one channel, which convolutions do not take. Throws: error (bad_shape) for another shape.
    // Example: const auto data = set.data<shape<84, 84, 3>>();
    //          few_shot(data, set.split().train, way_shot{}, {.scale = 1 / 255.0})
    template <class Input>
    labelled_data<Input, std::uint8_t> data() const& {
        constexpr auto wanted = Input::extents;
        std::vector<std::size_t> own{height, width, channels};
        if (wanted.size() == 2 && channels == 1) own.pop_back();
        if (!std::equal(own.begin(), own.end(), wanted.begin(), wanted.end()))
            fail(error_kind::bad_shape,
                 "image_set: expected images of the shape " +
                     detail::shown_shape(std::vector<std::size_t>(wanted.begin(), wanted.end())) + ", these have " +
                     detail::shown_shape(own) + "; load them with that height, width and colour.");
        labelled_data<Input, std::uint8_t> found(Input{}, std::span(images), labels, class_count());
        if (!class_names.empty()) found.name_classes(class_names);
        return found;
    }
    template <class Input>
    labelled_data<Input, std::uint8_t> data() const&& = delete;  // the images would be gone
};

namespace detail {

// The packed file, little-endian:
//     0  "PRIORIIM"       8  version, u32: 1         12  channels, u32    16  height, u32    20  width, u32
//    24  images, u64     32  classes, u64            40  fingerprint of what it was made from, u64; 0: not known
//    48  of each class: the length of its name, u32, and the name; its part, u8 (3: there is no split)
//        of each image: its label, u32;  then the pixels of all images, u8;  then the CRC-32 of all before, u32
inline constexpr std::string_view image_set_magic = "PRIORIIM";
inline constexpr std::size_t image_set_header = 48;

inline void append_number(std::string& bytes, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        bytes += static_cast<char>(value & 255);
        value >>= 8;
    }
}

struct packed_images {
    image_set set;
    std::uint64_t fingerprint = 0;
};

class image_set_parser {
public:
    image_set_parser(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {}

    packed_images parse() {
        if (!bytes_.starts_with(image_set_magic.substr(0, bytes_.size())) || bytes_.empty())
            refuse(0, "expected the magic PRIORIIM; this is no file of packed images");
        taken(image_set_magic.size());
        const std::uint64_t version = number(4);
        if (version != 1)
            refuse(8, "expected version 1 of packed images, found " + std::to_string(version) + "; make it anew");
        packed_images result;
        image_set& set = result.set;
        set.channels = size(4);
        set.height = size(4);
        set.width = size(4);
        const std::size_t count = size(8);
        const std::size_t classes = size(8);
        result.fingerprint = number(8);
        if (set.height > 65536 || set.width > 65536 || (set.channels != 1 && set.channels != 3) || set.pixels() == 0)
            refuse(12, "images of " + shown_shape(std::vector{set.height, set.width, set.channels}) +
                           " (height, width, channels) are not read; make it anew");
        for (std::size_t c = 0; c < classes; ++c) {
            set.class_names.emplace_back(taken(size(4)));
            const std::uint64_t part = number(1);
            if (part > 3) refuse(at_ - 1, "expected a part from 0 to 3; make it anew");
            if (part < 3) set.part.push_back(static_cast<std::uint8_t>(part));
        }
        if (!set.part.empty() && set.part.size() != classes)
            refuse(image_set_header, "some classes have a part and some have none; make it anew");
        if (count > (bytes_.size() - at_) / (4 + set.pixels())) cut_off();
        const std::string_view labels = taken(4 * count);
        const std::string_view pixels = taken(set.pixels() * count);
        const std::size_t end = at_;
        const std::uint64_t checksum = number(4);
        if (at_ != bytes_.size())
            refuse(at_, "there are " + std::to_string(bytes_.size() - at_) + " bytes too many; make it anew");
        if (crc32(bytes_.substr(0, end)) != checksum)
            refuse(end, "the checksum is not that of the file, so it is damaged; make it anew");
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t label = little_endian(labels, 4 * i, 4);
            if (label >= classes)
                refuse(end - pixels.size() - labels.size() + 4 * i, "expected a class below " +
                                                                        std::to_string(classes) + ", found " +
                                                                        std::to_string(label) + "; make it anew");
            set.labels.push_back(static_cast<std::int32_t>(label));
        }
        set.images.resize(pixels.size());
        if (!pixels.empty()) std::memcpy(set.images.data(), pixels.data(), pixels.size());
        return result;
    }

private:
    std::string_view taken(std::size_t size) {
        if (size > bytes_.size() - at_) cut_off();
        at_ += size;
        return bytes_.substr(at_ - size, size);
    }
    std::uint64_t number(std::size_t size) { return little_endian(taken(size), 0, size); }
    std::size_t size(std::size_t bytes) { return static_cast<std::size_t>(number(bytes)); }

    [[noreturn]] void cut_off() const {
        fail(error_kind::bad_file, "'" + source_ + "' is cut off: the packed images do not end within its " +
                                       std::to_string(bytes_.size()) + " bytes; make it anew.");
    }
    [[noreturn]] void refuse(std::size_t at, const std::string& reason) const {
        fail(error_kind::bad_file, "'" + source_ + "', offset " + std::to_string(at) + ": " + reason + ".");
    }

    std::string_view bytes_;
    const std::string& source_;
    std::size_t at_ = 0;
};

}  // namespace detail

// Throws: error (bad_file) for bytes that are not such a file, of another version, cut off or damaged.
inline image_set parse_image_set(std::string_view bytes, const std::string& source) {
    return detail::image_set_parser(bytes, source).parse().set;
}

// Throws: as parse_image_set; error (missing_file) when the file cannot be read.
inline image_set read_image_set(const std::filesystem::path& path) {
    return parse_image_set(read_file(path), detail::shown_path(path));
}

// The bytes of a packed file; `fingerprint` is of what the set was made from, 0 when that is not known.
// Throws: error (mismatch) when images, labels, names and parts do not fit together.
inline std::string image_set_bytes(const image_set& set, std::uint64_t fingerprint = 0) {
    if (set.height > 65536 || set.width > 65536 || (set.channels != 1 && set.channels != 3))
        fail(error_kind::mismatch, "image_set_bytes: images of " +
                                       detail::shown_shape(std::vector{set.height, set.width, set.channels}) +
                                       " (height, width, channels) are not written; sides go up to 65,536, channels "
                                       "are 1 or 3.");
    bool fits = set.images.size() == set.size() * set.pixels() && set.pixels() > 0 &&
                (set.part.empty() || set.part.size() == set.class_count());
    for (const std::uint8_t part : set.part) fits = fits && part < 3;
    for (const std::int32_t label : set.labels)
        fits = fits && label >= 0 && static_cast<std::size_t>(label) < set.class_count();
    if (!fits)
        fail(error_kind::mismatch,
             "image_set_bytes: images, labels, class names and parts do not fit together; each image takes height x "
             "width x channels bytes and a label below the number of classes; all classes or none have a part from 0 "
             "to 2.");
    std::string bytes(detail::image_set_magic);
    for (const std::size_t value : {std::size_t{1}, set.channels, set.height, set.width})
        detail::append_number(bytes, value, 4);
    for (const std::uint64_t value : {std::uint64_t{set.size()}, std::uint64_t{set.class_count()}, fingerprint})
        detail::append_number(bytes, value, 8);
    for (std::size_t c = 0; c < set.class_count(); ++c) {
        detail::append_number(bytes, set.class_names[c].size(), 4);
        bytes += set.class_names[c];
        bytes += static_cast<char>(set.part.empty() ? 3 : set.part[c]);
    }
    for (const std::int32_t label : set.labels) detail::append_number(bytes, static_cast<std::uint64_t>(label), 4);
    bytes.append(reinterpret_cast<const char*>(set.images.data()), set.images.size());
    detail::append_number(bytes, detail::crc32(bytes), 4);
    return bytes;
}

// Throws: as image_set_bytes; error (missing_file) when the file cannot be written.
inline void write_image_set(const std::filesystem::path& path, const image_set& set) {
    write_file_atomically(path, image_set_bytes(set));
}

}  // namespace priori
