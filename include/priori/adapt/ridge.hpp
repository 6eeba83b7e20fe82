// SPDX-License-Identifier: BSL-1.0
// ridge: the least-squares head with a penalty, solved among the examples or among the features.
#pragma once

#include <priori/ad/cholesky.hpp>
#include <priori/ad/functions.hpp>
#include <priori/ad/linear.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/core/name.hpp>
#include <priori/core/shape.hpp>
#include <priori/optim/field.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

// A factor that is learned as its logarithm: it never leaves the positive numbers.
struct learned_logarithm {
    double start = 1;
};

}  // namespace detail

// lambda = exp(l), l the meta-parameter "log_lambda", which starts at ln start; start is above 0.
constexpr detail::learned_logarithm learned_positive(double start) { return {start}; }

// W = X' (X X' + lambda I)^-1 Y = (X' X + lambda I)^-1 X' Y, by the smaller of the two systems; Y one-hot (0, 1) or the
// targets themselves; lambda is a positive number, learned(...), or learned_positive(...).
// R2-D2: ridge{.lambda = learned_positive(1.f)}, and affine for the scale and shift of its logits; MetaOptNet-RR:
// ridge{.lambda = 50.f}, and learned_scale.
// Shapes: X (B, F), Y (B, O), W (F, O).
// Derivative: by the implicit rule, with the factors of the forward pass. For B < F, M = (X X' + lambda I)^-1 Y and
// R = (X X' + lambda I)^-1 X W_bar: X_bar = M (W_bar - X' R)' - R W', lambda_bar -= sum R M. Else with
// R = (X' X + lambda I)^-1 W_bar: X_bar = (Y - X W) R' - X R W', lambda_bar -= sum R W.
// Cost: with S = min(B, F), S^3 / 6 + S^2 O multiply-adds for the system, forward; S^2 O back; and up to 4 B F O and
// S B F for the products.
// Errors: where lambda is learned(...) and leaves the positive numbers the head is no ridge solution, and may be finite
// all the same, so that nothing notices; learned_positive(...) cannot leave them.
// Reference: Bertinetto et al. 2019 (R2-D2), equations 5 and 6; Lee et al. 2019 (MetaOptNet), section 3.3.
template <class Lambda = float>
struct ridge {
    static constexpr fixed_string kind{"ridge"};
    static constexpr bool is_closed_form = true;
    static constexpr bool wants_labels = false;
    static constexpr fixed_string wants{"dense<ways>.without_bias()"};
    static constexpr bool learns_logarithm = std::is_same_v<Lambda, detail::learned_logarithm>;
    static constexpr bool learns = is_learned_field<Lambda> || learns_logarithm;

    Lambda lambda = Lambda(1.0);

    template <class Sizes>
    static constexpr std::size_t parameters = Sizes::features * Sizes::outputs;

private:
    template <fixed_string Id>
    static constexpr auto lambda_name = [] {
        if constexpr (learns_logarithm) {
            return join<Id, ".log_lambda">();
        } else {
            return join<Id, ".lambda">();
        }
    }();
    template <fixed_string Id>
    static constexpr auto own_blocks() {
        if constexpr (learns_logarithm) {
            return std::type_identity<layout<block<Id, "log_lambda", shape<1>>>>{};
        } else if constexpr (learns) {
            return std::type_identity<layout<block<Id, "lambda", shape<1>>>>{};
        } else {
            return std::type_identity<layout<>>{};
        }
    }

public:
    template <fixed_string Id>
    using blocks = typename decltype(own_blocks<Id>())::type;

    // Is the system of the examples the smaller one?
    template <class Sizes>
    static constexpr bool among_examples = Sizes::rows < Sizes::features;
    template <class Sizes>
    static constexpr std::size_t system = among_examples<Sizes> ? Sizes::rows : Sizes::features;

    template <class N, class Sizes>
    struct trace {
        storage<N, system<Sizes> * system<Sizes>> factor;
        storage<N, Sizes::rows * Sizes::outputs> solution;                    // M, or Y - X W
        storage<N, system<Sizes> * Sizes::outputs> solution_bar;              // R
        storage<N, among_examples<Sizes> ? 0 : Sizes::rows * Sizes::outputs> turned;  // - X R
    };

    template <fixed_string Id, class Layout, class T>
    void initialize(T* theta) const noexcept {
        if constexpr (learns_logarithm) {
            theta[lambda_at<Id, Layout>] = static_cast<T>(logarithm(lambda.start));
        } else if constexpr (learns) {
            theta[lambda_at<Id, Layout>] = static_cast<T>(lambda.start);
        }
    }

    template <fixed_string Id, class Layout, class Sizes, class N, class Support>
    void forward(view<N> theta, view<N> features, const Support& support, view<N> head,
                 trace<N, Sizes>& t) const noexcept {
        constexpr std::size_t rows = Sizes::rows, width = Sizes::features, outputs = Sizes::outputs;
        constexpr std::size_t size = system<Sizes>;
        const auto factor = t.factor.all(), solution = t.solution.all();
        if constexpr (among_examples<Sizes>) {
            multiply_transposed_right<rows, width, rows, false>(features, features, factor);
        } else {
            multiply_transposed_left<width, rows, width, false>(features, features, factor);
        }
        for (std::size_t i = 0; i < size; ++i) factor.add(i * size + i, value<Id, Layout>(theta));
        cholesky_factor<size>(factor);
        write_targets<outputs>(support, solution);
        if constexpr (among_examples<Sizes>) {
            cholesky_solve<rows, outputs>(factor, solution);
            multiply_transposed_left<width, rows, outputs, false>(features, solution, head);
        } else {
            multiply_transposed_left<width, rows, outputs, false>(features, solution, head);
            cholesky_solve<width, outputs>(factor, head);
        }
    }

    template <fixed_string Id, class Layout, class Sizes, class N, class Support>
    void vjp(view<N> theta, view<N> theta_bar, view<N> features, view<N> features_bar, view<N> head, view<N> head_bar,
             const Support&, trace<N, Sizes>& t) const noexcept {
        constexpr std::size_t rows = Sizes::rows, width = Sizes::features, outputs = Sizes::outputs;
        const auto solution = t.solution.all(), solution_bar = t.solution_bar.all();
        if constexpr (among_examples<Sizes>) {
            multiply<rows, width, outputs, false>(features, head_bar, solution_bar);
            cholesky_solve<rows, outputs>(t.factor.all(), solution_bar);
            pull_lambda<Id, Layout, rows * outputs>(theta, theta_bar, solution, solution_bar);
            negate(rows * outputs, solution_bar);  // so that both products add
            multiply_transposed_left<width, rows, outputs, true>(features, solution_bar, head_bar);
            multiply_transposed_right<rows, outputs, width, false>(solution, head_bar, features_bar);
            multiply_transposed_right<rows, outputs, width, true>(solution_bar, head, features_bar);
        } else {
            const auto turned = t.turned.all();
            copy(width * outputs, head_bar, solution_bar);
            cholesky_solve<width, outputs>(t.factor.all(), solution_bar);
            pull_lambda<Id, Layout, width * outputs>(theta, theta_bar, head, solution_bar);
            multiply<rows, width, outputs, false>(features, head, turned);
            map(rows * outputs, [](const auto& y, const auto& p) { return y - p; }, solution, solution, turned);
            multiply_transposed_right<rows, outputs, width, false>(solution, solution_bar, features_bar);
            multiply<rows, width, outputs, false>(features, solution_bar, turned);
            negate(rows * outputs, turned);
            multiply_transposed_right<rows, outputs, width, true>(turned, head, features_bar);
        }
    }

private:
    template <fixed_string Id, class Layout>
    static constexpr std::size_t lambda_at = Layout::offset_of(lambda_name<Id>.view());

    template <fixed_string Id, class Layout, class N>
    element_of<N> value(view<N> theta) const noexcept {
        if constexpr (learns_logarithm) {
            return exponential(element_of<N>(theta[lambda_at<Id, Layout>]));
        } else if constexpr (learns) {
            return theta[lambda_at<Id, Layout>];
        } else {
            return element_of<N>(static_cast<scalar_of<N>>(lambda));
        }
    }

    // lambda_bar -= the sum of a b
    template <fixed_string Id, class Layout, std::size_t Count, class N>
    void pull_lambda(view<N> theta, view<N> theta_bar, view<N> a, view<N> b) const noexcept {
        if constexpr (learns) {
            using E = element_of<N>;
            E sum(scalar_of<N>(0));
            for (std::size_t i = 0; i < Count; ++i) sum -= E(a[i]) * E(b[i]);
            if constexpr (learns_logarithm) sum *= value<Id, Layout>(theta);
            theta_bar.add(lambda_at<Id, Layout>, sum);
        }
    }

    template <std::size_t Outputs, class Support, class N>
    static void write_targets(const Support& support, view<N> targets) noexcept {
        using T = scalar_of<N>;
        using E = element_of<N>;
        for (std::size_t i = 0; i < Support::count; ++i) {
            for (std::size_t o = 0; o < Outputs; ++o) {
                if constexpr (detail::is_labelled<Support>) {
                    targets.set(i * Outputs + o, E(T(detail::class_of(support, i) == o)));
                } else {
                    targets.set(i * Outputs + o, E(T(support.targets[i * Outputs + o])));
                }
            }
        }
    }
    template <class N>
    static void negate(std::size_t count, view<N> numbers) noexcept {
        map(count, [](const auto& r) { return -r; }, numbers, numbers);
    }
};

}  // namespace priori
