// SPDX-License-Identifier: BSL-1.0
// All that a training needs beside the learner, taken before its first iteration.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace priori::detail {

// The learner as it was: parameters and outer state.
template <class Learner>
struct snapshot {
    using T = typename Learner::scalar;
    using state_type = std::remove_cvref_t<decltype(std::declval<Learner&>().outer_state())>;

    storage<T, Learner::size> theta;
    state_type outer;

    void take(const Learner& learner) noexcept {
        const auto all = learner.parameters().all();
        std::copy(all.begin(), all.end(), theta.elements);
        outer = learner.outer_state();
    }
    void give_back(Learner& learner) const noexcept {
        std::copy_n(theta.elements, Learner::size, learner.parameters().all().data());
        learner.outer_state() = outer;
    }
};

template <class Learner, class Episode>
class training_memory {
public:
    using T = typename Learner::scalar;
    using workspace_type = typename Learner::workspace_type;
    using vector = storage<T, Learner::size>;
    static constexpr std::size_t size = Learner::size;

    // Worker 0 computes in the learner's own workspace.
    training_memory(std::size_t workers, std::size_t meta_batch, bool keeps_snapshot)
        : bytes_(workers * sizeof(Episode) + (workers - 1) * sizeof(workspace_type) +
                 meta_batch * (sizeof(vector) + sizeof(result)) + sizeof(vector) +
                 (keeps_snapshot ? 2 : 1) * sizeof(snapshot<Learner>)),
          episodes_(std::make_unique<Episode[]>(workers)),
          workspaces_(std::make_unique<workspace_type[]>(workers - 1)),
          gradients_(std::make_unique<vector[]>(meta_batch)),
          results_(std::make_unique<result[]>(meta_batch)),
          mean_(std::make_unique<vector>()),
          before_(std::make_unique<snapshot<Learner>>()),
          last_good_(keeps_snapshot ? std::make_unique<snapshot<Learner>>() : nullptr) {}

    struct result {
        T loss;
        bool finite;
    };

    std::size_t bytes() const noexcept { return bytes_; }
    Episode& episode(std::size_t worker) noexcept { return episodes_[worker]; }
    workspace_type& workspace(std::size_t worker) noexcept { return workspaces_[worker - 1]; }
    std::span<T, size> gradient(std::size_t task) noexcept {
        return std::span<T, size>(gradients_[task].elements, size);
    }
    result& outcome(std::size_t task) noexcept { return results_[task]; }
    std::span<T, size> mean() noexcept { return std::span<T, size>(mean_->elements, size); }
    snapshot<Learner>& before() noexcept { return *before_; }
    snapshot<Learner>* last_good() noexcept { return last_good_.get(); }

    // The mean of the finite gradients, added in the order of the tasks: the same bits for any executor.
    template <class Executor>
    void reduce(Executor& executor, std::size_t meta_batch, std::size_t good) noexcept {
        constexpr std::size_t piece = 1024;
        const T weight = T(1) / static_cast<T>(good);
        executor.run((size + piece - 1) / piece, [&](std::size_t, std::size_t i) noexcept {
            const std::size_t first = i * piece, count = std::min(piece, size - first);
            const auto total = mean_->all().at(first);
            bool begun = false;
            for (std::size_t t = 0; t < meta_batch; ++t) {
                if (!results_[t].finite) continue;
                const auto one = gradients_[t].all().at(first);
                begun ? add(count, one, total) : copy(count, one, total);
                begun = true;
            }
            map(
                count, [weight](const auto& g) { return g * weight; }, total, total);
        });
    }

private:
    std::size_t bytes_;
    std::unique_ptr<Episode[]> episodes_;
    std::unique_ptr<workspace_type[]> workspaces_;
    std::unique_ptr<vector[]> gradients_;
    std::unique_ptr<result[]> results_;
    std::unique_ptr<vector> mean_;
    std::unique_ptr<snapshot<Learner>> before_;
    std::unique_ptr<snapshot<Learner>> last_good_;
};

}  // namespace priori::detail
