// SPDX-License-Identifier: BSL-1.0
#include <priori/train/detail/gradient_sums.hpp>

#include "catch.hpp"

#include <cstddef>
#include <cstring>
#include <set>
#include <vector>

namespace pr = priori;

namespace {

constexpr std::size_t size = 5;
using sums_type = pr::detail::gradient_sums<float, size>;
using numbers = std::vector<float>;

// Of very different sizes, so that the order of the additions shows.
float coordinate(std::size_t task, std::size_t i) {
    return 1.0f / static_cast<float>(3 + task * 7 + i) * static_cast<float>(1 + (task * 37) % 11 * 100);
}

// The sum of the tasks that count, computed in so many shares; two rounds, of which the first leaves traces behind.
template <class Counts>
numbers summed(std::size_t tasks, std::size_t shares, const Counts& counts) {
    sums_type sums(tasks, shares);
    pr::storage<float, size> out;
    for (int round = 0; round < 2; ++round) {
        for (std::size_t s = sums.shares(); s-- > 0;) {
            auto& share = sums.of(s);
            for (std::size_t t = share.first(); t < share.last(); ++t) {
                const auto place = share.next();
                for (std::size_t i = 0; i < size; ++i) place[i] = coordinate(t, i);
                share.take(t, round == 0 || counts(t));
            }
        }
        sums.join();
    }
    sums.add_up(0, 3, 0.5f, out.all());
    sums.add_up(3, size - 3, 0.5f, out.all());
    return {out.elements, out.elements + size};
}

// The tree itself, from the top: node `index` of 2^level leaves.
float node(std::size_t tasks, std::size_t level, std::size_t index, std::size_t i) {
    if (level == 0) return coordinate(index, i);
    const float left = node(tasks, level - 1, 2 * index, i);
    return (2 * index + 1) << (level - 1) < tasks ? left + node(tasks, level - 1, 2 * index + 1, i) : left;
}

bool same(const numbers& a, const numbers& b) { return std::memcmp(a.data(), b.data(), size * sizeof(float)) == 0; }

constexpr auto all = [](std::size_t) { return true; };

}  // namespace

TEST_CASE("the sum is that of one binary tree, whatever the shares") {
    for (std::size_t tasks = 1; tasks <= 37; ++tasks) {
        std::size_t levels = 0;
        while (std::size_t{1} << levels < tasks) ++levels;
        numbers want(size);
        for (std::size_t i = 0; i < size; ++i) want[i] = 0.5f * node(tasks, levels, 0, i);
        for (const std::size_t shares : {1, 2, 3, 4, 5, 8, 40}) {
            CAPTURE(tasks, shares);
            REQUIRE(same(summed(tasks, shares, all), want));
        }
    }
}

TEST_CASE("tasks that do not count leave the sum of the others, in the same bits for any shares") {
    for (const std::size_t tasks : {2, 7, 25, 32}) {
        for (std::size_t skipped = 1; skipped < 5; ++skipped) {
            const auto counts = [=](std::size_t t) { return (t * 5 + skipped) % 7 > 3; };
            const numbers one = summed(tasks, 1, counts);
            for (const std::size_t shares : {2, 3, 7}) REQUIRE(same(summed(tasks, shares, counts), one));
            for (std::size_t i = 0; i < size; ++i) {
                double want = 0;
                for (std::size_t t = 0; t < tasks; ++t) want += counts(t) ? 0.5 * double(coordinate(t, i)) : 0;
                if (want > 0) CHECK(one[i] == Approx(want));
            }
        }
    }
}

TEST_CASE("a sum without its last tasks is that of fewer tasks") {
    for (std::size_t left = 1; left <= 20; ++left) {
        REQUIRE(same(summed(20, 3, [=](std::size_t t) { return t < left; }), summed(left, 2, all)));
    }
}

TEST_CASE("shares are contiguous, as even as they can be, and hold few gradients at a time") {
    for (const std::size_t tasks : {1, 5, 25, 32}) {
        for (const std::size_t shares : {1, 2, 3, 4, 8}) {
            sums_type sums(tasks, shares);
            std::size_t next = 0;
            for (std::size_t s = 0; s < sums.shares(); ++s) {
                CHECK(sums.of(s).first() == next);
                next = sums.of(s).last();
                const std::size_t own = next - sums.of(s).first();
                CHECK(own >= tasks / sums.shares());
                CHECK(own <= (tasks + sums.shares() - 1) / sums.shares());
                std::set<const float*> places;
                for (std::size_t t = sums.of(s).first(); t < next; ++t) {
                    places.insert(sums.of(s).next().data());
                    sums.of(s).take(t, true);
                }
                CHECK(places.size() <= own);
                if (own == 32) CHECK(places.size() == 6);
                if (own == 16) CHECK(places.size() == 5);
            }
            CHECK(next == tasks);
        }
    }
}
