// SPDX-License-Identifier: BSL-1.0
#include "given_files.hpp"

#include <priori/core/error.hpp>
#include <priori/io/given_episodes.hpp>
#include <priori/io/image.hpp>
#include <priori/io/image_folder.hpp>
#include <priori/io/image_set.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/io/omniglot_folder.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

namespace omniglot {

namespace {

// Drawings of another form would be squeezed into one that no training has seen.
void require_sizes(const priori::image_list& list) {
    constexpr std::size_t packed = priori::omniglot_data::side, stored = 105;
    for (const auto& listed : list.images) {
        const priori::image found = priori::read_image(listed.path, priori::image_colour::grey);
        if (found.height == found.width && (found.height == packed || found.height == stored)) continue;
        priori::fail(priori::error_kind::bad_shape,
                     "'" + listed.path.string() + "': expected 28 x 28 or, as in the archives, 105 x 105 pixels, found " +
                         std::to_string(found.height) + " x " + std::to_string(found.width) +
                         " (height x width); resize the image or leave it out.");
    }
}

}  // namespace

priori::image_set given_files(const priori::given_episodes& episodes, const std::string& csv, bool of_one_bit) {
    constexpr priori::image_options options{.height = priori::omniglot_data::side,
                                            .width = priori::omniglot_data::side,
                                            .colour = priori::image_colour::grey,
                                            .filter = priori::resize_filter::area};
    constexpr double threshold = priori::omniglot_reduction{}.threshold;
    const auto list = priori::list_given_images(episodes, std::filesystem::path(csv).parent_path());
    require_sizes(list);
    auto set = priori::load_images(list, options).set;
    if (of_one_bit)
        for (auto& pixel : set.images) pixel = 255 - pixel >= 255 * threshold ? 0 : 255;
    return set;
}

}  // namespace omniglot
