// SPDX-License-Identifier: BSL-1.0
// signature_of<Learner>: what parameters belong to, as a text that is known at compile time.
#pragma once

#include <priori/core/hana.hpp>
#include <priori/tensor/layout.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace priori {

namespace detail {

// Counts the characters, and writes them where there is room.
struct text_sink {
    char* out = nullptr;
    std::size_t size = 0;

    constexpr text_sink& add(std::string_view text) {
        for (const char c : text) {
            if (out != nullptr) out[size] = c;
            ++size;
        }
        return *this;
    }
    constexpr text_sink& add(std::size_t number) {
        if (number >= 10) add(number / 10);
        const char digit = static_cast<char>('0' + number % 10);
        return add(std::string_view(&digit, 1));
    }
    template <class Shape>
    constexpr text_sink& add_shape() {
        add("(");
        for (std::size_t i = 0; i < Shape::rank; ++i) {
            if (i > 0) add(",");
            add(Shape::extents[i]);
        }
        return add(")");
    }
};

template <class Kinded>
constexpr void add_kind(text_sink& text) {
    if constexpr (requires { Kinded::kind.view(); }) {
        text.add(Kinded::kind.view());
    } else {
        text.add("rule");
    }
    if constexpr (requires { Kinded::variant.view(); }) text.add(Kinded::variant.view());
}

template <class... Blocks>
constexpr void add_blocks(text_sink& text, std::type_identity<layout<Blocks...>>) {
    ((text.add(" ").add(Blocks::name.view()).template add_shape<typename Blocks::shape_type>()), ...);
}

template <class Stage, class Model>
constexpr void add_adaptation(text_sink& text) {
    text.add("<").add(Stage::steps).add("> ");
    add_kind<std::remove_cvref_t<decltype(std::declval<Stage&>().optimizer)>>(text);
    if (Stage::minibatch > 0) text.add(" minibatch<").add(Stage::minibatch).add(">");
    if (Stage::has_proximal) text.add(" proximal");
    if (Stage::is_through) text.add(" through");
    bool moves_all = true;
    for (std::size_t b = 0; b < Model::count; ++b)
        moves_all = moves_all && Stage::chosen::template contains<Model>(Model::names[b]);
    if (moves_all) return;
    text.add(" of");
    for (std::size_t b = 0; b < Model::count; ++b)
        if (Stage::chosen::template contains<Model>(Model::names[b])) text.add(" ").add(Model::names[b]);
}

template <class Stage, class Model>
constexpr void add_stage(text_sink& text) {
    text.add("; ");
    add_kind<Stage>(text);
    if constexpr (requires { requires Stage::is_adaptation; }) add_adaptation<Stage, Model>(text);
}

// Each layer behind a space; the layers inside of one in brackets.
template <class Network>
constexpr void add_layers(text_sink& text) {
    each<Network::size>([&](auto i) {
        using layer = typename Network::template layer_type<i>;
        using in = typename Network::template shape_at<i>;
        text.add(" ");
        add_kind<layer>(text);
        text.template add_shape<typename Network::template shape_at<i + 1>>();
        if constexpr (requires { typename layer::template inner<in>; }) {
            text.add("[");
            add_layers<typename layer::template inner<in>>(text);
            text.add(" ]");
        }
        if constexpr (requires { typename layer::template shortcut<in>; }) {
            text.add("+[");
            add_layers<typename layer::template shortcut<in>>(text);
            text.add(" ]");
        }
    });
}

template <class Program>
constexpr std::size_t write_signature(char* out) {
    using objective = typename Program::objective_type;
    using model = typename objective::model_type;
    text_sink text{out};
    text.add(sizeof(typename Program::scalar) == sizeof(float) ? "float; input" : "double; input");
    text.template add_shape<typename model::input_shape>();
    add_layers<model>(text);
    text.add("; ");
    add_kind<std::remove_cvref_t<decltype(std::declval<objective&>().loss)>>(text);
    each<Program::stages>(
        [&](auto i) { add_stage<typename Program::template stage_type<i>, typename objective::blocks>(text); });
    text.add(";");
    add_blocks(text, std::type_identity<typename Program::layout_type>{});
    return text.size;
}

template <class Program>
inline constexpr auto signature_characters = [] {
    std::array<char, write_signature<Program>(nullptr)> result{};
    write_signature<Program>(result.data());
    return result;
}();

}  // namespace detail

// Number, layers with their variants and output shapes, loss, stages with their step counts and options, blocks with
// their shapes:
// "float; input(1) dense(40) relu(40) dense(1); mse; adapt<5> sgd; dense_0.weight(1,40) ...". Not in it: what the
// parameters do not depend on at test, the meta-gradient and the outer rule; and numbers such as rates.
// Learner is a learner or an adapter.
// Example: static_assert(signature_of<decltype(device)> == trained::signature);
template <class Learner>
inline constexpr std::string_view signature_of{detail::signature_characters<typename Learner::program_type>.data(),
                                               detail::signature_characters<typename Learner::program_type>.size()};

}  // namespace priori
