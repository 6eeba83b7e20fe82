// SPDX-License-Identifier: BSL-1.0
// lstm_rule<20>: an optimizer that is learned, the same small LSTM for every coordinate.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/linear.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/random.hpp>
#include <priori/optim/rule.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>

namespace priori {

// x <- x + scale (w_out h' + b_out), (h', c') = LSTM(input(g), (h, c)), h and c zero at the start:
// z = W_x input(g) + W_h h + b, in four parts i, f, o, u;  c' = s(f) c + s(i) tanh(u),  h' = s(o) tanh(c').
// input(g) = (log|g| / range, sign g) where |g| >= exp(-range), else (-1, exp(range) g).
// Shapes: W_x (4 H, 2), W_h (4 H, H), b (4 H), w_out (H), b_out (1), all learned; 2 H numbers of state a coordinate.
// Derivative: to any order; the gradient that is fed in is differentiated too, unless the rule is `detached`.
// Cost: 4 H (H + 3) multiply-adds a coordinate and step, three times that back; the back pass runs the cell again.
// Reference: Andrychowicz et al. 2016, section 2.1 (coordinatewise), appendix A (input, range 10); scale 0.1 in their
// code.
template <std::size_t Hidden>
struct lstm_rule {
    static constexpr fixed_string kind{"lstm"};
    static constexpr std::size_t hidden = Hidden;

    double scale = 0.1;
    double range = 10.0;
};

template <fixed_string Id, std::size_t Hidden>
struct rule<Id, lstm_rule<Hidden>> {
    using optimizer_type = lstm_rule<Hidden>;
    static constexpr std::size_t hidden = Hidden;
    static constexpr std::size_t slots = 2 * hidden;
    static constexpr bool learns = true;
    static constexpr bool reads_trajectory = true;
    static constexpr bool detached = false;

    template <class Plan, std::size_t Steps>
    using blocks = layout<block<Id, "input_weight", shape<4 * hidden, 2>>,
                          block<Id, "hidden_weight", shape<4 * hidden, hidden>>, block<Id, "bias", shape<4 * hidden>>,
                          block<Id, "output_weight", shape<hidden>>, block<Id, "output_bias", shape<1>>>;

    // Uniform in +-1 / sqrt(H), a tenth of it for w_out; biases at zero, but 1 for the forget gate.
    template <class Layout, class Plan, std::size_t Steps, class T>
    static void initialize(const optimizer_type&, key k, T* theta) noexcept {
        using at = offsets<Layout>;
        random_stream random(k, purpose::parameters);
        const T bound = T(1) / square_root(T(hidden));
        for (std::size_t i = 0; i < 8 * hidden; ++i) theta[at::input + i] = random.uniform<T>(-bound, bound);
        for (std::size_t i = 0; i < 4 * hidden * hidden; ++i) {
            theta[at::recurrent + i] = random.uniform<T>(-bound, bound);
        }
        for (std::size_t i = 0; i < 4 * hidden; ++i) theta[at::bias + i] = T(i / hidden == 1);
        for (std::size_t i = 0; i < hidden; ++i) theta[at::output + i] = T(0.1) * random.uniform<T>(-bound, bound);
        theta[at::output_bias] = T(0);
    }

    // State: h and c of all coordinates, one after the other, (n, H) each.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void forward(const optimizer_type& optimizer, view<N> theta, std::size_t, view<N> x, view<N> g,
                        view<N> s) noexcept {
        in_blocks<Plan::size>([&]<std::size_t Count>(std::size_t i) {
            const auto h = s.at(i * hidden), c = s.at((Plan::size + i) * hidden);
            cells<N, Count> t;
            storage<N, Count> change;
            run<Layout>(optimizer, theta, g.at(i), h, c, t);
            multiply<Count, hidden, 1, false>(t.hidden_after.all(), theta.at(offsets<Layout>::output), change.all());
            const auto shift = theta[offsets<Layout>::output_bias];
            for (std::size_t r = 0; r < Count; ++r) {
                x.add(i + r, (change.all()[r] + shift) * scalar_of<N>(optimizer.scale));
            }
            copy(Count * hidden, t.hidden_after.all(), h);
            copy(Count * hidden, t.memory.all(), c);
        });
    }

    // As in the rule of elementwise optimizers: x_bar and s_bar in place, g_bar written, theta_bar added to.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void vjp(const optimizer_type& optimizer, view<N> theta, std::size_t, view<N>, view<N> g, view<N> s,
                    view<N> x_bar, view<N> s_bar, view<N> g_bar, view<N> theta_bar) noexcept {
        using T = scalar_of<N>;
        using at = offsets<Layout>;
        constexpr std::size_t gates = 4 * hidden;
        in_blocks<Plan::size>([&]<std::size_t Count>(std::size_t i) {
            const auto h = s.at(i * hidden), h_bar = s_bar.at(i * hidden);
            const auto c = s.at((Plan::size + i) * hidden), c_bar = s_bar.at((Plan::size + i) * hidden);
            cells<N, Count> t;
            storage<N, Count> change_storage;
            storage<N, Count * gates> gate_storage;
            storage<N, Count * 2> in_storage;
            const auto change_bar = change_storage.all(), z_bar = gate_storage.all(), in_bar = in_storage.all();
            run<Layout>(optimizer, theta, g.at(i), h, c, t);

            map(Count, [&](const auto& bar) { return bar * T(optimizer.scale); }, change_bar, x_bar.at(i));
            column_sums<Count, 1, true>(change_bar, theta_bar.at(at::output_bias));
            multiply_transposed_left<hidden, Count, 1, true>(t.hidden_after.all(), change_bar,
                                                             theta_bar.at(at::output));
            multiply<Count, 1, hidden, true>(change_bar, theta.at(at::output), h_bar);
            for (std::size_t r = 0; r < Count; ++r) {
                pull_cell(t, r, c.at(r * hidden), h_bar.at(r * hidden), c_bar.at(r * hidden), z_bar.at(r * gates));
            }
            multiply<Count, gates, hidden, false>(z_bar, theta.at(at::recurrent), h_bar);
            multiply<Count, gates, 2, false>(z_bar, theta.at(at::input), in_bar);
            multiply_transposed_left<gates, Count, hidden, true>(z_bar, h, theta_bar.at(at::recurrent));
            multiply_transposed_left<gates, Count, 2, true>(z_bar, t.in.all(), theta_bar.at(at::input));
            column_sums<Count, gates, true>(z_bar, theta_bar.at(at::bias));
            for (std::size_t r = 0; r < Count; ++r) {
                using E = element_of<N>;
                dual<E> moved[2];
                input<T>(optimizer, dual<E>::variable(g[i + r], 0), moved);
                const E first = E(in_bar[2 * r]) * moved[0].tangent[0];
                g_bar.set(i + r, E(first + E(in_bar[2 * r + 1]) * moved[1].tangent[0]));
            }
        });
    }

private:
    template <class Layout>
    struct offsets {
        static constexpr std::size_t input = Layout::offset_of(join<Id, ".input_weight">().view());
        static constexpr std::size_t recurrent = Layout::offset_of(join<Id, ".hidden_weight">().view());
        static constexpr std::size_t bias = Layout::offset_of(join<Id, ".bias">().view());
        static constexpr std::size_t output = Layout::offset_of(join<Id, ".output_weight">().view());
        static constexpr std::size_t output_bias = Layout::offset_of(join<Id, ".output_bias">().view());
    };

    // Eight coordinates at a time, then those that are left: what is live stays small.
    template <std::size_t Size, class F>
    PRIORI_ALWAYS_INLINE static void in_blocks(F&& f) noexcept {
        constexpr std::size_t block = 8, full = Size / block * block;
        for (std::size_t i = 0; i < full; i += block) f.template operator()<block>(i);
        if constexpr (Size > full) f.template operator()<Size - full>(full);
    }

    struct product {
        template <class E>
        PRIORI_ALWAYS_INLINE E operator()(const E& a, const E& b) const noexcept {
            return a * b;
        }
    };
    struct hyperbolic {
        template <class E>
        PRIORI_ALWAYS_INLINE E operator()(const E& z) const noexcept {
            return tangent_hyperbolic(z);
        }
    };
    struct sigmoid_of {
        template <class E>
        PRIORI_ALWAYS_INLINE E operator()(const E& z) const noexcept {
            return logistic(z);
        }
    };
    // Back to before a gate y, which was multiplied by `other`.
    struct through_hyperbolic {
        template <class E>
        PRIORI_ALWAYS_INLINE E operator()(const E& bar, const E& other, const E& y) const noexcept {
            return bar * other * (E(1) - y * y);
        }
    };
    struct through_sigmoid {
        template <class E>
        PRIORI_ALWAYS_INLINE E operator()(const E& bar, const E& other, const E& y) const noexcept {
            return bar * other * (y - y * y);
        }
    };

    template <class N, std::size_t Count>
    struct cells {
        storage<N, Count * 2> in;
        storage<N, Count * 4 * hidden> gate;      // i, f, o after the sigmoid, u after tanh
        storage<N, Count * hidden> memory;        // c'
        storage<N, Count * hidden> squashed;      // tanh c'
        storage<N, Count * hidden> hidden_after;  // h'
    };

    // What the cells of Count coordinates come to, from the state before the step.
    template <class Layout, class N, std::size_t Count>
    static void run(const optimizer_type& optimizer, view<N> theta, view<N> g, view<N> h, view<N> c,
                    cells<N, Count>& t) noexcept {
        using at = offsets<Layout>;
        constexpr std::size_t gates = 4 * hidden;
        const auto in = t.in.all(), gate = t.gate.all();
        for (std::size_t r = 0; r < Count; ++r) {
            element_of<N> seen[2];
            input<scalar_of<N>>(optimizer, element_of<N>(g[r]), seen);
            in.set(2 * r, seen[0]);
            in.set(2 * r + 1, seen[1]);
        }
        multiply_transposed_right<Count, 2, gates, false>(in, theta.at(at::input), gate);
        multiply_transposed_right<Count, hidden, gates, true>(h, theta.at(at::recurrent), gate);
        add_rows<Count, gates>(theta.at(at::bias), gate);
        for (std::size_t r = 0; r < Count; ++r) {
            const auto i = gate.at(r * gates), f = i.at(hidden), o = i.at(2 * hidden), u = i.at(3 * hidden);
            const auto memory = t.memory.all().at(r * hidden), squashed = t.squashed.all().at(r * hidden);
            map(3 * hidden, sigmoid_of{}, i, i);
            map(hidden, hyperbolic{}, u, u);
            map(hidden, product{}, memory, f, c.at(r * hidden));
            map_add(hidden, product{}, memory, i, u);
            map(hidden, hyperbolic{}, squashed, memory);
            map(hidden, product{}, t.hidden_after.all().at(r * hidden), o, squashed);
        }
    }

    // One coordinate: c_bar, of c' in and of c out; z_bar written; h_bar, of h', read.
    template <class N, std::size_t Count>
    static void pull_cell(const cells<N, Count>& t, std::size_t r, view<N> c, view<N> h_bar, view<N> c_bar,
                          view<N> z_bar) noexcept {
        const auto i = t.gate.all().at(r * 4 * hidden), f = i.at(hidden), o = i.at(2 * hidden), u = i.at(3 * hidden);
        const auto squashed = t.squashed.all().at(r * hidden);
        map_add(hidden, through_hyperbolic{}, c_bar, h_bar, o, squashed);
        map(hidden, through_sigmoid{}, z_bar, c_bar, u, i);
        map(hidden, through_sigmoid{}, z_bar.at(hidden), c_bar, c, f);
        map(hidden, through_sigmoid{}, z_bar.at(2 * hidden), h_bar, squashed, o);
        map(hidden, through_hyperbolic{}, z_bar.at(3 * hidden), c_bar, i, u);
        map(hidden, product{}, c_bar, c_bar, f);
    }


    template <class T, class E>
    PRIORI_ALWAYS_INLINE static void input(const optimizer_type& optimizer, const E& g, E* in) noexcept {
        const T large = exponential(T(optimizer.range));
        const E size = absolute(g);
        const auto small = less(size, E(T(1) / large));
        in[0] = select(small, E(T(-1)), E(logarithm(E(select(small, E(T(1)), size))) * T(1.0 / optimizer.range)));
        in[1] = select(small, E(g * large), E(sign(g)));
    }
};

}  // namespace priori
