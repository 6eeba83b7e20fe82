// SPDX-License-Identifier: BSL-1.0
#include "given_files.hpp"

#include <priori/io/given_episodes.hpp>
#include <priori/io/image.hpp>
#include <priori/io/image_folder.hpp>
#include <priori/io/image_set.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/io/omniglot_folder.hpp>

#include <filesystem>
#include <string>

namespace omniglot {

priori::image_set given_files(const priori::given_episodes& episodes, const std::string& csv, bool of_one_bit) {
    constexpr priori::image_options options{.height = priori::omniglot_data::side,
                                            .width = priori::omniglot_data::side,
                                            .colour = priori::image_colour::grey,
                                            .filter = priori::resize_filter::area};
    constexpr double threshold = priori::omniglot_reduction{}.threshold;
    auto set =
        priori::load_images(priori::list_given_images(episodes, std::filesystem::path(csv).parent_path()), options).set;
    if (of_one_bit)
        for (auto& pixel : set.images) pixel = 255 - pixel >= 255 * threshold ? 0 : 255;
    return set;
}

}  // namespace omniglot
