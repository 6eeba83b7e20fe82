// SPDX-License-Identifier: BSL-1.0
// labelled_data: examples and their labels in memory, seen through spans, with an index of the examples of each class.
#pragma once

#include <priori/config/config.hpp>

#if !defined(PRIORI_FREESTANDING)

#include <priori/core/error.hpp>
#include <priori/core/shape.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace priori {

// The examples are not copied: the memory behind the span has to outlive this object and what is made of it. The labels
// are read once. Shapes: examples (count, Input...), one after the other, row-major; labels (count).
// Cost: at construction one pass, and 4 bytes an example and 8 a class for the index; nothing is allocated later.
// Throws: error (bad_shape) where the scalars are no whole number of examples, (mismatch) where examples and labels
// differ in number, (bad_value) where a label is negative or not below class_count.
// Example: labelled_data data(shape<28, 28>{}, std::span(pixels), std::span(classes));
template <class Input, class Scalar>
class labelled_data {
    static_assert(std::is_arithmetic_v<Scalar>, "[priori:E103] labelled_data: examples are made of numbers.");

public:
    using input_shape = Input;
    using scalar = Scalar;

    // class_count 0: one more than the largest label.
    // A temporary container is refused by the compiler: the span would outlive it.
    template <std::ranges::contiguous_range Examples, class Labels>
    requires std::ranges::borrowed_range<Examples> labelled_data(Input, Examples&& examples, const Labels& labels,
                                                                 std::size_t class_count = 0)
        : examples_(std::ranges::data(examples), std::ranges::size(examples)) {
        index(std::span(labels), class_count);
    }

    std::size_t size() const noexcept { return rows_.size(); }
    std::size_t class_count() const noexcept { return first_.size() - 1; }

    // Shape Input, row-major.
    std::span<const Scalar, Input::size> example(std::size_t number) const noexcept {
        return std::span<const Scalar, Input::size>(examples_.data() + number * Input::size, Input::size);
    }

    // The numbers of the examples of class c, ascending.
    std::span<const std::uint32_t> examples_of(std::size_t c) const noexcept {
        return std::span(rows_).subspan(first_[c], first_[c + 1] - first_[c]);
    }

    // Names of the classes, for messages alone: one for each class.
    // Throws: error (mismatch) for another number of names.
    void name_classes(std::vector<std::string> names) {
        if (names.size() != class_count())
            fail(error_kind::mismatch, "labelled_data: " + std::to_string(names.size()) + " names are given for " +
                                           std::to_string(class_count()) + " classes; give each class one.");
        names_ = std::move(names);
    }

    // As messages call class c: by its number, and its name where it has one.
    std::string shown_class(std::size_t c) const {
        return "class " + std::to_string(c) + (c < names_.size() ? " ('" + names_[c] + "')" : "");
    }

private:
    template <class Label, std::size_t Extent>
    void index(std::span<Label, Extent> labels, std::size_t class_count) {
        const std::size_t count = examples_.size() / Input::size;
        if (count * Input::size != examples_.size() || count > std::numeric_limits<std::uint32_t>::max()) {
            fail(error_kind::bad_shape, "labelled_data: " + std::to_string(examples_.size()) +
                                            " numbers are no whole number of examples of " +
                                            std::to_string(Input::size) + "; look at the shape of an example.");
        }
        if (count != labels.size()) {
            fail(error_kind::mismatch, "labelled_data: there are " + std::to_string(count) + " examples and " +
                                           std::to_string(labels.size()) + " labels; each example takes one label.");
        }
        const std::size_t limit = class_count != 0 ? class_count : count == 0 ? 0 : largest_of(labels) + 1;
        first_.assign(limit + 1, 0);
        for (std::size_t i = 0; i < count; ++i) ++first_[checked(labels[i], i, limit) + 1];
        for (std::size_t c = 0; c < limit; ++c) first_[c + 1] += first_[c];
        std::vector<std::size_t> next(first_);
        rows_.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            rows_[next[static_cast<std::size_t>(labels[i])]++] = static_cast<std::uint32_t>(i);
        }
    }

    // With no class count given, a label past every example is taken for garbage: it would only make empty classes.
    template <class Labels>
    static std::size_t largest_of(const Labels& labels) {
        std::size_t largest = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const std::size_t label = checked(labels[i], i, labels.size());
            if (label > largest) largest = label;
        }
        return largest;
    }

    template <class Label>
    static std::size_t checked(Label label, std::size_t example, std::size_t limit) {
        static_assert(std::is_integral_v<Label>, "[priori:E104] labelled_data: labels are whole numbers, from 0 on.");
        const bool negative = std::is_signed_v<Label> && label < Label{};
        if (negative || static_cast<std::uint64_t>(label) >= limit) {
            fail(error_kind::bad_value, "labelled_data: example " + std::to_string(example) + " has the label " +
                                            std::to_string(label) + "; labels run from 0 to " +
                                            std::to_string(limit - 1) + " here.");
        }
        return static_cast<std::size_t>(label);
    }

    std::span<const Scalar> examples_;
    std::vector<std::uint32_t> rows_;  // example numbers, class after class
    std::vector<std::size_t> first_;   // class c owns rows_[first_[c]] .. rows_[first_[c + 1] - 1]
    std::vector<std::string> names_;   // of the classes; empty where they have none
};

template <class Input, class Examples, class Labels>
labelled_data(Input, Examples&&, const Labels&, std::size_t = 0)
    -> labelled_data<Input, std::ranges::range_value_t<Examples>>;

}  // namespace priori

#endif
