// SPDX-License-Identifier: BSL-1.0
// meta_batch: meta-iterations of a learner on tasks drawn before, by one thread or several.
#pragma once

#include <priori/ad/view.hpp>
#include <priori/core/key.hpp>
#include <priori/meta/learner.hpp>
#include <priori/train/detail/gradient_sums.hpp>
#include <priori/train/executor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace benchmarks {

namespace pr = priori;

// Task t of every iteration is the source's draw for key{1, 0, t}. Everything is taken by the constructor; gradients are
// added as train adds them, so that any number of threads gives the same bits.
template <class T, class Description, class Source>
class meta_batch {
public:
    using learner_type = pr::learner_for<T, Description, Source>;
    using episode_type = typename learner_type::episode_type;
    static constexpr std::size_t size = learner_type::size;

    meta_batch(const Description& description, const Source& source, std::size_t tasks, std::size_t threads = 1)
        : learner_(std::make_unique<learner_type>(description, source, pr::seed{1})),
          pool_(std::min(threads, tasks)),
          tasks_(tasks),
          spaces_(std::make_unique<typename learner_type::workspace_type[]>(pool_.workers() - 1)),
          sums_(tasks, pool_.workers()),
          mean_(size),
          losses_(tasks) {
        for (std::size_t t = 0; t < tasks; ++t) source.template draw_into<T>(task_key(t), tasks_[t]);
    }

    static pr::key task_key(std::size_t t) { return {1, 0, static_cast<std::uint32_t>(t)}; }

    learner_type& learner() noexcept { return *learner_; }
    const std::vector<episode_type>& tasks() const noexcept { return tasks_; }
    std::size_t workers() const noexcept { return pool_.workers(); }
    // The loss of every task before the last step.
    const std::vector<T>& losses() const noexcept { return losses_; }

    void iterate() noexcept {
        pool_.run(sums_.shares(), [this](std::size_t worker, std::size_t share) noexcept {
            auto& part = sums_.of(share);
            for (std::size_t t = part.first(); t < part.last(); ++t) {
                losses_[t] = worker == 0
                                 ? learner_->loss_and_gradient(tasks_[t], pr::key{}, part.next())
                                 : learner_->loss_and_gradient(tasks_[t], pr::key{}, part.next(), spaces_[worker - 1]);
                part.take(t, true);
            }
        });
        sums_.join();
        const T weight = T(1) / static_cast<T>(tasks_.size());
        pool_.run((size + piece - 1) / piece, [this, weight](std::size_t, std::size_t i) noexcept {
            const std::size_t first = i * piece;
            sums_.add_up(first, std::min(piece, size - first), weight, pr::view<T>(mean_.data()));
        });
        learner_->step(std::span<const T, size>(mean_.data(), size));
    }

private:
    static constexpr std::size_t piece = 1024;  // coordinates that one thread adds at a time

    std::unique_ptr<learner_type> learner_;
    pr::threads pool_;
    std::vector<episode_type> tasks_;
    std::unique_ptr<typename learner_type::workspace_type[]> spaces_;
    pr::detail::gradient_sums<T, size> sums_;
    std::vector<T> mean_, losses_;
};

}  // namespace benchmarks
