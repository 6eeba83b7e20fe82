// SPDX-License-Identifier: BSL-1.0
// What the tests of io share: a folder that goes away, and the sentence and kind of a refusal.
#pragma once

#include <priori/core/error.hpp>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace test {

class temporary_folder {
public:
    temporary_folder()
        : path_(std::filesystem::temp_directory_path() / ("priori-test-" + std::to_string(std::random_device{}()))) {
        std::filesystem::create_directories(path_);
    }
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path put(std::string_view name, std::string_view content) const {
        std::ofstream(path_ / name, std::ios::binary) << content;
        return path_ / name;
    }

    std::size_t file_count() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++count;
        return count;
    }

private:
    std::filesystem::path path_;
};

// "bad_file: the sentence", or "" when nothing is thrown; the folder's path is shown as DIR.
template <class Call>
std::string refusal(Call&& call, const std::string& folder = {}) {
    try {
        call();
    } catch (const priori::error& caught) {
        std::string text = std::string(priori::to_string(caught.kind())) + ": " + caught.what();
        if (!folder.empty())
            for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder))
                text.replace(at, folder.size(), "DIR");
        return text;
    }
    return {};
}

}  // namespace test
