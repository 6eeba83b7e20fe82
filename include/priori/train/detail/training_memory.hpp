// SPDX-License-Identifier: BSL-1.0
// All that a training needs beside the learner, taken before its first iteration.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/meta/bundled_tasks.hpp>
#include <priori/meta/learner.hpp>
#include <priori/simd/reduce.hpp>
#include <priori/train/detail/gradient_sums.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace priori::detail {

// f(count, first) for pieces of a vector of Size numbers, by all workers; count is a constant. Is it true for all?
template <std::size_t Size, class Executor, class F>
bool all_of_pieces(Executor& executor, const F& f) noexcept {
    constexpr std::size_t piece = 4096, whole = Size / piece, rest = Size % piece;
    std::atomic<bool> all{true};
    executor.run(whole + (rest > 0), [&](std::size_t, std::size_t i) noexcept {
        const bool fine = i < whole ? f(std::integral_constant<std::size_t, piece>{}, i * piece)
                                    : f(std::integral_constant<std::size_t, rest>{}, i * piece);
        if (!fine) all.store(false, std::memory_order_relaxed);
    });
    return all.load(std::memory_order_relaxed);
}

// The learner as it was: parameters and outer state.
template <class Learner>
struct snapshot {
    using T = typename Learner::scalar;
    using state_type = std::remove_cvref_t<decltype(std::declval<Learner&>().outer_state())>;

    storage<T, Learner::size> theta;
    state_type outer;

    void take(const Learner& learner) noexcept { take_part(learner, 0, 1); }
    // One of several parts, which together are the whole: each thread may take its own.
    void take_part(const Learner& learner, std::size_t part, std::size_t parts) noexcept {
        copy_part(learner.parameters().all().data(), theta.elements, Learner::size * sizeof(T), part, parts);
        copy_part(&learner.outer_state(), &outer, sizeof outer, part, parts);
    }
    void give_back(Learner& learner) const noexcept {
        std::copy_n(theta.elements, Learner::size, learner.parameters().all().data());
        learner.outer_state() = outer;
    }

private:
    static_assert(std::is_trivially_copyable_v<state_type>);

    // Whole cache lines, so that no two threads write the same one.
    static void copy_part(const void* from, void* to, std::size_t bytes, std::size_t part, std::size_t parts) noexcept {
        const auto limit = [&](std::size_t p) { return p == parts ? bytes : bytes * p / parts / 64 * 64; };
        std::memcpy(static_cast<std::byte*>(to) + limit(part), static_cast<const std::byte*>(from) + limit(part),
                    limit(part + 1) - limit(part));
    }
};

// What computes several tasks at once: where that pays, one program computes all iterations, and the learner is ours.
template <class Learner>
inline constexpr bool bundles_pay = [] {
    using T = typename Learner::scalar;
    if constexpr (requires { typename Learner::algorithm_type; typename Learner::given_type; }) {
        using own = static_learner<T, typename Learner::given_type, typename Learner::episode_type>;
        return std::is_same_v<Learner, own> &&
               bundling<T, typename Learner::given_type, typename Learner::episode_type>::pays;
    } else {
        return false;
    }
}();

template <class Learner, bool Pay = bundles_pay<Learner>>
struct bundles_of {
    using type = char;  // none is made
    static constexpr bool pay = false;
    static constexpr std::size_t tasks_at_once(std::size_t) noexcept { return 1; }
};
template <class Learner>
struct bundles_of<Learner, true> {
    using plan = bundling<typename Learner::scalar, typename Learner::given_type, typename Learner::episode_type>;
    using type = bundled_tasks<typename Learner::scalar, typename Learner::given_type, typename Learner::episode_type>;
    static constexpr bool pay = true;
    static constexpr std::size_t tasks_at_once(std::size_t meta_batch) noexcept {
        return plan::fill(meta_batch) ? plan::count : 1;
    }
};

template <class Learner, class Episode>
class training_memory {
public:
    using T = typename Learner::scalar;
    using workspace_type = typename Learner::workspace_type;
    using vector = storage<T, Learner::size>;
    using sums_type = gradient_sums<T, Learner::size>;
    using bundles = bundles_of<Learner>;
    static constexpr std::size_t size = Learner::size;

    // Worker 0 computes in the learner's own workspace.
    training_memory(std::size_t workers, std::size_t meta_batch, bool keeps_snapshot, const Learner& learner)
        : at_once_(bundles::tasks_at_once(meta_batch)),
          sums_((meta_batch + at_once_ - 1) / at_once_, workers),
          bytes_(workers * sizeof(Episode) + spare(workers) * sizeof(workspace_type) + sums_.bytes() +
                 meta_batch * sizeof(result) + sizeof(vector) + (keeps_snapshot ? 2 : 1) * sizeof(snapshot<Learner>)),
          episodes_(std::make_unique<Episode[]>(workers)),
          workspaces_(std::make_unique<workspace_type[]>(spare(workers))),
          results_(std::make_unique<result[]>(meta_batch)),
          mean_(std::make_unique<vector>()),
          before_(std::make_unique<snapshot<Learner>>()),
          last_good_(keeps_snapshot ? std::make_unique<snapshot<Learner>>() : nullptr) {
        if constexpr (bundles::pay) {
            if (at_once_ == 1) return;
            bytes_ += workers * sizeof(typename bundles::type);
            for (std::size_t w = 0; w < workers; ++w)
                bundles_.push_back(std::make_unique<typename bundles::type>(learner.description()));
        }
    }

    struct result {
        T loss;
        bool finite;
        const char* block;  // the first of the gradient that is not finite
    };

    std::size_t bytes() const noexcept { return bytes_; }
    // What a share takes at a time: a task, or as many as are computed at once.
    std::size_t tasks_at_once() const noexcept { return at_once_; }
    auto& bundle(std::size_t worker) noexcept { return *bundles_[worker]; }
    Episode& episode(std::size_t worker) noexcept { return episodes_[worker]; }
    workspace_type& workspace(std::size_t worker) noexcept { return workspaces_[worker - 1]; }
    sums_type& sums() noexcept { return sums_; }
    result& outcome(std::size_t task) noexcept { return results_[task]; }
    std::span<T, size> mean() noexcept { return std::span<T, size>(mean_->elements, size); }
    snapshot<Learner>& before() noexcept { return *before_; }
    snapshot<Learner>* last_good() noexcept { return last_good_.get(); }

    // The mean of the `good` gradients that count, after sums().join(); false if a number of it is not finite.
    template <class Executor>
    bool reduce(Executor& executor, std::size_t good) noexcept {
        const T weight = T(1) / static_cast<T>(good);
        return all_of_pieces<size>(executor, [&](auto count, std::size_t first) noexcept {
            sums_.add_up(first, count, weight, mean_->all());
            return all_finite<count>(mean_->elements + first);
        });
    }

private:
    // Workspaces beside the learner's own; none where bundles compute.
    std::size_t spare(std::size_t workers) const noexcept { return at_once_ > 1 ? 0 : workers - 1; }

    std::size_t at_once_;
    sums_type sums_;
    std::size_t bytes_;
    std::vector<std::unique_ptr<typename bundles::type>> bundles_;
    std::unique_ptr<Episode[]> episodes_;
    std::unique_ptr<workspace_type[]> workspaces_;
    std::unique_ptr<result[]> results_;
    std::unique_ptr<vector> mean_;
    std::unique_ptr<snapshot<Learner>> before_;
    std::unique_ptr<snapshot<Learner>> last_good_;
};

}  // namespace priori::detail
