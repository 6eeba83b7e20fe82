// SPDX-License-Identifier: BSL-1.0
// Runs an objective from the golden parameters: loss, gradient, Hessian-vector product; running averages as in
// image_average_norm of the script.
#pragma once

#include "goldens/inputs.hpp"

#include <priori/ad/view.hpp>
#include <priori/adapt/objective.hpp>
#include <priori/loss/mse.hpp>
#include <priori/simd/pack.hpp>
#include <priori/task/batch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

namespace priori::goldens {

struct network_errors {
    double loss = 0, gradient = 0, product = 0, dual_product = 0, dual_gradient = 0, lean_gradient = 0;

    double largest() const {
        const double plain = maximum(maximum(loss, gradient), maximum(product, lean_gradient));
        return maximum(plain, maximum(dual_product, dual_gradient));
    }
};

template <class Objective, class Batch, std::size_t Size>
network_errors errors_on(const Batch& batch, const Objective& objective, double loss,
                         const std::array<double, Size>& gradient, const std::array<double, Size>& product,
                         const pass& how = {true}) {
    using T = typename Batch::scalar;
    using layout = typename Objective::blocks;
    static_assert(layout::learned_size() == Size);
    constexpr std::size_t all = layout::size;
    T theta[all], way[all]{}, bar[all]{}, dbar[all]{}, lean_bar[all]{}, lifted_bar[all]{}, lifted_dbar[all]{};
    std::size_t place[Size], learned = 0;
    for (std::size_t b = 0; b < layout::count; ++b) {
        for (std::size_t i = 0; i < layout::sizes[b]; ++i) {
            const std::size_t at = layout::offsets[b] + i;
            if (layout::roles[b] == role::buffer) {
                const bool is_mean = layout::names[b].ends_with(".mean");
                theta[at] = T(is_mean ? 0.3 * parameter(int(i)) : 1 + 0.5 * parameter(int(i)));
            } else {
                theta[at] = T(parameter(int(learned))), way[at] = T(direction(int(learned)));
                place[learned++] = at;
            }
        }
    }
    using tape_type = typename Objective::template tape<T, layout, all_blocks, Batch>;
    using lean_type = typename Objective::template gradient_tape<T, layout, all_blocks, Batch>;
    using lifted_type = typename Objective::template tape<dual<T>, layout, all_blocks, Batch>;
    using sweep_type = typename Objective::template sweep<T, layout, all_blocks, Batch>;
    const auto tape = std::make_unique<tape_type>();
    const auto lean = std::make_unique<lean_type>();
    const auto lifted = std::make_unique<lifted_type>();
    const auto sweep = std::make_unique<sweep_type>();
    tape->how = lean->how = lifted->how = how;

    network_errors error;
    objective.template begin<layout, all_blocks>(view<T>(theta), batch, *tape);
    const T value = objective.template gradient<layout, all_blocks>(view<T>(theta), batch, view<T>(bar), *tape, *tape);
    objective.template begin<layout, all_blocks>(view<T>(theta), batch, *lean);
    objective.template gradient<layout, all_blocks>(view<T>(theta), batch, view<T>(lean_bar), *lean, *lean);
    sweep->start();
    objective.template tangent<layout, all_blocks>(view<T>(theta), view<T>(way), batch, view<T>(dbar), *tape, *tape,
                                                   *sweep);

    view<dual<T>> both, both_bar;
    both.value = view<T>(theta), both.tangent = view<T>(way);
    both_bar.value = view<T>(lifted_bar), both_bar.tangent = view<T>(lifted_dbar);
    objective.template begin<layout, all_blocks>(both, batch, *lifted);
    objective.template gradient<layout, all_blocks>(both, batch, both_bar, *lifted, *lifted);

    error.loss = std::abs(double(value) - loss);
    for (std::size_t i = 0; i < Size; ++i) {
        const auto worse = [](double& worst, double expected, T found) {
            const double now = std::abs(double(found) - expected);
            worst = maximum(worst, now);  // a NaN stays
        };
        worse(error.gradient, gradient[i], bar[place[i]]);
        worse(error.product, product[i], dbar[place[i]]);
        worse(error.lean_gradient, gradient[i], lean_bar[place[i]]);
        worse(error.dual_gradient, gradient[i], lifted_bar[place[i]]);
        worse(error.dual_product, product[i], lifted_dbar[place[i]]);
    }
    return error;
}

// Of `model | mse` on the six support rows of the golden layers.
template <class T, class Model, std::size_t Size>
network_errors errors_of(const Model& model, double loss, const std::array<double, Size>& gradient,
                         const std::array<double, Size>& product, const pass& how = {true}) {
    using input_shape = typename Model::input_shape;
    using output_shape = typename Model::output_shape;
    std::vector<T> x(6 * input_shape::size), y(6 * output_shape::size);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = T(support_input(int(i)));
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = T(support_target(int(i)));
    const batch_view<T, 6, input_shape, output_shape> batch{x.data(), y.data()};
    return errors_on(batch, model | mse, loss, gradient, product, how);
}

}  // namespace priori::goldens
