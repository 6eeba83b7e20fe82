// SPDX-License-Identifier: BSL-1.0
// image_list: which image files a data set has, their classes, and which classes are to train, validate and test on.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/csv.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/files.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace priori {

struct listed_image {
    std::filesystem::path path;
    std::size_t class_number = 0;
};

struct image_list {
    std::vector<std::string> class_names;  // in order of their first image
    std::vector<std::uint8_t> part;        // of each class: 0 training, 1 validation, 2 testing; empty without a split
    std::vector<listed_image> images;
};

namespace detail {

// 0, 1 or 2 for train, val (or validation) and test; 3 for other names.
inline std::uint8_t part_called(std::string_view name) {
    if (name == "validation") return 1;
    constexpr std::array<std::string_view, 3> names{"train", "val", "test"};
    return static_cast<std::uint8_t>(std::ranges::find(names, name) - names.begin());
}

// The file itself, whatever its name is spelt like: by links or another way through the folders it is the same.
inline std::string file_of(const std::filesystem::path& path) {
    std::error_code code;
    const auto file = std::filesystem::weakly_canonical(path, code);
    return (code ? path.lexically_normal() : file).string();
}

// Adds images one at a time; each class in one part, each file once.
class image_list_maker {
public:
    // `place` says where the image was listed, `part_name` what its part is called there; part 3 is no part.
    void add(const std::filesystem::path& path, std::string_view label, std::uint8_t part, const std::string& place,
             const std::string& part_name) {
        const auto [entry, is_new] = numbers_.try_emplace(std::string(label), list_.class_names.size());
        const std::size_t number = entry->second;
        if (is_new) {
            list_.class_names.emplace_back(label);
            if (part != 3) list_.part.push_back(part);
            first_part_.push_back(part_name);
        } else if (part != 3 && list_.part[number] != part) {
            fail(error_kind::mismatch, place + ": the class " + in_quotes(label) + " leaks from " +
                                           first_part_[number] + " into " + part_name +
                                           "; a class belongs to one part of a split.");
        }
        const auto [twice, is_first] = places_.try_emplace(file_of(path), place);
        if (!is_first)
            fail(error_kind::mismatch, place + ": the image " + in_quotes(path.filename().string()) +
                                           " is listed twice, first at " + twice->second + "; list it once.");
        list_.images.push_back({path, number});
    }

    image_list take() { return std::move(list_); }

private:
    image_list list_;
    std::map<std::string, std::size_t, std::less<>> numbers_;
    std::vector<std::string> first_part_;
    std::map<std::string, std::string> places_;
};

inline bool is_image_name(const std::filesystem::path& path) {
    std::string end = path.extension().string();
    for (char& c : end) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return end == ".png" || end == ".jpg" || end == ".jpeg";
}

// The folders, or the image files, of a folder, by name; not what programs hide there.
inline std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder, bool folders) {
    std::error_code code;
    std::vector<std::filesystem::path> found;
    std::filesystem::directory_iterator entry(folder, code);
    for (; !code && entry != std::filesystem::directory_iterator{}; entry.increment(code)) {
        std::error_code gone;
        const std::string name = entry->path().filename().string();
        if (name.starts_with('.') || name == "__MACOSX") continue;
        if (folders ? entry->is_directory(gone) : entry->is_regular_file(gone) && is_image_name(entry->path()))
            found.push_back(entry->path());
    }
    if (code)
        fail(error_kind::missing_file,
             "'" + shown_path(folder) + "' cannot be read as a folder: " + code.message() + "; check the path.");
    std::ranges::sort(found);
    return found;
}

// An image beside the folders would be left out, and nobody would know.
inline void refuse_stray_images(const std::filesystem::path& root) {
    const auto stray = sorted_entries(root, false);
    if (!stray.empty())
        fail(error_kind::bad_file, "'" + shown_path(stray.front()) +
                                       "': the image lies beside the folders of classes and would be of none; move it "
                                       "into the folder of its class, or away.");
}

// The images of the class that a folder is.
inline void add_class(image_list_maker& maker, const std::filesystem::path& folder, std::string_view label,
                      std::uint8_t part, const std::string& place, const std::string& part_name) {
    const auto images = sorted_entries(folder, false);
    if (images.empty())
        fail(error_kind::bad_file, "'" + shown_path(folder) +
                                       "' holds no PNG or JPEG image; expected those of one class, remove the "
                                       "folder or fill it.");
    for (const auto& image : images) maker.add(image, label, part, place, part_name);
}

inline void add_class_folders(image_list_maker& maker, const std::filesystem::path& root, std::uint8_t part) {
    const auto classes = sorted_entries(root, true);
    if (!classes.empty()) refuse_stray_images(root);
    if (classes.empty())
        fail(error_kind::bad_file, "'" + shown_path(root) + "' holds no folders; expected one for each class.");
    for (const auto& folder : classes)
        add_class(maker, folder, folder.filename().string(), part, "'" + shown_path(folder) + "'",
                  "'" + shown_path(root.filename()) + "'");
}

// The classes that a text file names, one a line.
inline void add_named_classes(image_list_maker& maker, const std::filesystem::path& names,
                              const std::filesystem::path& images, std::uint8_t part) {
    const std::string text = read_file(names);
    std::map<std::string, std::size_t, std::less<>> line_of;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view name = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        ++number;
        name = name.substr(0, name.find_last_not_of(" \t\r") + 1);
        if (name.empty()) continue;
        const std::string place = "'" + shown_path(names) + "', line " + std::to_string(number);
        const auto [first, is_new] = line_of.try_emplace(std::string(name), number);
        if (!is_new)
            fail(error_kind::mismatch, place + ": the class " + in_quotes(name) + " is that of line " +
                                           std::to_string(first->second) + ", too; list it once.");
        std::error_code code;
        if (!std::filesystem::is_directory(images / name, code))
            fail(error_kind::missing_file, place + ": there is no folder '" + shown_path(images / name) +
                                               "'; give the folder that holds one for each class, or correct the "
                                               "line.");
        add_class(maker, images / name, name, part, place, "'" + shown_path(names) + "'");
    }
    if (line_of.empty())
        fail(error_kind::bad_file, "'" + shown_path(names) + "' names no class; expected one a line.");
}

inline void add_rows(image_list_maker& maker, const csv_table& table, const std::filesystem::path& images,
                     std::uint8_t part) {
    const std::size_t file = table.column("filename");
    const std::size_t label = table.column("label");
    const std::size_t split = part == 3 ? table.column("split") : 0;
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        const std::uint8_t of = part == 3 ? part_called(table.text(row, split)) : part;
        if (of == 3)
            fail(error_kind::bad_value, table.place(row, split) + ": expected train, val or test, found " +
                                            in_quotes(table.text(row, split)) + ".");
        const std::filesystem::path path = images / table.text(row, file);
        std::error_code code;
        if (!std::filesystem::is_regular_file(path, code))
            fail(error_kind::missing_file, table.place(row, file) + ": there is no image '" + shown_path(path) +
                                               "'; give the folder that the names are in, or correct the row.");
        maker.add(path, table.text(row, label), of, table.place(row, label),
                  part == 3 ? table.text(row, split) : "'" + table.source + "'");
    }
}

// The file of a part in a folder, an empty path when there is none.
inline std::filesystem::path split_file(const std::filesystem::path& folder, std::uint8_t part,
                                        const std::string& extension) {
    std::filesystem::path found;
    for (const char* name : {"train", "val", "validation", "test"}) {
        std::error_code code;
        const std::filesystem::path path = folder / (name + extension);
        if (part_called(name) != part || !std::filesystem::exists(path, code)) continue;
        if (!found.empty())
            fail(error_kind::mismatch, "'" + shown_path(folder) + "' holds val" + extension + " and validation" +
                                           extension + ", which are one part; keep one of them.");
        found = path;
    }
    return found;
}

// f(file, part) for those of the three that are there.
template <class F>
void for_each_split_file(const std::filesystem::path& folder, const std::string& extension, const F& f) {
    std::size_t found = 0;
    for (std::uint8_t part = 0; part < 3; ++part) {
        const std::filesystem::path path = split_file(folder, part, extension);
        if (path.empty()) continue;
        ++found;
        f(path, part);
    }
    if (found == 0)
        fail(error_kind::missing_file, "'" + shown_path(folder) + "' holds none of train" + extension + ", val" +
                                           extension + " and test" + extension +
                                           "; give the folder of the split files.");
}

}  // namespace detail

// ROOT/<class>/<image>, or ROOT/train/<class>/<image> with val (or validation) and test beside it: classes and images
// by name, .png, .jpg and .jpeg files; others are passed over.
// Throws: error (missing_file) when there is no such folder, (bad_file) where a class or the root is empty, an image
// lies beside the folders of classes or another folder beside the parts, (mismatch) where a class is in two parts.
inline image_list list_image_folder(const std::filesystem::path& root) {
    detail::image_list_maker maker;
    const auto folders = detail::sorted_entries(root, true);
    const auto part_of = [](const std::filesystem::path& folder) {
        return detail::part_called(folder.filename().string());
    };
    const bool has_parts =
        !folders.empty() && std::ranges::all_of(folders, [&](const auto& f) { return part_of(f) < 3; });
    if (!has_parts) {
        const auto stranger = std::ranges::find_if(folders, [&](const auto& f) { return part_of(f) == 3; });
        const auto part = std::ranges::find_if(folders, [&](const auto& f) { return part_of(f) < 3; });
        if (part != folders.end() && detail::sorted_entries(*part, false).empty())
            fail(error_kind::bad_file, "'" + detail::shown_path(root) + "' holds the part '" +
                                           detail::shown_path(part->filename()) + "', and beside it '" +
                                           detail::shown_path(stranger->filename()) +
                                           "'; expected the folders train, val and test alone, or those of classes.");
        detail::add_class_folders(maker, root, 3);
        return maker.take();
    }
    detail::refuse_stray_images(root);
    for (std::uint8_t part = 0; part < 3; ++part)
        for (const auto& folder : folders)
            if (part_of(folder) == part) detail::add_class_folders(maker, folder, part);
    return maker.take();
}

// The images named by train.csv, val.csv (or validation.csv) and test.csv in `folder` (those that are there), with the
// columns filename and label (others are not read); the names are relative to `images`. It is the form of
// mini-ImageNet's published split.
// Throws: error (missing_file) when there is none of the three or an image is missing, (mismatch) where a class is in
// two of them, a file is listed twice, under whatever names, or val.csv and validation.csv are both there; as read_csv.
// Reference: Ravi, Larochelle, "Optimization as a model for few-shot learning" (2017), section 5.1.
inline image_list list_split_files(const std::filesystem::path& folder, const std::filesystem::path& images) {
    detail::image_list_maker maker;
    detail::for_each_split_file(folder, ".csv", [&](const std::filesystem::path& path, std::uint8_t part) {
        const csv_options options{
            .header = csv_header::required, .text_columns = {"filename", "label"}, .columns = {"label"}};
        detail::add_rows(maker, read_csv(path, options), images, part);
    });
    return maker.take();
}

// The images of the classes named by train.txt, val.txt (or validation.txt) and test.txt in `folder` (those that are
// there), one a line: the image files of IMAGES/<class>, by name. Empty lines say nothing. It is the form of CIFAR-FS.
// Throws: error (missing_file) when there is none of the three, or no folder of a class, (bad_file) where one is empty
// or a file names no class, (mismatch) where a class is named twice, or val.txt and validation.txt are both there.
// Reference: Bertinetto et al., "Meta-learning with differentiable closed-form solvers" (2019), section 4.1.
inline image_list list_split_classes(const std::filesystem::path& folder, const std::filesystem::path& images) {
    detail::image_list_maker maker;
    detail::for_each_split_file(folder, ".txt", [&](const std::filesystem::path& path, std::uint8_t part) {
        detail::add_named_classes(maker, path, images, part);
    });
    return maker.take();
}

// As list_split_files, from one file with the column split beside filename and label: train, val (or validation) or
// test.
// Throws: as list_split_files; error (bad_value) for another name of a part.
inline image_list list_split_csv(const std::filesystem::path& csv, const std::filesystem::path& images) {
    detail::image_list_maker maker;
    const csv_options options{
        .header = csv_header::required, .text_columns = {"filename", "label", "split"}, .columns = {"label"}};
    detail::add_rows(maker, read_csv(csv, options), images, 3);
    return maker.take();
}

}  // namespace priori
