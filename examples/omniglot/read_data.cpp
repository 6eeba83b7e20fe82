// SPDX-License-Identifier: BSL-1.0
#include "read_data.hpp"

#include <priori/core/error.hpp>
#include <priori/io/omniglot_folder.hpp>
#include <priori/task/glyph_set.hpp>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace omniglot {

namespace {

priori::omniglot_data drawn() {
    priori::glyph_set set = priori::drawn_glyphs(1600, 20);
    priori::omniglot_data data;
    data.drawings = set.drawings;
    data.images = std::move(set.images);
    data.labels = std::move(set.labels);
    return data;
}

}  // namespace

priori::omniglot_data read_data(const std::string& data) {
    if (data == "glyphs") return drawn();
    const std::filesystem::path folder = data;
    const auto has = [&](const char* name) {
        std::error_code code;
        return std::filesystem::exists(folder / name, code);
    };
    if (has("omniglot28_bits.npy")) return priori::read_omniglot(folder);
    if (has("images_background") || has("images_evaluation")) return priori::read_omniglot_folder(folder);
    priori::fail(priori::error_kind::missing_file,
                 "--data: '" + data +
                     "' holds neither omniglot28_bits.npy nor images_background; give the packed folder that "
                     "examples/convert_omniglot.py makes of the official archive, that archive's own, or glyphs.");
}

}  // namespace omniglot
