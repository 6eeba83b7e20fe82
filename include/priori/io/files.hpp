// SPDX-License-Identifier: BSL-1.0
// read_file, write_file_atomically, write_files_atomically: whole files; after an error there is no half-written file.
#pragma once

#include <priori/core/error.hpp>
#include <priori/io/detail/message.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <ios>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace priori {

// All bytes of a file.
// Throws: error (missing_file) when it is not there, is a directory, or cannot be read.
inline std::string read_file(const std::filesystem::path& path) {
    const std::string name = std::string("'").append(detail::shown_path(path)).append("'");  // g++ 12 warns of a sum
    std::error_code code;
    if (std::filesystem::is_directory(path, code))
        fail(error_kind::missing_file, name + " is a directory, a file was expected; give the path of the file.");

    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        fail(error_kind::missing_file, name + " cannot be opened: " + std::strerror(errno) + "; check the path.");

    std::string content;
    char piece[1 << 16];
    while (stream.read(piece, sizeof piece) || stream.gcount() > 0)
        content.append(piece, static_cast<std::size_t>(stream.gcount()));
    if (stream.bad())
        fail(error_kind::missing_file, name + " cannot be read to its end: " + std::strerror(errno) + ".");
    return content;
}

namespace detail {

// True when every byte reached the operating system. What is not known of the permissions is left to the system.
inline bool write_bytes(const std::filesystem::path& path, std::string_view content,
                        std::filesystem::perms permissions = std::filesystem::perms::unknown) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    std::error_code code;
    if (stream && permissions != std::filesystem::perms::unknown)  // before there is anything to be read
        std::filesystem::permissions(path, permissions, code);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    return !stream.fail();
}

[[noreturn]] inline void fail_to_write(const std::filesystem::path& path, const std::string& reason) {
    fail(error_kind::missing_file, "'" + shown_path(path) + "' cannot be written: " + reason +
                                       "; check that the folder is "
                                       "there and may be written, and that the disk is not full.");
}

// What a path leads to over links, whether it is there or not.
inline std::filesystem::path end_of_links(std::filesystem::path path) {
    std::error_code code;
    for (int i = 0; i < 40 && std::filesystem::is_symlink(std::filesystem::symlink_status(path, code)); ++i)
        path = path.parent_path() / std::filesystem::read_symlink(path, code);
    return path;
}

// Bytes on their way into a file: written to a neighbour, which takes the file's place when `put` is called and is
// removed when it is not. What is there and not a regular file (a terminal, a pipe) is written by `put` directly.
class partial_file {
public:
    // Throws: error (missing_file) when the neighbour cannot be written.
    partial_file(const std::filesystem::path& path, std::string_view content)
        : path_(path), target_(end_of_links(path)), content_(content) {
        namespace fs = std::filesystem;
        std::error_code code;
        errno = 0;
        const fs::file_status status = fs::status(path, code);
        if (fs::is_directory(status)) fail_to_write(path, "it is a directory");
        if (fs::is_symlink(fs::symlink_status(target_, code))) fail_to_write(path, "its links go round in a circle");
        is_direct_ = fs::exists(status) && !fs::is_regular_file(status);
        if (is_direct_) return;

        constexpr std::size_t longest = 200;  // bytes of a name that may have 255, with room for the end
        const std::string name = target_.filename().string().substr(0, longest);
        partial_ = target_.parent_path() / (name + ".partial-" + std::to_string(std::random_device{}()));
        if (write_bytes(partial_, content, fs::exists(status) ? status.permissions() : fs::perms::unknown)) return;
        const std::string reason = std::strerror(errno);
        fs::remove(partial_, code);
        fail_to_write(path, reason);
    }
    ~partial_file() {
        std::error_code ignored;
        if (!partial_.empty()) std::filesystem::remove(partial_, ignored);
    }
    partial_file(const partial_file&) = delete;
    partial_file& operator=(const partial_file&) = delete;

    bool is_direct() const { return is_direct_; }

    // Throws: error (missing_file) when it cannot be done.
    void put() {
        errno = 0;
        if (is_direct_) {
            if (!write_bytes(path_, content_)) fail_to_write(path_, std::strerror(errno));
            return;
        }
        std::error_code code;
        std::filesystem::rename(partial_, target_, code);
        if (code) fail_to_write(path_, code.message());
        partial_.clear();
    }

private:
    std::filesystem::path path_;
    std::filesystem::path target_;   // a link is kept, what it names is replaced
    std::filesystem::path partial_;  // empty when there is none
    std::string_view content_;
    bool is_direct_ = false;
};

}  // namespace detail

// The file appears whole or not at all: the bytes go to a neighbour, which is then renamed and has the permissions of
// the file that it replaces. A link stays, and what it names is written. What is not a regular file (a terminal, a
// pipe) is written directly.
// Throws: error (missing_file) when it cannot be written; an older file of that name is then untouched.
inline void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
    detail::partial_file(path, content).put();
}

struct file_content {
    std::filesystem::path path;
    std::string_view content;
};

// Files that belong together: all neighbours are written before the first takes its file's place, so that a disk that
// is full leaves the older files as they were. What is written directly comes first.
// Throws: as write_file_atomically.
inline void write_files_atomically(std::initializer_list<file_content> files) {
    std::deque<detail::partial_file> partial;
    for (const file_content& file : files) partial.emplace_back(file.path, file.content);
    for (const bool direct : {true, false})
        for (detail::partial_file& file : partial)
            if (file.is_direct() == direct) file.put();
}

}  // namespace priori
