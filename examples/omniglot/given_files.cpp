// SPDX-License-Identifier: BSL-1.0
#include "given_files.hpp"

#include <priori/io/given_episodes.hpp>
#include <priori/io/image.hpp>
#include <priori/io/image_folder.hpp>
#include <priori/io/image_set.hpp>
#include <priori/io/omniglot.hpp>

#include <filesystem>
#include <string>

namespace omniglot {

priori::image_set given_files(const priori::given_episodes& episodes, const std::string& csv) {
    constexpr priori::image_options options{.height = priori::omniglot_data::side,
                                            .width = priori::omniglot_data::side,
                                            .colour = priori::image_colour::grey};
    return priori::load_images(priori::list_given_images(episodes, std::filesystem::path(csv).parent_path()), options)
        .set;
}

}  // namespace omniglot
