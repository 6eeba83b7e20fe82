// SPDX-License-Identifier: BSL-1.0
// read_file, write_file_atomically: whole files; after an error there is no half-written file.
#pragma once

#include <priori/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace priori {

// All bytes of a file.
// Throws: error (missing_file) when it is not there, is a directory, or cannot be read.
inline std::string read_file(const std::filesystem::path& path) {
    const std::string name = std::string("'").append(path.string()).append("'");  // g++ 12 warns of a sum
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

// True when every byte reached the operating system.
inline bool write_bytes(const std::filesystem::path& path, std::string_view content) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    return !stream.fail();
}

[[noreturn]] inline void fail_to_write(const std::filesystem::path& path, const std::string& reason) {
    fail(error_kind::missing_file, "'" + path.string() + "' cannot be written: " + reason +
                                       "; check that the folder is "
                                       "there and may be written, and that the disk is not full.");
}

}  // namespace detail

// The file appears whole or not at all: the bytes go to a neighbour, which is then renamed. What is not a regular file
// (a terminal, a pipe) is written directly.
// Throws: error (missing_file) when it cannot be written; an older file of that name is then untouched.
inline void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
    namespace fs = std::filesystem;
    std::error_code code;
    errno = 0;
    const fs::file_status status = fs::status(path, code);
    if (fs::is_directory(status)) detail::fail_to_write(path, "it is a directory");
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        if (!detail::write_bytes(path, content)) detail::fail_to_write(path, std::strerror(errno));
        return;
    }

    const fs::path target = fs::exists(status) ? fs::canonical(path, code) : path;  // keep a link, replace its target
    fs::path partial = target;
    partial += ".partial-" + std::to_string(std::random_device{}());
    if (!detail::write_bytes(partial, content)) {
        const std::string reason = std::strerror(errno);
        fs::remove(partial, code);
        detail::fail_to_write(path, reason);
    }
    fs::rename(partial, target, code);
    if (code) {
        const std::string reason = code.message();
        fs::remove(partial, code);
        detail::fail_to_write(path, reason);
    }
}

}  // namespace priori
