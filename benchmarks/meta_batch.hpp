// SPDX-License-Identifier: BSL-1.0
// meta_batch: meta-iterations of a learner on tasks drawn before, by one thread or several.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/key.hpp>
#include <priori/meta/learner.hpp>
#include <priori/train/executor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace benchmarks {

namespace pr = priori;

// Task t of every iteration is the source's draw for key{1, 0, t}. Everything is taken by the constructor; one thread
// keeps one gradient, several keep one for each task and add them in the order of the tasks: the same bits.
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
          gradients_((pool_.workers() > 1 ? tasks : 1) * size),
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
        pool_.workers() > 1 ? gather() : add_up();
        learner_->step(std::span<const T, size>(mean_.data(), size));
    }

private:
    using row = std::span<T, size>;
    static constexpr std::size_t piece = 1024;  // coordinates that one thread adds at a time

    row gradient(std::size_t task) noexcept { return row(gradients_.data() + task * size, size); }
    void scale(std::size_t first, std::size_t count) noexcept {
        const T share = T(1) / static_cast<T>(tasks_.size());
        pr::map(
            count, [share](const auto& g) { return g * share; }, pr::view<T>(mean_.data() + first),
            pr::view<T>(mean_.data() + first));
    }
    void add(std::size_t task_row, std::size_t first, std::size_t count) noexcept {
        pr::map_add(
            count, [](const auto& g) { return g; }, pr::view<T>(mean_.data() + first),
            pr::view<T>(gradient(task_row).data() + first));
    }

    void add_up() noexcept {
        std::fill(mean_.begin(), mean_.end(), T(0));
        for (std::size_t t = 0; t < tasks_.size(); ++t) {
            losses_[t] = learner_->loss_and_gradient(tasks_[t], pr::key{}, gradient(0));
            add(0, 0, size);
        }
        scale(0, size);
    }
    void gather() noexcept {
        pool_.run(tasks_.size(), [this](std::size_t worker, std::size_t t) noexcept {
            losses_[t] = worker == 0
                             ? learner_->loss_and_gradient(tasks_[t], pr::key{}, gradient(t))
                             : learner_->loss_and_gradient(tasks_[t], pr::key{}, gradient(t), spaces_[worker - 1]);
        });
        pool_.run((size + piece - 1) / piece, [this](std::size_t, std::size_t i) noexcept {
            const std::size_t first = i * piece, count = std::min(piece, size - first);
            std::fill_n(mean_.begin() + static_cast<std::ptrdiff_t>(first), count, T(0));
            for (std::size_t t = 0; t < tasks_.size(); ++t) add(t, first, count);
            scale(first, count);
        });
    }

    std::unique_ptr<learner_type> learner_;
    pr::threads pool_;
    std::vector<episode_type> tasks_;
    std::unique_ptr<typename learner_type::workspace_type[]> spaces_;
    std::vector<T> gradients_, mean_, losses_;
};

}  // namespace benchmarks
