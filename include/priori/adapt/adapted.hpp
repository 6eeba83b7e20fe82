// SPDX-License-Identifier: BSL-1.0
// adapted: a model with the parameters that a task gave it; owns them, and predicts.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/detail/loss_refusal.hpp>
#include <priori/adapt/detail/network_parameters.hpp>
#include <priori/core/result.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/batch_places.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>
#include <priori/nn/reference.hpp>
#include <priori/nn/sweep.hpp>
#include <priori/task/batch.hpp>
#include <priori/tensor/parameters.hpp>
#include <priori/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace priori {

// Copies freely and outlives what made it. Predictions allocate nothing; their activations live on the stack, or, of
// large models, in lent memory; failing that each prediction takes memory from the heap.
template <class T, class Objective, class Layout>
class adapted {
public:
    using model_type = typename Objective::model_type;
    using input_shape = typename model_type::input_shape;
    using output_shape = typename model_type::output_shape;
    static constexpr std::size_t inputs = input_shape::size;
    static constexpr std::size_t outputs = output_shape::size;

private:
    template <std::size_t Count>
    using rows_of = rows<Count, model_type::uses_reference ? frozen : 0>;
    // The most that a prediction puts on the stack.
    static constexpr std::size_t on_the_stack = 1024 * 1024;
    template <class Rows>
    static constexpr std::size_t place_for = [] {
        constexpr std::size_t size = plan_of<model_type, Rows, tape_use::forward>.size;
        return size * sizeof(T) > on_the_stack ? size : 0;
    }();

public:
    adapted() = default;
    explicit adapted(const Objective& objective) noexcept : objective_(objective) {}

    named_parameters<const T, Layout> parameters() const noexcept {
        return named_parameters<const T, Layout>(theta_.elements);
    }
    view<T> theta() noexcept { return theta_.all(); }

    // How many steps of the inner loop the parameters took: layers that differ from step to step go by it.
    void have_taken(std::size_t steps) noexcept { how_.taken = static_cast<std::uint32_t>(steps); }

    // After adaptation, for a model that predicts by the statistics of its support set: keeps them.
    template <class Support>
    void look_at(const Support& support) noexcept {
        if constexpr (model_type::uses_reference) {
            using batch_rows = rows<Support::count>;
            in_place_for<batch_rows>([&](T* values) {
                run<batch_rows>(support.inputs, values);
                keep_reference<model_type, batch_rows, tape_use::forward>(values, reference_.elements);
            });
        }
    }

    // Numbers that Count predictions at once need beside the stack: 0 for small ones.
    template <std::size_t Count>
    static constexpr std::size_t place_of = place_for<rows_of<Count>>;
    template <std::size_t Count>
    static constexpr std::size_t place_to_look = model_type::uses_reference ? place_for<rows<Count>> : 0;

    // Lends memory for predictions, which has to last as long as they are made, by copies too.
    void lend(std::span<T> place) noexcept { lent_ = place; }

    // The prediction for one number: where the input and the output are one number each.
    T operator()(T x) const noexcept
        requires(inputs == 1 && outputs == 1)
    {
        T y(0);
        predict_rows<1>(&x, &y);
        return y;
    }

    // Shapes: x (inputs), y (outputs), row-major.
    tensor_of<T, output_shape> operator()(const tensor_of<T, input_shape>& x) const noexcept {
        tensor_of<T, output_shape> y;
        predict_rows<1>(x.data(), y.data());
        return y;
    }

    // Any number of examples, one after the other: x (n, inputs), y (n, outputs).
    // A model that normalizes by the batch at hand sees groups of 16 examples as batches of their own, or of 8, 4 or 2
    // where there are fewer in all; the last group is filled up with examples before it. For one batch give it a batch.
    // Errors: bad_shape where the spans do not hold the same whole number of examples, or hold a single one that such a
    // model would normalize to nothing.
    result<void> try_predict(std::span<const T> x, std::span<T> y) const noexcept {
        constexpr std::size_t group = 16;
        const std::size_t count = x.size() / inputs;
        if (count * inputs != x.size() || count * outputs != y.size()) {
            return failure{error_kind::bad_shape,
                           "predict: the spans do not hold the same number of examples; x wants n "
                           "inputs, y n outputs, row-major."};
        }
        if constexpr (rows_see_each_other) {
            if (count >= group) {
                predict_groups<group>(count, x.data(), y.data());
            } else if (count >= 8) {
                predict_groups<8>(count, x.data(), y.data());
            } else if (count >= 4) {
                predict_groups<4>(count, x.data(), y.data());
            } else if (count >= 2) {
                predict_groups<2>(count, x.data(), y.data());
            } else if constexpr (takes_one_row) {
                if (count == 1) predict_rows<1>(x.data(), y.data());
            } else if (count == 1) {
                return failure{error_kind::bad_shape,
                               "predict: the model normalizes by the batch at hand, and of one example nothing is "
                               "left; give it several."};
            }
        } else {
            std::size_t i = 0;
            for (; i + group <= count; i += group) predict_rows<group>(x.data() + i * inputs, y.data() + i * outputs);
            for (; i < count; ++i) predict_rows<1>(x.data() + i * inputs, y.data() + i * outputs);
        }
        return {};
    }
#if !defined(PRIORI_FREESTANDING)
    // Throws: error, where try_predict returns a failure.
    void predict(std::span<const T> x, std::span<T> y) const { try_predict(x, y).value(); }
#endif

    // The predictions for the inputs of a batch, as one batch.
    template <std::size_t Count, class Target>
    batch_tensor<T, Count, output_shape> operator()(const batch<T, Count, input_shape, Target>& rows) const noexcept {
        batch_tensor<T, Count, output_shape> y;
        predict_rows<Count>(rows.inputs.data(), y.data());
        return y;
    }

    // The loss on a batch, whose targets have to go with the outputs.
    // Throws: error (bad_value) for a label that is no class; without exceptions that stops the program.
    template <std::size_t Count, class Target>
    T loss(const batch<T, Count, input_shape, Target>& rows) const noexcept(!detail::has_labels<Target>) {
        using loss_type = decltype(Objective::loss);
        constexpr auto text = detail::loss_refusal<loss_type, output_shape, Target>();
        static_assert(mistake<detail::printed<text>()>::is_corrected);
        if constexpr (text.length > 0) return T(0);
        if (!detail::are_classes<Target>(rows.targets.data(), Count)) {
            detail::refuse_access(failure{error_kind::bad_value,
                                          "loss: a label is not a class; labels run from 0 to ways - 1."});
        }
        batch_tensor<T, Count, output_shape> y;
        predict_rows<Count>(rows.inputs.data(), y.data());
        return objective_.loss.template gradient<Count, output_shape>(view<T>(y.data()), rows.targets.data(),
                                                                      view<void>{});
    }

    // The share of a batch's examples whose largest output is their label's; an output that is not a number is none.
    template <std::size_t Count, std::size_t Ways>
    T accuracy(const batch<T, Count, input_shape, labels<Ways>>& rows) const noexcept {
        batch_tensor<T, Count, output_shape> y;
        predict_rows<Count>(rows.inputs.data(), y.data());
        std::size_t right = 0;
        for (std::size_t i = 0; i < Count; ++i) {
            const T* scores = y.data() + i * outputs;
            std::size_t best = 0;
            bool are_numbers = true;
            for (std::size_t c = 0; c < outputs; ++c) {
                best = scores[c] > scores[best] ? c : best;
                are_numbers = are_numbers && scores[c] == scores[c];
            }
            right += are_numbers && best == static_cast<std::size_t>(rows.targets.data()[i]);
        }
        return static_cast<T>(right) / static_cast<T>(Count);
    }

private:
    static constexpr bool rows_see_each_other = batch_places<model_type> != alone;
    static constexpr bool takes_one_row = batch_places<model_type> > 1;

    // Groups of Size examples, at most `count`; the last one ends with the last example.
    template <std::size_t Size>
    void predict_groups(std::size_t count, const T* x, T* y) const noexcept {
        std::size_t i = 0;
        for (; i + Size <= count; i += Size) predict_rows<Size>(x + i * inputs, y + i * outputs);
        if (i == count) return;
        storage<T, Size * outputs> last;
        predict_rows<Size>(x + (count - Size) * inputs, last.elements);
        copy((count - i) * outputs, view<T>(last.elements).at((i + Size - count) * outputs), view<T>(y + i * outputs));
    }

    template <std::size_t Count>
    void predict_rows(const T* x, T* y) const noexcept {
        static_assert(Count > 1 || takes_one_row,
                      "[priori:A315] predict: the model normalizes by the batch at hand, and of one example nothing is "
                      "left; predict several at once, or normalize by running or support_statistics.");
        in_place_for<rows_of<Count>>([&](T* values) {
            give_reference<model_type, rows_of<Count>, tape_use::forward>(reference_.elements, values);
            copy(Count * outputs, run<rows_of<Count>>(x, values), view<T>(y));
        });
    }

    // f(values), with room for the activations of one run.
    template <class Rows, class F>
    void in_place_for(const F& f) const noexcept {
        using numbers = storage<T, plan_of<model_type, Rows, tape_use::forward>.size>;
        if constexpr (place_for<Rows> == 0) {
            numbers values;
            f(values.elements);
        } else if (place_for<Rows> <= lent_.size()) {
            f(lent_.data());
        } else {
#if defined(PRIORI_FREESTANDING)
            static_assert(sizeof(numbers) == 0,
                          "[priori:A307] predict: the activations of so many examples at once are too large for the "
                          "stack; predict them in smaller batches, or by spans.");
#else
            f(std::make_unique_for_overwrite<numbers>()->elements);
#endif
        }
    }

    // The outputs, in `values`.
    template <class Rows>
    view<T> run(const T* x, T* values) const noexcept {
        const auto arrays = detail::plain_arrays<model_type, Rows, 0, tape_use::forward, true>(
            view<T>(x), view<T>(values), view<T>(values));
        run_forward<0, model_type::size, Rows>(
            objective_.model, detail::plain_parameters<model_type, Layout, T>{theta_.all()}, arrays, how_);
        return arrays.template activation<model_type::size>();
    }

    Objective objective_;
    storage<T, Layout::size> theta_;
    storage<T, reference_size<model_type>> reference_;
    std::span<T> lent_;
    pass how_{};
};

}  // namespace priori
