// SPDX-License-Identifier: BSL-1.0
// neighbours<K, ways>: the votes of the K nearest examples that the layer remembers.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/sum.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/remembered.hpp>
#include <priori/nn/written_as.hpp>

#include <array>
#include <cstddef>

namespace priori {

// y_n = how many of the K nearest examples, by Euclidean distance, are of class n, less rank / (K + 1), rank = how many
// of them are nearer than the nearest one of class n (K where there is none): of classes with as many votes the one
// with the nearest example is the largest. Of equal distances the earlier example is the nearer one; NaN is far.
// Shapes: x (In), a vector; y (Classes); remembered: examples (Examples, In), labels (Examples), both scratch.
// Derivative: none; all cotangents are 0. It predicts, behind a given embedding, and trains nothing.
// Cost: Rows Examples (In + K).
// Reference: Fix and Hodges 1951; Cover and Hart 1967.
template <std::size_t K, std::size_t Classes, std::size_t Examples>
struct neighbours_layer {
    static constexpr fixed_string kind{"neighbours"};
    static constexpr auto variant = join<":", decimal<K>()>();  // in signatures
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    static constexpr written_as keeps = written_as::examples;

    template <class In>
    using output_shape = shape<Classes>;
    template <class In>
    using parameters = detail::remembered_parameters<Examples, In>;

    template <class In>
    static consteval auto refusal() {
        if constexpr (Classes == ways) {
            return detail::remembered_refusal<kind, Classes, Examples, In>();
        } else if constexpr (K == 0 || K > Examples) {
            return join<"[priori:N165] neighbours: ", decimal<K>(), " neighbours of ", decimal<Examples>(),
                        " examples; take at least one, and no more than there are.">();
        } else {
            return detail::remembered_refusal<kind, Classes, Examples, In>();
        }
    }
    template <class Episode>
    constexpr auto resolve() const {
        if constexpr ((Classes == ways || Examples == ways) &&
                      requires { Episode::support_type::target_shape::ways; }) {
            using support = typename Episode::support_type;
            return neighbours_layer<K, detail::given_or<Classes, support::target_shape::ways>,
                                    detail::given_or<Examples, support::count>>{};
        } else {
            return *this;
        }
    }

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P> p, view<X> x, view<Y> y) const noexcept {
        using T = scalar_of<Y>;
        for (std::size_t r = 0; r < Rows::count; ++r) {
            std::array<T, K> distances{};
            std::array<std::size_t, K> nearest{};
            std::size_t found = 0;
            for (std::size_t i = 0; i < Examples; ++i) {
                const T distance = square_distance<In>(x.at(r * In::size), p.at(i * In::size));
                std::size_t at = found;
                while (at > 0 && !(distance >= distances[at - 1])) --at;
                if (distance != distance) at = found;
                if (at == K) continue;
                if (found < K) ++found;
                for (std::size_t j = found - 1; j > at; --j) {
                    distances[j] = distances[j - 1];
                    nearest[j] = nearest[j - 1];
                }
                distances[at] = distance;
                nearest[at] = i;
            }
            std::array<T, Classes> votes{};
            std::array<T, Classes> rank;
            rank.fill(T(K));
            for (std::size_t j = K; j-- > 0;) {
                const std::size_t n = detail::remembered_class<Classes>(p.at(Examples * In::size), nearest[j]);
                votes[n] += T(1);
                rank[n] = T(j);
            }
            // Nothing is near to what is not a number.
            const T lost = distances[0] == distances[0] ? T(0) : distances[0];
            for (std::size_t n = 0; n < Classes; ++n) {
                y.set(r * Classes + n, element_of<Y>(T(votes[n] - rank[n] / T(K + 1) + lost)));
            }
        }
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb>, view<Xb> x_bar, view<Pb>) const noexcept {
        fill_zero(Rows::count * In::size, x_bar);
    }

private:
    template <class In, class A, class B>
    static auto square_distance(view<A> a, view<B> b) noexcept {
        if constexpr (depth<A> > 0) {
            return square_distance<In>(a.value, b);
        } else if constexpr (depth<B> > 0) {
            return square_distance<In>(a, b.value);
        } else {
            return sum_over<A>(In::size, [&]<class L>(std::size_t d) {
                const auto difference = a.template load_lanes<L>(d) - b.template load_lanes<L>(d);
                return difference * difference;
            });
        }
    }
};

template <std::size_t K, std::size_t Classes, std::size_t Examples = ways>
inline constexpr neighbours_layer<K, Classes, Examples> neighbours{};

}  // namespace priori
