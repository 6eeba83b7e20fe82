// SPDX-License-Identifier: BSL-1.0
// load_images: the files of an image_list, decoded, brought to one size, and kept in one packed file for the next time.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/files.hpp>
#include <priori/io/image.hpp>
#include <priori/io/image_list.hpp>
#include <priori/io/image_set.hpp>
#include <priori/io/resize.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace priori {

// How an image of another size becomes one of the wanted: squeezed, whatever becomes of its sides' ratio; squeezed
// after the square in its middle was cut out; not at all, so that another size is an error; or resized in its form,
// until its shorter side has `shorter_side` pixels, and the middle cut out of that.
enum class image_fit : std::uint8_t { squeeze, middle_square, exact, resize_then_crop };

// The defaults are those of mini-ImageNet in the MAML code: 84 x 84, Lanczos. Other data sets: README.md.
struct image_options {
    std::size_t height = 84;
    std::size_t width = 84;
    image_colour colour = image_colour::rgb;
    resize_filter filter = resize_filter::lanczos;
    image_fit fit = image_fit::squeeze;
    std::size_t shorter_side = 0;  // of resize_then_crop; 0: the larger of height and width
};

// What became of the packed file: none was asked for; the images came from it; it was not there and was made; it was of
// other images or options and was made anew; it was cut off or damaged and was made anew.
enum class cache_use : std::uint8_t { none, used, made, stale, damaged };

struct loaded_images {
    image_set set;
    cache_use cache = cache_use::none;
};

namespace detail {

// FNV-1a, 64 bits.
class fingerprint {
public:
    void add(std::string_view text) {
        add(std::uint64_t{text.size()});
        for (const char c : text) value_ = (value_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
    void add(std::uint64_t number) {
        for (int i = 0; i < 8; ++i) value_ = (value_ ^ (number >> 8 * i & 255)) * 1099511628211u;
    }
    std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 14695981039346656037u;
};

inline std::size_t shorter_side_of(const image_options& options) {
    return options.shorter_side > 0 ? options.shorter_side : std::max(options.height, options.width);
}

// Changes with the options, the names of files and classes, their order and split, and the files' sizes and times.
inline std::uint64_t fingerprint_of(const image_list& list, const image_options& options) {
    fingerprint sum;
    sum.add(options.height);
    sum.add(options.width);
    sum.add(static_cast<std::uint64_t>(options.colour));
    sum.add(static_cast<std::uint64_t>(options.filter));
    sum.add(static_cast<std::uint64_t>(options.fit));
    if (options.fit == image_fit::resize_then_crop) sum.add(shorter_side_of(options));
    for (const std::string& name : list.class_names) sum.add(name);
    for (const std::uint8_t part : list.part) sum.add(std::uint64_t{part});
    for (const listed_image& image : list.images) {
        std::error_code code;
        sum.add(image.path.string());
        sum.add(std::uint64_t{image.class_number});
        sum.add(std::uint64_t{std::filesystem::file_size(image.path, code)});
        const auto time = std::filesystem::last_write_time(image.path, code);
        sum.add(static_cast<std::uint64_t>(time.time_since_epoch().count()));
    }
    return sum.value();
}

inline image fitted(image found, const image_options& options, const std::string& source) {
    if (options.fit == image_fit::exact) require_size(found, options.height, options.width, source);
    if (options.fit == image_fit::resize_then_crop)
        return resized_then_cropped(found, shorter_side_of(options), options.height, options.width, options.filter);
    if (options.fit == image_fit::middle_square) found = middle_square(found);
    if (found.height == options.height && found.width == options.width) return found;
    return resized(found, options.height, options.width, options.filter);
}

// Leaves the set empty, and says why, when the packed file is not to be used.
inline cache_use read_cache(const std::filesystem::path& path, std::uint64_t wanted, image_set& set) {
    std::error_code code;
    if (!std::filesystem::exists(path, code)) return cache_use::made;
    const std::string bytes = read_file(path);
    if (!bytes.empty() && !bytes.starts_with(image_set_magic))
        fail(error_kind::bad_file, "'" + shown_path(path) +
                                       "' is no file of packed images, and would be written over; give another path "
                                       "for the cache, or remove it.");
    try {
        packed_images packed = image_set_parser(bytes, shown_path(path)).parse();
        if (packed.fingerprint != wanted) return cache_use::stale;
        set = std::move(packed.set);
        return cache_use::used;
    } catch (const error& caught) {
        if (caught.kind() != error_kind::bad_file) throw;
        return cache_use::damaged;
    }
}

}  // namespace detail

namespace detail {

// What a list and options made by hand may have wrong, before anything is decoded.
inline void require_loadable(const image_list& list, const image_options& options) {
    const std::size_t classes = list.class_names.size();
    if (!list.part.empty() && list.part.size() != classes)
        fail(error_kind::mismatch, "load_images: the list has " + std::to_string(classes) + " classes and a part for " +
                                       std::to_string(list.part.size()) +
                                       " of them; give each class its part, or none.");
    for (std::size_t c = 0; c < list.part.size(); ++c)
        if (list.part[c] > 2)
            fail(error_kind::bad_value, "load_images: the class " + in_quotes(list.class_names[c]) + " has the part " +
                                            std::to_string(list.part[c]) + "; 0 is training, 1 validation, 2 testing.");
    for (const listed_image& image : list.images)
        if (image.class_number >= classes)
            fail(error_kind::bad_value, "load_images: the image " + in_quotes(image.path.filename().string()) +
                                            " has the class " + std::to_string(image.class_number) + ", the list has " +
                                            std::to_string(classes) + " classes, counted from 0; correct the list.");
    const std::string wanted = "load_images: " + std::to_string(list.images.size()) + " images of " +
                               std::to_string(options.height) + " x " + std::to_string(options.width) +
                               " pixels are wanted; ";
    if (list.images.empty() || options.height == 0 || options.width == 0)
        fail(error_kind::bad_option, wanted + "there must be one at least.");
    constexpr std::size_t longest = 65536;              // of a side, as in packed files
    constexpr std::size_t most = std::size_t{1} << 28;  // pixels, as of an image that is read
    if (options.height > longest || options.width > longest || options.height > most / options.width)
        fail(error_kind::bad_option, wanted + "sides go up to 65,536, images to 2^28 pixels.");
    constexpr std::size_t most_bytes = std::size_t{1} << 40;
    const std::size_t bytes = options.height * options.width * static_cast<std::size_t>(options.colour);
    if (list.images.size() > most_bytes / bytes)
        fail(error_kind::bad_option, wanted + "they would take more than 2^40 bytes.");
    const std::size_t larger = std::max(options.height, options.width);
    if (options.shorter_side > 0 && (options.fit != image_fit::resize_then_crop || options.shorter_side < larger))
        fail(error_kind::bad_option, "load_images: a shorter_side of " + std::to_string(options.shorter_side) +
                                         " is given for images of " + std::to_string(options.height) + " x " +
                                         std::to_string(options.width) + " pixels; take " + std::to_string(larger) +
                                         " or more, with the fit resize_then_crop, or leave it out.");
}

// Room for the images of a list.
inline void reserve_images(image_set& set, std::size_t count) {
    try {
        set.images.reserve(count * set.pixels());
        set.labels.reserve(count);
    } catch (const std::bad_alloc&) {
        fail(error_kind::bad_option, "load_images: " + std::to_string(count) + " images take " +
                                         std::to_string(count * set.pixels()) +
                                         " bytes, which cannot be had; take smaller ones or fewer.");
    }
}

}  // namespace detail

// The images of a list, in its order. With a path for `cache` they are kept there as one packed file and come from it
// the next time, unless a file of the list or an option has changed since.
// Cost: with the packed file, reading it, with twice its size in memory for a while.
// Throws: error (bad_option) for a list or size of nothing or of more than there can be, or a shorter side that is too
// short or not asked for; (bad_value) and (mismatch) for a list whose numbers fit no class; (bad_shape) where an image
// is not of the exact size; as read_image; (missing_file) when the packed file cannot be written, (bad_file) when there
// is another file that is not empty in its place, which stays.
// Example: const auto list = list_split_files("mini/splits", "mini/images");
//          const auto loaded = load_images(list, {.height = 84, .width = 84}, "mini.packed");
//          const auto data = loaded.set.data<shape<84, 84, 3>>();
inline loaded_images load_images(const image_list& list, const image_options& options = {},
                                 const std::filesystem::path& cache = {}) {
    detail::require_loadable(list, options);
    const std::uint64_t wanted = cache.empty() ? 0 : detail::fingerprint_of(list, options);
    loaded_images result;
    image_set& set = result.set;
    if (!cache.empty()) result.cache = detail::read_cache(cache, wanted, set);
    if (result.cache == cache_use::used) return result;
    if (!cache.empty()) detail::partial_file(cache, {});  // refuses a place that cannot be written before the work

    set = {options.height,   options.width, static_cast<std::size_t>(options.colour), {}, {},
           list.class_names, list.part};
    detail::reserve_images(set, list.images.size());
    for (const listed_image& listed : list.images) {
        const image found =
            detail::fitted(read_image(listed.path, options.colour), options, detail::shown_path(listed.path));
        set.images.insert(set.images.end(), found.pixels.begin(), found.pixels.end());
        set.labels.push_back(static_cast<std::int32_t>(listed.class_number));
    }
    if (!cache.empty()) write_file_atomically(cache, image_set_bytes(set, wanted));
    return result;
}

}  // namespace priori
