// SPDX-License-Identifier: BSL-1.0
// The sum of a meta-batch's gradients, along one binary tree over the tasks, whoever computes which of them.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace priori::detail {

// One store to every cache line of a small array that another core has read: the lines come back together. A loop that
// writes all of them in order gets them one after the other, which takes several times as long.
template <class T>
void claim(T* values, std::size_t count) noexcept {
    constexpr std::size_t line = 64 / sizeof(T), most = 32 * 1024 / sizeof(T);
    if (count > most) return;
    volatile T* const places = values;
    for (std::size_t i = 0; i < count; i += line) places[i] = places[i];
}

// Task t is leaf t of a binary tree, and every node is the sum of its two children: the order of the additions depends
// on the number of tasks alone. A share is a run of neighbouring leaves that one worker computes, one after the other;
// it adds siblings as soon as it has both, so that it holds few sums at a time. What the shares are left with goes
// together in `join` and `add_up`.
// Cost: an addition a task; in each share at most 2 log2(n) + 1 vectors for n tasks, and never more than n.
template <class T, std::size_t Size>
class gradient_sums {
    using vector = storage<T, Size>;

    // The sum over the tasks from index 2^level on, 2^level of them or as many as there are. Here and below, what two
    // workers write lies in different cache lines.
    struct alignas(64) node {
        std::size_t level;
        std::size_t index;
        vector* sum;
        bool counts;  // has any task that counts
    };

    // Nodes from left to right, none of them siblings. What lies above `depth` has vectors that are free.
    struct stack {
        node* nodes = nullptr;
        std::size_t depth = 0;

        template <class Add>
        void push(std::size_t level, std::size_t index, bool counts, const Add& add) noexcept {
            nodes[depth] = {level, index, nodes[depth].sum, counts};
            ++depth;
            while (depth > 1 && nodes[depth - 2].level == nodes[depth - 1].level && nodes[depth - 2].index % 2 == 0) {
                merge(add);
            }
        }
        // The last two nodes become their parent. Where only one counts, its sum is the parent's.
        template <class Add>
        void merge(const Add& add) noexcept {
            node& left = nodes[depth - 2];
            node& right = nodes[depth - 1];
            if (left.counts && right.counts) {
                add(*right.sum, *left.sum);
            } else if (right.counts) {
                std::swap(left.sum, right.sum);
                left.counts = true;
            }
            ++left.level;
            left.index /= 2;
            --depth;
        }
    };

public:
    class alignas(64) share {
    public:
        std::size_t first() const noexcept { return first_; }
        std::size_t last() const noexcept { return last_; }
        // Where the gradient of the next task goes, before `take`.
        std::span<T, Size> next() noexcept { return std::span<T, Size>(sums_.nodes[sums_.depth].sum->elements, Size); }
        // Adds the gradient of `task` that is there, or passes over it. The tasks come in their order.
        void take(std::size_t task, bool counts) noexcept {
            sums_.push(0, task, counts, [](const vector& from, vector& to) { add(Size, from.all(), to.all()); });
        }

    private:
        friend gradient_sums;
        std::size_t first_ = 0;
        std::size_t last_ = 0;
        stack sums_;
    };

    gradient_sums(std::size_t tasks, std::size_t shares) : shares_(std::clamp<std::size_t>(shares, 1, tasks)) {
        std::vector<std::size_t> depths;
        std::size_t all = 0;
        for (std::size_t s = 0; s < shares_.size(); ++s) {
            shares_[s].first_ = tasks * s / shares_.size();
            shares_[s].last_ = tasks * (s + 1) / shares_.size();
            depths.push_back(most_nodes(shares_[s].first_, shares_[s].last_));
            all += depths.back();
        }
        vectors_ = std::make_unique<vector[]>(all);
        nodes_.resize(2 * all);
        for (std::size_t n = 0; n < all; ++n) nodes_[n].sum = &vectors_[n];
        for (std::size_t s = 0, n = 0; s < shares_.size(); n += depths[s++]) shares_[s].sums_.nodes = &nodes_[n];
        additions_.reserve(all);
    }

    // Shapes: a share for each of the workers, but none without a task.
    std::size_t shares() const noexcept { return shares_.size(); }
    share& of(std::size_t which) noexcept { return shares_[which]; }

    std::size_t bytes() const noexcept {
        return nodes_.size() / 2 * sizeof(vector) + nodes_.size() * sizeof(node) + shares_.size() * sizeof(share) +
               additions_.capacity() * sizeof(addition);
    }

    // When all shares have taken their tasks: settles what is to be added to what, and makes them ready for new ones.
    void join() noexcept {
        additions_.clear();
        const auto later = [this](const vector& from, vector& to) { additions_.push_back({&from, &to}); };
        stack whole{nodes_.data() + nodes_.size() / 2};
        for (share& part : shares_) {
            for (std::size_t n = 0; n < part.sums_.depth; ++n) {
                const node& one = part.sums_.nodes[n];
                whole.nodes[whole.depth].sum = one.sum;
                whole.push(one.level, one.index, one.counts, later);
            }
            part.sums_.depth = 0;
        }
        while (whole.depth > 1) whole.merge(later);
        total_ = whole.nodes[0].sum;
    }

    // Coordinates first .. first + count - 1 of the sum times weight into out: once after a join, if any
    // task counts.
    void add_up(std::size_t first, std::size_t count, T weight, view<T> out) noexcept {
        for (const addition& one : additions_) add(count, one.from->all().at(first), one.to->all().at(first));
        map(
            count, [weight](const auto& g) { return g * weight; }, out.at(first), total_->all().at(first));
    }

private:
    struct addition {
        const vector* from;
        vector* to;
    };

    // How many a share of these tasks holds at a time.
    static std::size_t most_nodes(std::size_t first, std::size_t last) {
        std::vector<node> nodes(last - first);
        stack trial{nodes.data()};
        std::size_t most = 0;
        for (std::size_t t = first; t < last; ++t) {
            most = std::max(most, trial.depth + 1);
            trial.push(0, t, false, [](const vector&, vector&) {});
        }
        return most;
    }

    std::unique_ptr<vector[]> vectors_;
    std::vector<node> nodes_;  // those of the shares, and as many for join
    std::vector<share> shares_;
    std::vector<addition> additions_;
    vector* total_ = nullptr;
};

}  // namespace priori::detail
