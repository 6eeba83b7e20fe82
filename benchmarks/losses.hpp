// SPDX-License-Identifier: BSL-1.0
// The losses of the first iterations of every workload: what has to be the same whoever computes it.
#pragma once

#include "meta_batch.hpp"
#include "workload_list.hpp"

#include <priori/core/key.hpp>
#include <priori/meta/adapter.hpp>
#include <priori/task/concepts.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchmarks {

// Calls f with each name of a list such as "W1,W2"; the empty list has none.
template <class F>
void each_name(std::string_view list, F&& f) {
    for (std::size_t from = 0; !list.empty() && from <= list.size();) {
        const std::size_t to = std::min(list.find(',', from), list.size());
        f(list.substr(from, to - from));
        from = to + 1;
    }
}

// Is `name` in the list? The empty list has every name.
inline bool is_chosen(std::string_view list, std::string_view name) {
    bool is_there = list.empty();
    each_name(list, [&](std::string_view other) { is_there |= other == name; });
    return is_there;
}

// A visitor of the workloads. text: " W1 W1-fo ...".
struct names_of_all {
    std::string text;

    void learn(const workload& w, const auto&, const auto&) { text.append(" ").append(w.name); }
    void adapt(const workload& w, const auto&, const auto&) { text.append(" ").append(w.name); }

    // The first name of the list that no workload has.
    std::optional<std::string> first_unknown(std::string_view list) const {
        std::optional<std::string> found;
        each_name(list, [&](std::string_view name) {
            const std::string wanted = " " + std::string(name) + " ";
            if (!found && (text + " ").find(wanted) == std::string::npos) found = name;
        });
        return found;
    }
};

// Tasks that an adaptation alone is looked at on; one is measured.
inline constexpr std::size_t adaptations = 25;

// A visitor of the workloads, which it runs in T. found: the mean loss of the meta-batch before step 0, 1, ...; for an
// adaptation the loss of the query set of task i modulo 25 after it. Sources that give no tasks in T are left out.
template <class T>
struct losses_of {
    struct entry {
        std::string name;
        std::vector<double> values;
    };

    std::size_t iterations;
    std::string only;
    // In float rounding decides some winners of the max-pools, and paths part after the first outer step: no more
    // losses of a training on images than the two before and after it.
    bool only_comparable = false;
    std::vector<entry> found{};

    template <class Description, class Source>
    void learn(const workload& w, const Description& description, const Source& source) {
        if constexpr (pr::TaskSource<Source, T>) {
            if (!is_chosen(only, w.name)) return;
            meta_batch<T, Description, Source> run(description, source, w.meta_batch);
            entry own{w.name, {}};
            using input_shape = typename Source::template episode_type<T>::support_type::input_shape;
            constexpr bool parts = std::same_as<T, float> && input_shape::rank > 1;
            const std::size_t count = parts && only_comparable ? std::min<std::size_t>(iterations, 2) : iterations;
            for (std::size_t i = 0; i < count; ++i) {
                run.iterate();
                double sum = 0;
                for (const T loss : run.losses()) sum += static_cast<double>(loss);
                own.values.push_back(sum / static_cast<double>(w.meta_batch));
            }
            found.push_back(std::move(own));
        }
    }

    template <class Description, class Source>
    void adapt(const workload& w, const Description& description, const Source& source) {
        if constexpr (pr::TaskSource<Source, T>) {
            if (!is_chosen(only, w.name)) return;
            using episode = typename Source::template episode_type<T>;
            const auto adapter = std::make_unique<pr::adapter<T, Description, episode>>(description);
            const auto task = std::make_unique<episode>();
            entry own{w.name, {}};
            for (std::size_t i = 0; i < iterations; ++i) {
                source.template draw_into<T>(pr::key{1, 0, static_cast<std::uint32_t>(i % adaptations)}, *task);
                own.values.push_back(static_cast<double>(adapter->adapt(task->support).loss(task->query)));
            }
            found.push_back(std::move(own));
        }
    }
};

}  // namespace benchmarks
