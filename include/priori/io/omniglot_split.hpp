// SPDX-License-Identifier: BSL-1.0
// omniglot_classes: the splits of Omniglot's characters that published results use.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/io/detail/message.hpp>
#include <priori/io/omniglot.hpp>
#include <priori/task/class_split.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace priori {

// vinyals: 1028 characters to train, 172 to validate, 423 to test, as the data's own column says; the validation
// classes are those of five alphabets. Reference: Vinyals et al., "Matching networks for one shot learning" (2016).
// random: 1100, 100 and 423 characters of an order that the seed settles, as in the MAML code, whose own order is not
// known; other data is divided in the same proportions. Reference: Finn et al. (2017), section 5.2, and their code.
// lake: the background alphabets to train and the evaluation alphabets to test. Of the 30 alphabets of the background a
// sixth, which the seed settles, is to validate. Reference: Lake et al. (2015); the parts are those of their archive.
enum class omniglot_partition : std::uint8_t { vinyals, random, lake };

namespace detail {

inline class_split split_of_lake(const omniglot_data& data, seed s) {
    if (data.evaluation.empty())
        fail(error_kind::mismatch,
             "omniglot_classes: it is not known which characters are Lake's evaluation set; the file classes.csv lacks "
             "the column lake_split, make it anew with examples/convert_omniglot.py.");
    std::vector<std::size_t> background;  // alphabets
    for (std::size_t c = 0; c < data.class_count(); ++c)
        if (data.evaluation[c] == 0) background.push_back(data.alphabet[c]);
    std::ranges::sort(background);
    const auto rest = std::ranges::unique(background);
    background.erase(rest.begin(), rest.end());
    for (std::size_t c = 0; c < data.class_count(); ++c)  // a mistake of the files, or of who put the data together
        if (data.evaluation[c] != 0 && std::ranges::binary_search(background, data.alphabet[c]))
            fail(error_kind::mismatch, "omniglot_classes: the alphabet " + in_quotes(data.alphabets[data.alphabet[c]]) +
                                           " has characters in Lake's background set and in the evaluation set, and "
                                           "would be trained on and tested on; correct the data.");

    const std::size_t held_out = background.size() / 6;
    const class_split alphabets = random_split(background.size(), {background.size() - held_out, held_out, 0}, s);
    std::vector<bool> validates(data.alphabets.size(), false);
    for (const std::size_t i : alphabets.validation) validates[background[i]] = true;
    class_split result;
    for (std::size_t c = 0; c < data.class_count(); ++c) {
        auto& part = data.evaluation[c] != 0       ? result.test
                     : validates[data.alphabet[c]] ? result.validation
                                                   : result.train;
        part.push_back(c);
    }
    return result;
}

}  // namespace detail

// The characters to train, validate and test on; no character is in two of them. The rotations of few_shot stay in
// their character's part. The seed matters to random and lake only.
// Throws: error (mismatch) for lake where the data does not say what its evaluation set is, or an alphabet is in both.
// Example: const auto split = omniglot_classes(data, omniglot_partition::vinyals);
inline class_split omniglot_classes(const omniglot_data& data, omniglot_partition partition, seed s = {1}) {
    if (partition == omniglot_partition::lake) return detail::split_of_lake(data, s);
    if (partition == omniglot_partition::vinyals)
        return {data.classes(omniglot_split::train), data.classes(omniglot_split::validation),
                data.classes(omniglot_split::test)};
    const std::size_t count = data.class_count();
    const std::size_t train = count * 1100 / 1623;
    const std::size_t validation = count * 100 / 1623;
    return random_split(count, {train, validation, count - train - validation}, s);
}

}  // namespace priori
