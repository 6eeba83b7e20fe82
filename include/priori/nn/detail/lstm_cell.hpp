// SPDX-License-Identifier: BSL-1.0
// lstm_cell: what an LSTM does behind its products, forward and back, on any number.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>

#include <cstddef>

namespace priori::detail {

// c = f c_before + i u, h = o tanh(c), with i, f, o = logistic and u = tanh of the four parts of `raw`, in that order.
// Every array is written once, so that tangents may follow: no two steps share one.
// Shapes: raw, gates and raw_bar (Rows, 4 State), the others (Rows, State). First: c_before is zero, and not looked at.
// Reference: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
template <std::size_t State>
struct lstm_cell {
    static constexpr std::size_t width = 4 * State;
    // What a row of one step keeps: gates, c, tanh(c), h.
    static constexpr std::size_t saved = width + 3 * State;

    template <bool First, class R, class C, class G>
    static void forward(std::size_t rows, view<R> raw, view<C> c_before, view<G> gates, view<G> c, view<G> squashed,
                        view<G> h) noexcept {
        using T = scalar_of<G>;
        for (std::size_t r = 0; r < rows; ++r) {
            in_lanes<T>(State, [&]<class P>(std::size_t s) {
                using E = element_of<G, P>;
                const std::size_t at = r * width + s, own = r * State + s;
                const auto part = [&](std::size_t gate) { return E(raw.template load_lanes<P>(at + gate * State)); };
                const E i = logistic(part(0)), f = logistic(part(1)), o = logistic(part(2));
                const E u = tangent_hyperbolic(part(3));
                E next = i * u;
                if constexpr (!First) next = next + f * E(c_before.template load_lanes<P>(own));
                const E t = tangent_hyperbolic(next);
                gates.template set_lanes<P>(at, i);
                gates.template set_lanes<P>(at + State, f);
                gates.template set_lanes<P>(at + 2 * State, o);
                gates.template set_lanes<P>(at + 3 * State, u);
                c.template set_lanes<P>(own, next);
                squashed.template set_lanes<P>(own, t);
                h.template set_lanes<P>(own, E(o * t));
            });
        }
    }

    // Last: nothing behind this step looks at c; else c_bar is the cotangent from there.
    template <bool First, bool Last, class G, class C, class B>
    static void vjp(std::size_t rows, view<G> gates, view<C> c_before, view<G> squashed, view<B> h_bar, view<B> c_bar,
                    view<B> raw_bar, view<B> c_before_bar) noexcept {
        using T = scalar_of<B>;
        for (std::size_t r = 0; r < rows; ++r) {
            in_lanes<T>(State, [&]<class P>(std::size_t s) {
                using E = element_of<B, P>;
                const std::size_t at = r * width + s, own = r * State + s;
                const auto gate = [&](std::size_t n) { return E(gates.template load_lanes<P>(at + n * State)); };
                const E i = gate(0), f = gate(1), o = gate(2), u = gate(3);
                const E t = E(squashed.template load_lanes<P>(own)), h = E(h_bar.template load_lanes<P>(own));
                const P one(T(1));
                E bar = h * o * (one - t * t);
                if constexpr (!Last) bar = bar + E(c_bar.template load_lanes<P>(own));
                raw_bar.template set_lanes<P>(at, E(bar * u * i * (one - i)));
                if constexpr (First) {
                    raw_bar.template set_lanes<P>(at + State, E(P(T(0))));
                } else {
                    const E before = E(c_before.template load_lanes<P>(own));
                    raw_bar.template set_lanes<P>(at + State, E(bar * before * f * (one - f)));
                    c_before_bar.template set_lanes<P>(own, E(bar * f));
                }
                raw_bar.template set_lanes<P>(at + 2 * State, E(h * t * o * (one - o)));
                raw_bar.template set_lanes<P>(at + 3 * State, E(bar * i * (one - u * u)));
            });
        }
    }
};

}  // namespace priori::detail
