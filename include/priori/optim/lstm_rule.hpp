// SPDX-License-Identifier: BSL-1.0
// lstm_rule<20>: an optimizer that is learned, the same small LSTM for every coordinate.
#pragma once

#include <priori/ad/functions.hpp>
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
// Reference: Andrychowicz et al. 2016, section 2.1 (coordinatewise), appendix A (input, range 10), scale 0.1 in their code.
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
        for (std::size_t i = 0; i < 4 * hidden * hidden; ++i) theta[at::recurrent + i] = random.uniform<T>(-bound, bound);
        for (std::size_t i = 0; i < 4 * hidden; ++i) theta[at::bias + i] = T(i / hidden == 1);
        for (std::size_t i = 0; i < hidden; ++i) theta[at::output + i] = T(0.1) * random.uniform<T>(-bound, bound);
        theta[at::output_bias] = T(0);
    }

    template <class Layout, class Plan, std::size_t Steps, class N>
    static void forward(const optimizer_type& optimizer, view<N> theta, std::size_t, view<N> x, view<N> g,
                        view<N> s) noexcept {
        using T = scalar_of<N>;
        detail::in_lanes<T>(Plan::size, [&]<class P>(std::size_t i) {
            using E = element_of<N, P>;
            const coordinates<Layout, N, P, Plan::size> unit{theta, s, i};
            E in[2], next[hidden];
            input<T>(optimizer, E(g.template load_lanes<P>(i)), in);
            E change = unit.weight(offsets<Layout>::output_bias);
            for (std::size_t j = 0; j < hidden; ++j) {
                const auto cell = unit.run(in, j);
                next[j] = cell.hidden;
                s.template set_lanes<P>((hidden + j) * Plan::size + i, cell.memory);
                change += unit.weight(offsets<Layout>::output + j) * cell.hidden;
            }
            for (std::size_t j = 0; j < hidden; ++j) s.template set_lanes<P>(j * Plan::size + i, next[j]);
            x.template add_lanes<P>(i, E(change * T(optimizer.scale)));
        });
    }

    // As in the rule of elementwise optimizers: x_bar and s_bar in place, g_bar written, theta_bar added to.
    template <class Layout, class Plan, std::size_t Steps, class N>
    static void vjp(const optimizer_type& optimizer, view<N> theta, std::size_t, view<N>, view<N> g, view<N> s,
                    view<N> x_bar, view<N> s_bar, view<N> g_bar, view<N> theta_bar) noexcept {
        using T = scalar_of<N>;
        using at = offsets<Layout>;
        detail::in_lanes<T>(Plan::size, [&]<class P>(std::size_t i) {
            using E = element_of<N, P>;
            const coordinates<Layout, N, P, Plan::size> unit{theta, s, i};
            const auto give = [&](std::size_t where, const E& bar) { theta_bar.add(where, sum_lanes(bar)); };
            const E gradient = g.template load_lanes<P>(i);
            E in[2], in_bar[2] = {E(T(0)), E(T(0))}, before_bar[hidden];
            for (E& bar : before_bar) bar = E(T(0));
            input<T>(optimizer, gradient, in);
            const E change_bar = x_bar.template load_lanes<P>(i) * T(optimizer.scale);
            give(at::output_bias, change_bar);
            for (std::size_t j = 0; j < hidden; ++j) {
                const auto cell = unit.run(in, j);
                give(at::output + j, change_bar * cell.hidden);
                const E hidden_bar =
                    s_bar.template load_lanes<P>(j * Plan::size + i) + change_bar * unit.weight(at::output + j);
                const E memory_bar = s_bar.template load_lanes<P>((hidden + j) * Plan::size + i) +
                                     hidden_bar * cell.gate[2] * (T(1) - cell.squashed * cell.squashed);
                const E z_bar[4] = {memory_bar * cell.gate[3] * slope(cell.gate[0]),
                                    memory_bar * unit.memory(j) * slope(cell.gate[1]),
                                    hidden_bar * cell.squashed * slope(cell.gate[2]),
                                    memory_bar * cell.gate[0] * (T(1) - cell.gate[3] * cell.gate[3])};
                s_bar.template set_lanes<P>((hidden + j) * Plan::size + i, E(memory_bar * cell.gate[1]));
                for (std::size_t part = 0; part < 4; ++part) {
                    const std::size_t row = part * hidden + j;
                    give(at::bias + row, z_bar[part]);
                    for (std::size_t e = 0; e < 2; ++e) {
                        give(at::input + 2 * row + e, z_bar[part] * in[e]);
                        in_bar[e] += z_bar[part] * unit.weight(at::input + 2 * row + e);
                    }
                    for (std::size_t m = 0; m < hidden; ++m) {
                        give(at::recurrent + row * hidden + m, z_bar[part] * unit.before(m));
                        before_bar[m] += z_bar[part] * unit.weight(at::recurrent + row * hidden + m);
                    }
                }
            }
            for (std::size_t m = 0; m < hidden; ++m) s_bar.template set_lanes<P>(m * Plan::size + i, before_bar[m]);
            dual<E> moved[2];
            input<T>(optimizer, dual<E>::variable(gradient, 0), moved);
            g_bar.template set_lanes<P>(i, E(in_bar[0] * moved[0].tangent[0] + in_bar[1] * moved[1].tangent[0]));
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

    template <class E>
    struct cell_values {
        E gate[4];  // i, f, o after the sigmoid, u after tanh
        E memory;   // c'
        E squashed;  // tanh c'
        E hidden;   // h'
    };

    // The LSTM of the coordinates in one register; state slot j of coordinate i is s[j Size + i].
    template <class Layout, class N, class P, std::size_t Size>
    struct coordinates {
        using E = element_of<N, P>;
        using at = offsets<Layout>;
        view<N> theta;
        view<N> s;
        std::size_t i;

        PRIORI_ALWAYS_INLINE E weight(std::size_t where) const noexcept {
            return in_all_lanes<P>(element_of<N>(theta[where]));
        }
        PRIORI_ALWAYS_INLINE E before(std::size_t j) const noexcept {
            return s.template load_lanes<P>(j * Size + i);
        }
        PRIORI_ALWAYS_INLINE E memory(std::size_t j) const noexcept {
            return s.template load_lanes<P>((hidden + j) * Size + i);
        }
        // Unit j, from the state before the step.
        PRIORI_ALWAYS_INLINE cell_values<E> run(const E* in, std::size_t j) const noexcept {
            cell_values<E> cell;
            for (std::size_t part = 0; part < 4; ++part) {
                const std::size_t row = part * hidden + j;
                E z = weight(at::bias + row);
                for (std::size_t e = 0; e < 2; ++e) z += weight(at::input + 2 * row + e) * in[e];
                for (std::size_t m = 0; m < hidden; ++m) z += weight(at::recurrent + row * hidden + m) * before(m);
                cell.gate[part] = part < 3 ? logistic(z) : E(tangent_hyperbolic(z));
            }
            cell.memory = cell.gate[1] * memory(j) + cell.gate[0] * cell.gate[3];
            cell.squashed = tangent_hyperbolic(cell.memory);
            cell.hidden = cell.gate[2] * cell.squashed;
            return cell;
        }
    };

    template <class E>
    PRIORI_ALWAYS_INLINE static E slope(const E& sigmoid) noexcept {
        return sigmoid - sigmoid * sigmoid;
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
