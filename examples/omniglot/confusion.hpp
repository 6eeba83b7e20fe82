// SPDX-License-Identifier: BSL-1.0
// Which characters are taken for each other.
#pragma once

#include "data.hpp"
#include "outcome.hpp"
#include "tester.hpp"

#include <priori/core/key.hpp>
#include <priori/train/keys.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace omniglot {

// Finds the class of a drawing and how it is turned by the drawing itself, for episodes know labels alone.
class drawing_index {
public:
    explicit drawing_index(const characters& data) : data_(data) {
        for (const std::size_t c : data.split.test)
            for (const std::uint32_t row : data.images.examples_of(c))
                for (std::size_t turn = 0; turn < 4; ++turn) place_.try_emplace(code(row, turn), 4 * c + turn);
    }

    // 4 * class + quarter turns.
    std::size_t find(const float* image) const {
        std::uint64_t code = start;
        for (std::size_t i = 0; i < pixels; ++i) code = (code ^ (image[i] > 0.5f)) * 1'099'511'628'211u;
        return place_.at(code);
    }
    std::string name(std::size_t place) const {
        const std::string turned = place % 4 == 0 ? "" : ", turned by " + std::to_string(90 * (place % 4));
        return data_.name(place / 4) + turned;
    }

private:
    static constexpr std::size_t side = pr::omniglot_data::side, pixels = side * side;
    static constexpr std::uint64_t start = 14'695'981'039'346'656'037u;  // FNV-1a

    // As few_shot turns them.
    std::uint64_t code(std::uint32_t row, std::size_t turn) const {
        const auto image = data_.images.example(row);
        std::uint64_t code = start;
        for (std::size_t y = 0; y < side; ++y) {
            for (std::size_t x = 0; x < side; ++x) {
                std::size_t r = y, c = x;
                for (std::size_t t = 0; t < turn; ++t) std::swap(r, c), c = side - 1 - c;
                const bool ink = data_.scale() * static_cast<double>(image[r * side + c]) > 0.5;
                code = (code ^ ink) * 1'099'511'628'211u;
            }
        }
        return code;
    }

    const characters& data_;
    std::unordered_map<std::uint64_t, std::size_t> place_;
};

// The pairs that were confused most often, the worst first. Of `predicted`, for each episode, what is asked.
template <class Prediction, class Tasks>
std::vector<confused> confusion_of(const std::vector<Prediction>& predicted, const Tasks& tasks, const characters& data,
                                   std::uint64_t seed) {
    constexpr std::size_t longest = 20;
    const drawing_index index(data);
    const auto task = std::make_unique<typename Tasks::template episode_type<float>>();
    constexpr std::size_t ways = std::remove_cvref_t<decltype(task->query)>::target_shape::ways;
    struct tally {
        std::size_t count = 0, together = 0;
    };
    std::map<std::pair<std::size_t, std::size_t>, tally> pairs;
    for (std::size_t t = 0; t < predicted.size(); ++t) {
        tasks.template draw_into<float>(pr::evaluation_key({seed}, t), *task);
        std::array<std::size_t, ways> places;  // support row r is of class r for the first rows
        for (std::size_t c = 0; c < ways; ++c)
            places[c] = index.find(task->support.inputs.data() + c * image_shape::size);
        for (std::size_t q = 0; q < tasks.asked(); ++q) {
            const auto truth = static_cast<std::size_t>(task->query.targets.data()[q]);
            for (std::size_t c = 0; c < ways; ++c) {
                if (c == truth) continue;
                tally& pair = pairs[{places[truth], places[c]}];
                ++pair.together;
                pair.count += predicted[t][q] == c;
            }
        }
    }
    std::vector<confused> worst;
    for (const auto& [pair, tally] : pairs)
        if (tally.count > 0)
            worst.push_back({index.name(pair.first), index.name(pair.second), tally.count, tally.together});
    std::ranges::sort(worst, [](const confused& a, const confused& b) {
        return std::tie(b.count, a.truth, a.prediction) < std::tie(a.count, b.truth, b.prediction);
    });
    if (worst.size() > longest) worst.resize(longest);
    return worst;
}

}  // namespace omniglot
