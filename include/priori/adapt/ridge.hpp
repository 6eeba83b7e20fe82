// SPDX-License-Identifier: BSL-1.0
// ridge: the least-squares head with a penalty, solved among the examples.
#pragma once

#include <priori/ad/cholesky.hpp>
#include <priori/ad/linear.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/core/name.hpp>
#include <priori/optim/field.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

// W = X' (X X' + lambda I)^-1 Y, Y one-hot (0, 1) or the targets themselves; lambda is a positive number or
// learned(...).
// Shapes: X (B, F), Y and M (B, O), W (F, O).
// Derivative: with M = (X X' + lambda I)^-1 Y and R = (X X' + lambda I)^-1 X W_bar,
// X_bar = M (W_bar - X' R)' - R W', lambda_bar -= sum R M: by the implicit rule, with the factors of the forward pass.
// Cost: B^3 / 6 + B^2 (F + O) + 2 B F O multiply-adds forward, B^2 O + 4 B F O back.
// Errors: where lambda is learned and leaves the positive numbers the head is not finite; the trainer notices.
// Reference: Bertinetto et al. 2019 (R2-D2), equations 5 and 6.
template <class Lambda = float>
struct ridge {
    static constexpr fixed_string kind{"ridge"};
    static constexpr bool is_closed_form = true;
    static constexpr bool wants_labels = false;
    static constexpr bool learns = is_learned_field<Lambda>;

    Lambda lambda = Lambda(1.0);

    template <class Sizes>
    static constexpr std::size_t parameters = Sizes::features * Sizes::outputs;
    template <fixed_string Id>
    using blocks = std::conditional_t<learns, layout<block<Id, "lambda", shape<1>>>, layout<>>;
    template <class N, class Sizes>
    struct trace {
        storage<N, Sizes::rows * Sizes::rows> factor;
        storage<N, Sizes::rows * Sizes::outputs> solution;      // M
        storage<N, Sizes::rows * Sizes::outputs> solution_bar;  // R
    };

    template <fixed_string Id, class Layout, class T>
    void initialize(T* theta) const noexcept {
        if constexpr (learns) theta[lambda_at<Id, Layout>] = static_cast<T>(lambda.start);
    }

    template <fixed_string Id, class Layout, class Sizes, class N, class Support>
    void forward(view<N> theta, view<N> features, const Support& support, view<N> head,
                 trace<N, Sizes>& t) const noexcept {
        using T = scalar_of<N>;
        using E = element_of<N>;
        constexpr std::size_t rows = Sizes::rows, outputs = Sizes::outputs;
        const auto factor = t.factor.all(), solution = t.solution.all();
        multiply_transposed_right<rows, Sizes::features, rows, false>(features, features, factor);
        for (std::size_t i = 0; i < rows; ++i) factor.add(i * rows + i, value<Id, Layout>(theta));
        cholesky_factor<rows>(factor);
        for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t o = 0; o < outputs; ++o) {
                if constexpr (detail::is_labelled<Support>) {
                    solution.set(i * outputs + o, E(T(detail::class_of(support, i) == o)));
                } else {
                    solution.set(i * outputs + o, E(support.targets[i * outputs + o]));
                }
            }
        }
        cholesky_solve<rows, outputs>(factor, solution);
        multiply_transposed_left<Sizes::features, rows, outputs, false>(features, solution, head);
    }

    template <fixed_string Id, class Layout, class Sizes, class N, class Support>
    void vjp(view<N>, view<N> theta_bar, view<N> features, view<N> features_bar, view<N> head, view<N> head_bar,
             const Support&, trace<N, Sizes>& t) const noexcept {
        constexpr std::size_t rows = Sizes::rows, width = Sizes::features, outputs = Sizes::outputs;
        const auto solution = t.solution.all(), solution_bar = t.solution_bar.all();
        multiply<rows, width, outputs, false>(features, head_bar, solution_bar);
        cholesky_solve<rows, outputs>(t.factor.all(), solution_bar);
        if constexpr (learns) {
            using E = element_of<N>;
            E sum(scalar_of<N>(0));
            for (std::size_t i = 0; i < rows * outputs; ++i) sum -= E(solution[i]) * E(solution_bar[i]);
            theta_bar.add(lambda_at<Id, Layout>, sum);
        }
        // Negated, so that both products add.
        map(rows * outputs, [](const auto& r) { return -r; }, solution_bar, solution_bar);
        multiply_transposed_left<width, rows, outputs, true>(features, solution_bar, head_bar);
        multiply_transposed_right<rows, outputs, width, false>(solution, head_bar, features_bar);
        multiply_transposed_right<rows, outputs, width, true>(solution_bar, head, features_bar);
    }

private:
    template <fixed_string Id, class Layout>
    static constexpr std::size_t lambda_at = Layout::offset_of(join<Id, ".lambda">().view());

    template <fixed_string Id, class Layout, class N>
    element_of<N> value(view<N> theta) const noexcept {
        if constexpr (learns) {
            return theta[lambda_at<Id, Layout>];
        } else {
            return element_of<N>(static_cast<scalar_of<N>>(lambda));
        }
    }
};

}  // namespace priori
