// SPDX-License-Identifier: BSL-1.0
// check_gradient: a description's meta-gradient against differences of the whole outer loss, block by named block.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/core/error.hpp>
#include <priori/core/key.hpp>
#include <priori/core/result.hpp>
#include <priori/meta/program.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace priori {

struct block_check {
    std::string_view name;
    std::size_t size = 0;
    double largest = 0;  // the largest |difference quotient| in the block
    double error = 0;    // the largest |gradient - difference quotient|
};

struct gradient_report {
    std::vector<block_check> blocks;
    double loss = 0;
    double largest = 0;
    double error = 0;

    // max |error| / max |gradient|
    double relative() const { return error / std::max(largest, 1e-300); }
};

struct check_settings {
    double step = 1e-4;      // times max(0.1, |parameter|)
    std::size_t stride = 1;  // checks every stride-th parameter of a block; at least 1
};

namespace detail {

template <class Program>
class outer_loss {
public:
    using algorithm_type = typename Program::algorithm_type;
    using episode_type = typename Program::episode_type;
    using recording = keeping<typename Program::rule_type, Program::every_step, true>;
    using traces = typename Program::template traces_of<recording, typename Program::support_view>;

    outer_loss(const algorithm_type& description, const episode_type& task, const pass& how)
        : description_(description), task_(task), how_(how), weights_(description, how.key.iteration) {}

    // With `record`, remembers the support gradients; otherwise uses those remembered wherever the rule holds them
    // fixed.
    double operator()(const std::vector<double>& theta, bool record) {
        std::copy(theta.begin(), theta.end(), theta_->elements);
        auto at = theta_->all();
        const auto support = view_of(task_.support);
        const auto query = Program::query_of(task_);
        double loss = 0;
        each<Program::stages>([&](auto i) {
            using bound = typename Program::template bound<i>;
            auto& now = get<i>(record ? *recorded_ : *current_);
            const auto context = Program::template context<i>(description_, how_);
            if constexpr (requires { bound::is_adaptation; }) {
                const auto watch = [&](std::size_t k, view<double> parameters) {
                    if constexpr (Program::every_step && i == Program::last_adaptation) {
                        loss += weights_.of[k] * query_loss(parameters, query, k);
                    }
                };
                const auto* replayed = record ? nullptr : &get<i>(*recorded_);
                at = advance<bound, typename Program::layout_type, recording>(context, at, support, now, watch,
                                                                              replayed);
            } else {
                at = advance<bound, typename Program::layout_type, recording>(context, at, support, now);
            }
        });
        adapted_ = at.data;
        return loss + weights_.last() * query_loss(at, query, Program::steps_taken);
    }

    // theta after all stages.
    const double* adapted() const { return adapted_; }

private:
    double query_loss(view<double> theta, const typename Program::query_view& query, std::size_t taken) {
        tape_->how = Program::query_pass(how_, taken);
        return description_.objective.template value<typename Program::layout_type>(theta, query, *tape_);
    }

    const algorithm_type& description_;
    const episode_type& task_;
    pass how_;
    typename Program::query_weights weights_;
    const double* adapted_ = nullptr;
    std::unique_ptr<storage<double, Program::size>> theta_ = std::make_unique<storage<double, Program::size>>();
    std::unique_ptr<traces> recorded_ = std::make_unique<traces>();
    std::unique_ptr<traces> current_ = std::make_unique<traces>();
    std::unique_ptr<typename Program::query_tape> tape_ = std::make_unique<typename Program::query_tape>();
};

inline void look_at_arguments(std::size_t given, std::size_t wanted, std::size_t stride) {
    if (stride == 0) {
        refuse_access(failure{error_kind::bad_option, "check_gradient: a stride of 0 never ends; it is at least 1."});
    }
    if (given == wanted) return;
#if !defined(PRIORI_FREESTANDING) && defined(__cpp_exceptions)
    fail(error_kind::bad_shape, "check_gradient: theta has " + std::to_string(given) +
                                    " numbers, the description has " + std::to_string(wanted) +
                                    " parameters; give all blocks in the order of the layout, buffers and scratch "
                                    "too.");
#else
    refuse_access(failure{error_kind::bad_shape,
                          "check_gradient: theta has another size than the description's parameters; give all blocks "
                          "in the order of the layout, buffers and scratch too."});
#endif
}

template <class Given, class Episode>
gradient_report compare_gradient(const Given& given, const Episode& task, const std::vector<double>& theta, key k,
                                 check_settings settings) {
    using program_type = program<double, Given, Episode>;
    using layout_type = typename program_type::layout_type;
    look_at_arguments(theta.size(), program_type::size, settings.stride);
    const auto description = program_type::resolve(given);
    const pass how{true, k, 0};
    auto space = std::make_unique<typename program_type::workspace>();
    std::vector<double> gradient(program_type::size), moved = theta;
    gradient_report report;
    report.loss = program_type::loss_and_gradient(description, view<double>(theta.data()), task, how,
                                                  view<double>(gradient.data()), *space);
    outer_loss<program_type> outer(description, task, how);
    outer(theta, true);
    std::vector<double> replayed(outer.adapted(), outer.adapted() + program_type::size);
    for (std::size_t b = 0; b < layout_type::count; ++b) {
        if (layout_type::roles[b] != role::learned) continue;
        block_check block{layout_type::names[b], layout_type::sizes[b]};
        for (std::size_t j = 0; j < block.size; j += settings.stride) {
            const std::size_t i = layout_type::offsets[b] + j;
            double expected = 0;
            if constexpr (program_type::rule_type::needs_query) {
                const double h = settings.step * std::max(0.1, std::abs(theta[i]));
                const auto at = [&](double step) {
                    moved[i] = theta[i] + step;
                    const double loss = outer(moved, false);
                    moved[i] = theta[i];
                    return loss;
                };
                expected = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
            } else {
                expected = theta[i] - replayed[i];
            }
            block.largest = std::max(block.largest, std::abs(expected));
            const double error = std::abs(gradient[i] - expected);
            block.error = maximum(block.error, error);  // a NaN stays
        }
        report.largest = std::max(report.largest, block.largest);
        report.error = maximum(report.error, block.error);
        report.blocks.push_back(block);
    }
    return report;
}

}  // namespace detail

// Runs in double. Where the rule holds gradients fixed (first_order, truncated, detached), the recorded ones are
// replayed in the differences; displacement is compared with a replay of its own. At kinks (relu at 0) differences mean
// nothing. A learned field that is small may want a smaller settings.step.
// Throws: error (bad_shape) for a theta of another size than the layout's, (bad_option) for a stride of 0; without
// exceptions that stops the program.
// Cost: four outer losses a parameter. Fourth-order differences: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h.
template <class Given, class Episode>
gradient_report check_gradient(const Given& given, const Episode& task, const std::vector<double>& theta, key k = {},
                               check_settings settings = {}) {
    constexpr bool in_double = std::is_same_v<typename Episode::support_type::scalar, double>;
    static_assert(in_double,
                  "[priori:M510] check_gradient: the episode is in float, where differences mean nothing; draw it in "
                  "double.");
    if constexpr (in_double) {
        return detail::compare_gradient(given, task, theta, k, settings);
    } else {
        return {};
    }
}

// From the description's own start.
template <class Given, class Episode>
gradient_report check_gradient(const Given& given, const Episode& task, key k = {}, check_settings settings = {}) {
    using program_type = program<double, Given, Episode>;
    std::vector<double> theta(program_type::size);
    program_type::initialize(program_type::resolve(given), k, theta.data());
    return check_gradient(given, task, theta, k, settings);
}

}  // namespace priori
