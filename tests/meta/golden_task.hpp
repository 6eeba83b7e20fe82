// SPDX-License-Identifier: BSL-1.0
// The episodes and parameters of the golden cases, in float or double, and one run of a description on them.
#pragma once

#include "goldens/inputs.hpp"

#include <priori/meta/program.hpp>
#include <priori/simd/pack.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace golden {

namespace pr = priori;

template <class T>
using regression = pr::episode_of<T, pr::shape<1>, pr::shape<1>, 5, 7>;
template <class T>
using classification = pr::episode_of<T, pr::shape<4>, pr::labels<3>, 6, 9>;

template <class T>
void fill(regression<T>& task) {
    namespace g = pr::goldens;
    for (int j = 0; j < 5; ++j) {
        task.support.inputs.data()[j] = static_cast<T>(g::support_input(j));
        task.support.targets.data()[j] = static_cast<T>(g::support_target(j));
    }
    for (int j = 0; j < 7; ++j) {
        task.query.inputs.data()[j] = static_cast<T>(g::query_input(j));
        task.query.targets.data()[j] = static_cast<T>(g::query_target(j));
    }
}

template <class T>
void fill(classification<T>& task) {
    namespace g = pr::goldens;
    for (int j = 0; j < 6 * 4; ++j) task.support.inputs.data()[j] = static_cast<T>(g::support_input(j));
    for (int j = 0; j < 9 * 4; ++j) task.query.inputs.data()[j] = static_cast<T>(g::query_input(j));
    for (int r = 0; r < 6; ++r) task.support.targets.data()[r] = static_cast<std::int32_t>(g::label(r, 3));
    for (int r = 0; r < 9; ++r) task.query.targets.data()[r] = static_cast<std::int32_t>(g::label(r, 3));
}

struct outcome {
    double loss = 0;
    std::vector<double> gradient;
};

// The model's learned blocks start from goldens::parameter, what stages and rules learn from their descriptions.
template <class T, class Episode, class Description>
outcome run(const Description& given) {
    using program = pr::program<T, Description, Episode>;
    const auto description = pr::resolved<Episode>(given);
    Episode task;
    fill(task);
    std::vector<T> theta(program::size), gradient(program::size);
    program::initialize(description, pr::key{}, theta.data());
    using blocks = typename program::objective_type::blocks;
    int i = 0;
    for (std::size_t b = 0; b < blocks::count; ++b) {
        if (blocks::roles[b] != pr::role::learned) continue;
        for (std::size_t j = 0; j < blocks::sizes[b]; ++j) {
            theta[blocks::offsets[b] + j] = static_cast<T>(pr::goldens::parameter(i++));
        }
    }
    auto space = std::make_unique<typename program::workspace>();
    outcome result;
    result.loss = program::loss_and_gradient(description, pr::view<T>(theta.data()), task, pr::pass{true, {}, 0},
                                             pr::view<T>(gradient.data()), *space);
    result.gradient.assign(gradient.begin(), gradient.end());
    return result;
}

template <std::size_t N>
double largest_error(const std::vector<double>& ours, const std::array<double, N>& golden) {
    double error = ours.size() == N ? 0.0 : INFINITY, largest = 0;
    for (std::size_t i = 0; i < N && i < ours.size(); ++i) {
        const double difference = std::abs(ours[i] - golden[i]);
        error = pr::maximum(error, difference);
        largest = std::max(largest, std::abs(golden[i]));
    }
    return error / largest;
}

}  // namespace golden

// Both numbers of a case, in double to 1e-10 and in float to 1e-4 of the largest entry.
#define CHECK_GOLDEN(EPISODE, DESCRIPTION, CASE)                                                                    \
    do {                                                                                                            \
        const auto in_double = golden::run<double, golden::EPISODE<double>>(DESCRIPTION);                           \
        CHECK(std::abs(in_double.loss - priori::goldens::CASE::loss) <= 1e-10 * std::abs(priori::goldens::CASE::loss)); \
        CHECK(golden::largest_error(in_double.gradient, priori::goldens::CASE::gradient) <= 1e-10);                 \
        const auto in_float = golden::run<float, golden::EPISODE<float>>(DESCRIPTION);                              \
        CHECK(std::abs(in_float.loss - priori::goldens::CASE::loss) <= 1e-4 * std::abs(priori::goldens::CASE::loss));   \
        CHECK(golden::largest_error(in_float.gradient, priori::goldens::CASE::gradient) <= 1e-4);                   \
    } while (false)
