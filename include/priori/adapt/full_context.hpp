// SPDX-License-Identifier: BSL-1.0
// full_context: the support set, each example read in the company of the others, written into a layer.
#pragma once

#include <priori/ad/linear.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/nn/detail/lstm_cell.hpp>
#include <priori/nn/initializer.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/written_as.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>

namespace priori {

// g_i = x_i + h_i + h'_i, h the states of an LSTM that reads the features x_1 .. x_B in the order of the support set,
// h' of another one that reads them from the last to the first; both start from zero.
// Shapes: features (B, F) and labels (B), one behind the other, into a layer such as context_attention or attention.
// Learned: forward_input_weight (F, 4 F), forward_state_weight (F, 4 F), forward_bias (4 F), the same of backward;
// gates in the order i, f, o, u.
// Derivative: through both sequences; labels have none. Cost: 16 B F^2 multiply-adds forward, twice that back.
// The order of the examples matters: few_shot tasks have their classes in a fixed order.
// Reference: Vinyals et al. 2016 (matching networks), appendix A.2.
struct full_context {
    static constexpr fixed_string kind{"full_context"};
    static constexpr fixed_string variant{":full_context"};  // in signatures
    static constexpr bool is_closed_form = true;
    static constexpr bool wants_labels = true;
    static constexpr written_as gives = written_as::examples;
    static constexpr fixed_string wants{"context_attention<k, ways> or attention<ways>"};

    initializer initial = glorot;

    template <class Sizes>
    static constexpr std::size_t parameters = Sizes::rows * (Sizes::features + 1);
    template <fixed_string Id, class Sizes>
    using blocks = layout<block<Id, "forward_input_weight", shape<Sizes::features, 4 * Sizes::features>>,
                          block<Id, "forward_state_weight", shape<Sizes::features, 4 * Sizes::features>>,
                          block<Id, "forward_bias", shape<4 * Sizes::features>>,
                          block<Id, "backward_input_weight", shape<Sizes::features, 4 * Sizes::features>>,
                          block<Id, "backward_state_weight", shape<Sizes::features, 4 * Sizes::features>>,
                          block<Id, "backward_bias", shape<4 * Sizes::features>>>;

private:
    template <class Sizes>
    using cell = detail::lstm_cell<Sizes::features>;
    // Of one direction.
    template <class Sizes>
    static constexpr std::size_t weights = (8 * Sizes::features + 4) * Sizes::features;
    // The flat buffer from the form's first block on.
    template <fixed_string Id, class Layout>
    static constexpr std::size_t offset = Layout::offset_of(join<Id, ".forward_input_weight">().view());

public:
    template <class N, class Sizes>
    struct trace {
        struct direction {
            static constexpr std::size_t states = Sizes::rows * Sizes::features;
            storage<N, 4 * states> raw, gates, raw_bar;
            storage<N, states> c, squashed, h, h_bar, c_bar;
        };
        direction ways[2];
    };

    template <fixed_string Id, class Layout, class Sizes, class T>
    void initialize(key k, T* theta) const noexcept {
        constexpr std::size_t width = Sizes::features;
        k.task = detail::hash_of(Id.view());
        random_stream random(k, purpose::parameters);
        T* own = theta + offset<Id, Layout>;
        for (std::size_t way = 0; way < 2; ++way, own += weights<Sizes>) {
            for (std::size_t i = 0; i < 8 * width * width; ++i) own[i] = initial.draw<T>(random, width, width);
            for (std::size_t i = 0; i < 4 * width; ++i) own[8 * width * width + i] = T(i / width == 1);
        }
    }

    template <fixed_string Id, class Layout, class Sizes, class N, class X, class Support>
    void forward(view<N> theta, view<X> features, const Support& support, view<N> head,
                 trace<N, Sizes>& t) const noexcept {
        constexpr std::size_t size = Sizes::rows * Sizes::features;
        copy(size, features, head);
        read<Sizes, false>(theta.at(offset<Id, Layout>), features, t.ways[0], head);
        read<Sizes, true>(theta.at(offset<Id, Layout> + weights<Sizes>), features, t.ways[1], head);
        detail::write_labels(support, head.at(size));
    }

    template <fixed_string Id, class Layout, class Sizes, class N, class X, class Xb, class Support>
    void vjp(view<N> theta, view<N> theta_bar, view<X> features, view<Xb> features_bar, view<N>, view<N> head_bar,
             const Support&, trace<N, Sizes>& t) const noexcept {
        constexpr std::size_t at = offset<Id, Layout>, next = at + weights<Sizes>;
        copy(Sizes::rows * Sizes::features, head_bar, features_bar);
        pull<Sizes, false>(theta.at(at), theta_bar.at(at), features, features_bar, t.ways[0], head_bar);
        pull<Sizes, true>(theta.at(next), theta_bar.at(next), features, features_bar, t.ways[1], head_bar);
    }

private:
    // The row that is read at step n.
    template <class Sizes, bool Backward>
    static constexpr std::size_t row_at(std::size_t n) {
        return Backward ? Sizes::rows - 1 - n : n;
    }

    // head += the states of one direction.
    template <class Sizes, bool Backward, class N, class X, class Direction>
    static void read(view<N> p, view<X> features, Direction& t, view<N> head) noexcept {
        constexpr std::size_t width = Sizes::features;
        const auto raw = t.raw.all(), gates = t.gates.all();
        const auto c = t.c.all(), squashed = t.squashed.all(), h = t.h.all();
        multiply_add_bias<Sizes::rows, width, 4 * width>(features, p, p.at(8 * width * width), raw);
        for (std::size_t n = 0; n < Sizes::rows; ++n) {
            const std::size_t row = row_at<Sizes, Backward>(n);
            const auto move = [&]<bool First>(std::size_t last) {
                cell<Sizes>::template forward<First>(1, raw.at(row * 4 * width), c.at(last * width),
                                                     gates.at(row * 4 * width), c.at(row * width),
                                                     squashed.at(row * width), h.at(row * width));
            };
            if (n == 0) {
                move.template operator()<true>(row);
            } else {
                const std::size_t last = row_at<Sizes, Backward>(n - 1);
                multiply<1, width, 4 * width, true>(h.at(last * width), p.at(4 * width * width),
                                                    raw.at(row * 4 * width));
                move.template operator()<false>(last);
            }
        }
        add(Sizes::rows * width, h, head);
    }

    // Adds what one direction leaves to p_bar and features_bar.
    template <class Sizes, bool Backward, class N, class X, class Xb, class Direction>
    static void pull(view<N> p, view<N> p_bar, view<X> features, view<Xb> features_bar, Direction& t,
                     view<N> head_bar) noexcept {
        constexpr std::size_t width = Sizes::features;
        const auto gates = t.gates.all(), raw_bar = t.raw_bar.all();
        const auto c = t.c.all(), squashed = t.squashed.all(), h = t.h.all(), h_bar = t.h_bar.all();
        const auto c_bar = t.c_bar.all();
        copy(Sizes::rows * width, head_bar, h_bar);
        for (std::size_t n = Sizes::rows; n-- > 0;) {
            const std::size_t row = row_at<Sizes, Backward>(n);
            const std::size_t last = n == 0 ? row : row_at<Sizes, Backward>(n - 1);
            const auto move = [&]<bool First, bool Last>() {
                cell<Sizes>::template vjp<First, Last>(
                    1, gates.at(row * 4 * width), c.at(last * width), squashed.at(row * width), h_bar.at(row * width),
                    c_bar.at(row * width), raw_bar.at(row * 4 * width), c_bar.at(last * width));
            };
            const bool is_end = n + 1 == Sizes::rows;
            if (n == 0) {
                is_end ? move.template operator()<true, true>() : move.template operator()<true, false>();
            } else {
                is_end ? move.template operator()<false, true>() : move.template operator()<false, false>();
                const auto own = raw_bar.at(row * 4 * width);
                multiply_transposed_right<1, 4 * width, width, true>(own, p.at(4 * width * width),
                                                                     h_bar.at(last * width));
                multiply_transposed_left<width, 1, 4 * width, true>(h.at(last * width), own,
                                                                    p_bar.at(4 * width * width));
            }
        }
        multiply_transposed_left<width, Sizes::rows, 4 * width, true>(features, raw_bar, p_bar);
        column_sums<Sizes::rows, 4 * width, true>(raw_bar, p_bar.at(8 * width * width));
        multiply_transposed_right<Sizes::rows, 4 * width, width, true>(raw_bar, p, features_bar);
    }
};

}  // namespace priori
