// SPDX-License-Identifier: BSL-1.0
// cross_entropy: outputs are logits, one for each class; targets are class labels.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/transpose.hpp>
#include <priori/ad/view.hpp>
#include <priori/core/name.hpp>
#include <priori/loss/concepts.hpp>

#include <cstddef>

namespace priori {

namespace detail {

struct exponential_function {
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return exponential(x);
    }
};

// As many lanes as hold `Rows` numbers, at most `Lanes`.
template <class T, std::size_t Rows, std::size_t Lanes = lanes<T>>
consteval std::size_t lanes_for() {
    if constexpr (constexpr std::size_t half = Lanes / 2; half >= Rows && has_sized_pack<T, half>) {
        return lanes_for<T, Rows, half>();
    } else {
        return Lanes;
    }
}

// The sum over `Rows` examples of ln sum_c exp(y_c) - y_label, and `weight` times its gradient. The examples lie in
// lanes, so that what is done for each of them is done for a pack.
template <std::size_t Rows, std::size_t Classes, class P, class T, class Bar>
element_of<P> cross_entropies(view<P> prediction, const T* target, view<Bar> bar, scalar_of<P> weight) noexcept {
    using S = scalar_of<P>;
    using N = element_of<P>;
    constexpr std::size_t step = lanes_for<S, Rows>(), row = (Rows + step - 1) / step * step;
    constexpr std::size_t size = (row * Classes + lanes<S> - 1) / lanes<S> * lanes<S>;
    using K = sized_pack<S, step>;
    storage<N, size> space;
    const auto x = space.all();
    if constexpr (size != Rows * Classes) fill_zero(size, x);
    transpose<Rows, Classes, row>(prediction, x);
    storage<N, row> sums;
    const auto sum = sums.all();
    for (std::size_t r = 0; r < row; r += step) {
        K largest = primal(x.template load_lanes<K>(r));
        for (std::size_t c = 1; c < Classes; ++c) {
            largest = maximum(largest, K(primal(x.template load_lanes<K>(c * row + r))));
        }
        for (std::size_t i = r; i < row * Classes; i += row) {
            x.template set_lanes<K>(i, x.template load_lanes<K>(i) - largest);
        }
    }
    N total(S(0));
    for (std::size_t r = 0; r < Rows; ++r) total = total - x[static_cast<std::size_t>(target[r]) * row + r];
    map(size, exponential_function{}, x, x);
    for (std::size_t r = 0; r < row; r += step) {
        auto all = x.template load_lanes<K>(r);
        for (std::size_t c = 1; c < Classes; ++c) all = all + x.template load_lanes<K>(c * row + r);
        if constexpr (is_wanted<view<Bar>>) {
            const element_of<P, K> scale = K(weight) / all;
            for (std::size_t i = r; i < row * Classes; i += row) {
                x.template set_lanes<K>(i, x.template load_lanes<K>(i) * scale);
            }
        }
        sum.template set_lanes<K>(r, logarithm(all));
    }
    for (std::size_t r = 0; r < Rows; ++r) total = total + sum[r];
    if constexpr (is_wanted<view<Bar>>) {
        transpose<Classes, Rows, Classes, row>(x, bar);
        for (std::size_t r = 0; r < Rows; ++r) {
            bar.add(r * Classes + static_cast<std::size_t>(target[r]), element_of<Bar>(-weight));
        }
    }
    return total;
}

}  // namespace detail

// ln sum_c exp(y_c) - y_label, over the examples; no softmax before it. Labels are 0 .. Out - 1.
// Derivative: softmax(y) - onehot(label). The row's largest logit is subtracted first, so nothing overflows.
// Cost: one exponential for each output, in packs. On the stack, 256 outputs or a register of examples.
template <bool SumOverClasses>
struct cross_entropy_loss {
    static constexpr bool is_loss = true;
    static constexpr bool wants_labels = true;
    static constexpr fixed_string kind{"cross_entropy"};
    static constexpr auto variant = [] {  // in signatures
        if constexpr (SumOverClasses) {
            return fixed_string(":sum_over_classes");
        } else {
            return fixed_string("");
        }
    }();

    template <std::size_t Count, class Out, class P, class T, class Bar>
    element_of<P> gradient(view<P> prediction, const T* target, view<Bar> bar) const noexcept {
        constexpr std::size_t classes = Out::size;
        using S = scalar_of<P>;
        constexpr std::size_t most = 256 / classes > lanes<S> ? 256 / classes / lanes<S> * lanes<S> : lanes<S>;
        constexpr std::size_t group = most < Count ? most : Count;
        constexpr S weight = S(SumOverClasses ? classes : 1) / S(Count);
        element_of<P> total(S(0));
        std::size_t first = 0;
        for (; first + group <= Count; first += group) {
            total = total + detail::cross_entropies<group, classes>(prediction.at(first * classes), target + first,
                                                                    bar.at(first * classes), weight);
        }
        if constexpr (Count % group != 0) {
            total = total + detail::cross_entropies<Count % group, classes>(
                                prediction.at(first * classes), target + first, bar.at(first * classes), weight);
        }
        return total * weight;
    }
};

// The mean over the examples.
inline constexpr cross_entropy_loss<false> cross_entropy{};
// The mean over the examples times the classes: with s shots of each class, the sum over the examples divided by s, as
// the authors' code of Finn et al. 2017 has it. Rates quoted from there belong to this one.
inline constexpr cross_entropy_loss<true> cross_entropy_sum_over_classes{};

}  // namespace priori
