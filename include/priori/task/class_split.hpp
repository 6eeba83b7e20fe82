// SPDX-License-Identifier: BSL-1.0
// class_split: disjoint lists of classes (or of tasks) to train, validate and test on.
#pragma once

#include <priori/config/config.hpp>

#if !defined(PRIORI_FREESTANDING)

#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace priori {

struct class_split {
    std::vector<std::size_t> train;
    std::vector<std::size_t> validation;
    std::vector<std::size_t> test;
};

// How many classes go to each part.
struct split_counts {
    std::size_t train = 0;
    std::size_t validation = 0;
    std::size_t test = 0;
};

// The classes {0, .., class_count - 1} in an order that the seed settles: the first go to training, the next to
// validation, the next to testing; those beyond the three counts are left out.
// Throws: error (bad_option) where the counts need more classes than there are.
inline class_split random_split(std::size_t class_count, split_counts counts, seed s) {
    const bool fits = counts.train <= class_count && counts.validation <= class_count - counts.train &&
                      counts.test <= class_count - counts.train - counts.validation;  // a sum could wrap around
    if (!fits) {
        fail(error_kind::bad_option, "random_split: " + std::to_string(counts.train) + " + " +
                                         std::to_string(counts.validation) + " + " + std::to_string(counts.test) +
                                         " classes are wanted, there are " + std::to_string(class_count) +
                                         "; lower the counts.");
    }
    std::vector<std::size_t> order(class_count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    random_stream stream(key{s.value}, purpose::class_split);
    stream.shuffle(std::span(order));

    const auto part = [&](std::size_t first, std::size_t count) {
        const auto begin = order.begin() + static_cast<std::ptrdiff_t>(first);
        return std::vector<std::size_t>(begin, begin + static_cast<std::ptrdiff_t>(count));
    };
    return {part(0, counts.train), part(counts.train, counts.validation),
            part(counts.train + counts.validation, counts.test)};
}

// The split that a data set comes with: part_of[c] is 0 where class c is for training, 1 validation, 2 testing.
// Throws: error (bad_value) for any other number.
template <class Part>
class_split split_by_ids(std::span<const Part> part_of) {
    class_split result;
    const std::array<std::vector<std::size_t>*, 3> parts{&result.train, &result.validation, &result.test};
    for (std::size_t c = 0; c < part_of.size(); ++c) {
        const auto part = static_cast<std::int64_t>(part_of[c]);
        if (part < 0 || part > 2) {
            fail(error_kind::bad_value, "split_by_ids: class " + std::to_string(c) + " has the split id " +
                                            std::to_string(part) + "; 0 is training, 1 validation, 2 testing.");
        }
        parts[static_cast<std::size_t>(part)]->push_back(c);
    }
    return result;
}

// The split given by three lists.
// Throws: error (mismatch) where a class is listed twice, (bad_value) where it is not below class_count.
inline class_split split_by_lists(std::size_t class_count, std::vector<std::size_t> train,
                                  std::vector<std::size_t> validation, std::vector<std::size_t> test) {
    class_split result{std::move(train), std::move(validation), std::move(test)};
    std::vector<const char*> seen_in(class_count, nullptr);
    const auto check = [&](const std::vector<std::size_t>& classes, const char* part) {
        for (const std::size_t c : classes) {
            if (c >= class_count) {
                fail(error_kind::bad_value, "split_by_lists: class " + std::to_string(c) + " of the " + part +
                                                " list does not exist; there are " + std::to_string(class_count) +
                                                " classes, counted from 0.");
            }
            if (seen_in[c] != nullptr) {
                fail(error_kind::mismatch, "split_by_lists: class " + std::to_string(c) + " is in the " + seen_in[c] +
                                               " list and again in the " + part +
                                               " list; a class belongs to one part, once.");
            }
            seen_in[c] = part;
        }
    };
    check(result.train, "train");
    check(result.validation, "validation");
    check(result.test, "test");
    return result;
}

}  // namespace priori

#endif
