// SPDX-License-Identifier: BSL-1.0
// Few-shot regression on a table: MAML and a jointly trained net, before and after adaptation to held-out tasks.
#pragma once

#include <priori/core/key.hpp>
#include <priori/task/task_table.hpp>
#include <priori/train/evaluate.hpp>
#include <priori/train/settings.hpp>

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

namespace own_data {

namespace pr = priori;

inline constexpr std::size_t queries = 5;  // rows of a task that measure the error
inline constexpr std::size_t meta_batch = 10;
inline constexpr std::size_t test_episodes = 1000;
inline constexpr auto steps = pr::at_steps<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10>;

struct plan {
    std::size_t shots = 5;  // rows of a task that are given
    double rate = 0.01;     // of the inner rule, for standardized columns
    std::uint64_t seed = 1;
    std::uint64_t iterations = 5000;
    double minutes = 0;
    std::size_t threads = 1;
    bool quiet = false;
    std::stop_token stop{};
};

// A table whose columns are standardized, and which of its tasks are for what.
struct data {
    const pr::task_table& table;
    std::vector<std::size_t> training, test;
};

// One learner's part. Errors are mean squares in standardized units.
struct result {
    pr::training_report report{};
    std::size_t parameter_count = 0;
    double rate = 0;
    pr::evaluation<steps.size()> test{};
};

struct results {
    result maml, joint;
};

// For tables of up to so many inputs: the number is part of the type, columns that are not there are zeros.
results few_shot_1(const data& given, const plan& p);
results few_shot_2(const data& given, const plan& p);
results few_shot_4(const data& given, const plan& p);
results few_shot_8(const data& given, const plan& p);
results few_shot_16(const data& given, const plan& p);

}  // namespace own_data
