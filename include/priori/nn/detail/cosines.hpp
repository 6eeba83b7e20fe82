// SPDX-License-Identifier: BSL-1.0
// cosines: the similarity of every row of one array with every row of another, and its pull-back.
#pragma once

#include <priori/ad/linear.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/sum.hpp>
#include <priori/ad/view.hpp>

#include <cstddef>

namespace priori::detail {

// s[r, i] = scale x_r . c_i / (|x_r| |c_i|); 0, with no derivative, where one of them has no length.
// Shapes: x (Rows, Width), c (Count, Width), s (Rows, Count), `kept` has `saved` numbers.
// Derivative: with z = s_bar scale / (|x| |c|), x_bar = z c - x (sum_i s_bar s) / |x|^2, c_bar += z' x - c (sum_r s_bar
// s) / |c|^2.
// Cost: Rows Count Width multiply-adds forward, twice that back.
template <std::size_t Rows, std::size_t Count, std::size_t Width>
struct cosines {
    static constexpr std::size_t saved = Rows + Count + 2 * Rows * Count;

    template <class X, class C, class S, class K>
    static void forward(view<X> x, view<C> c, view<S> s, view<K> kept, scalar_of<S> scale) noexcept {
        invert_lengths<Rows>(x, kept);
        invert_lengths<Count>(c, kept.at(Rows));
        const auto products = kept.at(Rows + Count);
        multiply_transposed_right<Rows, Width, Count, false>(x, c, products);
        for (std::size_t r = 0; r < Rows; ++r) {
            const auto by_row = kept[r];
            for (std::size_t i = 0; i < Count; ++i) {
                s.set(r * Count + i, element_of<S>(products[r * Count + i] * by_row * kept[Rows + i] * scale));
            }
        }
    }

    // x_bar is written, c_bar is added to.
    template <class X, class C, class S, class Sb, class K, class Xb, class Cb>
    static void vjp(view<X> x, view<C> c, view<S> s, view<Sb> s_bar, view<K> kept, view<Xb> x_bar, view<Cb> c_bar,
                    scalar_of<Sb> scale) noexcept {
        using E = element_of<Sb>;
        const auto z = kept.at(Rows + Count + Rows * Count);
        for (std::size_t r = 0; r < Rows; ++r) {
            const auto by_row = kept[r];
            for (std::size_t i = 0; i < Count; ++i) {
                z.set(r * Count + i, element_of<K>(s_bar[r * Count + i] * by_row * kept[Rows + i] * scale));
            }
        }
        if constexpr (is_wanted<view<Xb>>) {
            multiply<Rows, Count, Width, false>(z, c, x_bar);
            for (std::size_t r = 0; r < Rows; ++r) {
                E sum(scalar_of<Sb>(0));
                for (std::size_t i = 0; i < Count; ++i) sum += E(s_bar[r * Count + i]) * E(s[r * Count + i]);
                subtract_row(x.at(r * Width), E(sum * E(kept[r]) * E(kept[r])), x_bar.at(r * Width));
            }
        }
        if constexpr (is_wanted<view<Cb>>) {
            multiply_transposed_left<Count, Rows, Width, true>(z, x, c_bar);
            for (std::size_t i = 0; i < Count; ++i) {
                E sum(scalar_of<Sb>(0));
                for (std::size_t r = 0; r < Rows; ++r) sum += E(s_bar[r * Count + i]) * E(s[r * Count + i]);
                subtract_row(c.at(i * Width), E(sum * E(kept[Rows + i]) * E(kept[Rows + i])), c_bar.at(i * Width));
            }
        }
    }

private:
    // Squares of lengths below this count as none.
    static constexpr double smallest = 1e-30;

    template <std::size_t Lines, class A, class K>
    static void invert_lengths(view<A> a, view<K> inverse) noexcept {
        using T = scalar_of<A>;
        using E = element_of<A>;
        for (std::size_t r = 0; r < Lines; ++r) {
            const auto row = a.at(r * Width);
            const E square = sum_over<A>(Width, [&]<class P>(std::size_t d) {
                const auto e = row.template load_lanes<P>(d);
                return e * e;
            });
            const bool is_none = primal(square) < T(smallest);
            inverse.set(r, element_of<K>(is_none ? E(T(0)) : E(T(1) / square_root(square))));
        }
    }
    template <class A, class E, class Out>
    static void subtract_row(view<A> row, const E& weight, view<Out> out) noexcept {
        in_lanes<scalar_of<Out>>(Width, [&]<class P>(std::size_t d) {
            out.template add_lanes<P>(
                d, element_of<Out, P>(-(row.template load_lanes<P>(d) * in_all_lanes<P>(weight))));
        });
    }
};

}  // namespace priori::detail
