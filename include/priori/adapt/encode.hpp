// SPDX-License-Identifier: BSL-1.0
// encode<"code">(encoder, relation): the support set, as one latent code for each class.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/config/config.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/nn/network.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace priori {

namespace detail {

template <class Description, fixed_string Id, class Before, class Objective, class Support>
struct encoding;

struct no_relation {
    static constexpr std::size_t size = 0;
};

}  // namespace detail

// e_i = encoder(x_i); code_n = the mean over i in class n and all j of relation([e_i, e_j]), i = j included.
// Without a relation code_n is the mean of e_i over class n. Where targets are numbers there is one code, of all
// examples, and the encoder sees [x_i, y_i].
// Shapes: support (B, In...), e (B, E), code (classes, Z) into the scratch block Code; classes may differ in number.
// Derivative: the code is written over, so its old value gets no cotangent; both networks get theirs.
// Cost: B runs of the encoder and B^2 of the relation forward, about twice that back.
// Reference: Rusu et al. 2019 (LEO), equations 1 to 3, without the sampling; Garnelo et al. 2018 (CNP), equation 1.
template <fixed_string Code, class Encoder, class Relation>
struct encode_stage {
    static constexpr fixed_string kind{"encode"};
    static constexpr bool is_stage = true;
    static constexpr auto code = Code;

    Encoder encoder;
    Relation relation;

    template <class>
    static constexpr bool writes(std::string_view block) {
        return lies_within(block, Code.view());
    }
    template <fixed_string Id, class Before, class Objective, class Support>
    using bound = detail::encoding<encode_stage, Id, Before, Objective, Support>;

    using encoder_type = Encoder;
    using relation_type = Relation;
    static constexpr bool relates = !std::is_same_v<Relation, detail::no_relation>;
};

template <fixed_string Code, fixed_string P, class I, class... L, fixed_string Q, class J, class... M>
constexpr encode_stage<Code, network<P, I, L...>, network<Q, J, M...>> encode(network<P, I, L...> encoder,
                                                                              network<Q, J, M...> relation) {
    return {encoder, relation};
}
template <fixed_string Code, fixed_string P, class I, class... L>
constexpr encode_stage<Code, network<P, I, L...>, detail::no_relation> encode(network<P, I, L...> encoder) {
    return {encoder, {}};
}
template <fixed_string Code, detail::LacksInput Other>
constexpr auto encode(Other layers) {
    static_assert(sizeof(Other) == 0,
                  "[priori:A316] encode: the encoder is a network with an input of its own; begin it with "
                  "input_of<\"encoder\", N>, N the features that stand before the code.");
    return layers;
}

namespace detail {

template <class Description, fixed_string Id, class Before, class Objective, class Support>
struct encoding {
    using encoder_type = typename Description::encoder_type;
    using relation_type = typename Description::relation_type;
    static constexpr bool relates = Description::relates;
    static constexpr bool sees_targets = !is_labelled<Support>;
    static constexpr std::size_t rows = Support::count;
    static constexpr std::size_t classes = classes_of<typename Support::target_shape>;
    static constexpr std::size_t encoded = encoder_type::output_shape::size;
    static constexpr std::size_t input_size = Support::input_shape::size + (sees_targets ? Support::target_size : 0);

    static constexpr auto code_type() {
        if constexpr (relates) {
            return std::type_identity<typename relation_type::output_shape>{};
        } else {
            return std::type_identity<typename encoder_type::output_shape>{};
        }
    }
    static constexpr std::size_t code_size = decltype(code_type())::type::size;

    static constexpr auto grown() {
        using with_encoder = merged_layout<Before, typename encoder_type::blocks>;
        using own = layout<block<Description::code, "", shape<classes, code_size>, role::scratch>>;
        if constexpr (relates) {
            using with_both = merged_layout<with_encoder, typename relation_type::blocks>;
            return std::type_identity<merged_layout<with_both, own>>{};
        } else {
            return std::type_identity<merged_layout<with_encoder, own>>{};
        }
    }
    using layout_after = typename decltype(grown())::type;
    template <class Layout>
    static constexpr std::size_t code_at = Layout::offset_of(Description::code.view());

    // Is Code the name of a group of blocks, which a block of the code would stand behind?
    static constexpr bool names_layer = [] {
        for (std::size_t i = 0; i < Before::count; ++i) {
            const std::string_view code = Description::code.view();
            if (Before::groups[i] == code && Before::names[i] != code) return true;
        }
        return false;
    }();

    // The sentence for networks that do not go with the episode, or with each other; empty if all is well.
    static consteval auto refusal() {
        using encoder_input = typename encoder_type::input_shape;
        using example = typename Support::input_shape;
        if constexpr (names_layer) {
            return join<"[priori:A319] encode: the model has a layer named ", Description::code,
                        ", whose parameters encode does not make; give the code a name of its own and put write<\"",
                        Description::code, "\", CODE>(decoder) behind it.">();
        } else if constexpr (!sees_targets && !std::is_same_v<encoder_input, example>) {
            return join<"[priori:A312] encode: the encoder begins with an input of shape ", text_of<encoder_input>,
                        ", the inputs of the episode have shape ", text_of<example>,
                        "; give it the shape of one "
                        "example.">();
        } else if constexpr (sees_targets && encoder_input::size != input_size) {
            return join<
                "[priori:A313] encode: the targets are numbers, so the encoder sees an example beside its target; "
                "give it input_of<..., ",
                decimal<input_size>(), ">, not ", decimal<encoder_input::size>(), ".">();
        } else if constexpr (encoder_type::refusal().length > 0) {
            return encoder_type::refusal();
        } else if constexpr (encoder_type::template scattered<layout_after>().length > 0) {
            return encoder_type::template scattered<layout_after>();
        } else if constexpr (relates) {
            return relation_refusal();
        } else {
            return accepted;
        }
    }
    static consteval auto relation_refusal() {
        constexpr std::size_t seen = relation_type::input_shape::size;
        if constexpr (seen != 2 * encoded) {
            return join<"[priori:A311] encode: the relation sees two encoded examples side by side, ",
                        decimal<2 * encoded>(), " numbers, its input has ", decimal<seen>(), "; give it input_of<..., ",
                        decimal<2 * encoded>(), ">.">();
        } else if constexpr (relation_type::refusal().length > 0) {
            return relation_type::refusal();
        } else {
            return relation_type::template scattered<layout_after>();
        }
    }

    struct nothing {};
    template <class N, class Layout, class Rule, class = Support>
    struct trace {
        network_run<encoder_type, rows, N, sees_targets> encoder;
        std::conditional_t<relates, network_run<relation_type, rows * rows, N, true>, nothing> relation;
        storage<N, classes * code_size> code_before;
    };

    template <class Layout, class T>
    static void initialize(const Description& stage, key k, T* theta) noexcept {
        initialize_network<Layout>(stage.encoder, k, theta);
        if constexpr (relates) initialize_network<Layout>(stage.relation, k, theta);
    }

    template <class Layout, class Rule, class Context, class N, class Trace>
    static void forward(const Context& context, view<N> theta, const Support& support, Trace& t) noexcept {
        if constexpr (sees_targets) {
            gather_examples(support, t.encoder.own_input());
        } else {
            t.encoder.look_at(support.inputs);
        }
        t.encoder.template forward<Layout>(context.stage.encoder, theta, context.how);
        const auto e = t.encoder.output();
        const auto code = theta.at(code_at<Layout>);
        copy(classes * code_size, code, t.code_before.all());
        fill_zero(classes * code_size, code);
        if constexpr (relates) {
            const auto pairs = t.relation.own_input();
            for (std::size_t i = 0; i < rows; ++i) {
                for (std::size_t j = 0; j < rows; ++j) {
                    copy(encoded, e.at(i * encoded), pairs.at((i * rows + j) * 2 * encoded));
                    copy(encoded, e.at(j * encoded), pairs.at((i * rows + j) * 2 * encoded + encoded));
                }
            }
            t.relation.template forward<Layout>(context.stage.relation, theta, context.how);
            each_part(support, [&](std::size_t n, std::size_t part, auto weight) {
                map_add(code_size, scaled{weight}, code.at(n * code_size), t.relation.output().at(part * code_size));
            });
        } else {
            each_part(support, [&](std::size_t n, std::size_t part, auto weight) {
                map_add(code_size, scaled{weight}, code.at(n * code_size), e.at(part * code_size));
            });
        }
    }

    template <class Layout, class Rule, class Context, class N, class Trace>
    static void vjp(const Context& context, view<N> theta, view<N> theta_bar, const Support& support,
                    Trace& t) noexcept {
        const auto code_bar = theta_bar.at(code_at<Layout>);
        const auto e_bar = t.encoder.output_bar();
        copy(classes * code_size, t.code_before.all(), theta.at(code_at<Layout>));
        const auto spread = [&](auto parts_bar) {
            each_part(support, [&](std::size_t n, std::size_t part, auto weight) {
                map(code_size, scaled{weight}, parts_bar.at(part * code_size), code_bar.at(n * code_size));
            });
        };
        if constexpr (relates) {
            spread(t.relation.output_bar());
            t.relation.template backward<Layout, true>(context.stage.relation, theta, theta_bar);
            const auto pairs_bar = t.relation.input_bar();
            fill_zero(rows * encoded, e_bar);
            for (std::size_t i = 0; i < rows; ++i) {
                for (std::size_t j = 0; j < rows; ++j) {
                    add(encoded, pairs_bar.at((i * rows + j) * 2 * encoded), e_bar.at(i * encoded));
                    add(encoded, pairs_bar.at((i * rows + j) * 2 * encoded + encoded), e_bar.at(j * encoded));
                }
            }
        } else {
            spread(e_bar);
        }
        fill_zero(classes * code_size, code_bar);
        t.encoder.template backward<Layout, false>(context.stage.encoder, theta, theta_bar);
    }

private:
    template <class T>
    struct scaled {
        T weight;
        template <class N>
        PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
            return x * weight;
        }
    };
    template <class T>
    scaled(T) -> scaled<T>;

    // f(class, part, weight) for all that is averaged: rows, or ordered pairs of rows.
    template <class F>
    static void each_part(const Support& support, F&& f) noexcept {
        using T = typename Support::scalar;
        constexpr std::size_t width = relates ? rows : 1;
        for (std::size_t i = 0; i < rows; ++i) {
            const T weight = share_of_class(support, i) / T(width);
            for (std::size_t j = 0; j < width; ++j) f(class_of(support, i), i * width + j, weight);
        }
    }

    template <class N>
    static void gather_examples(const Support& support, view<N> input) noexcept {
        using T = typename Support::scalar;
        constexpr std::size_t in = Support::input_shape::size, out = Support::target_size;
        for (std::size_t i = 0; i < rows; ++i) {
            copy(in, view<T>(support.inputs + i * in), input.at(i * (in + out)));
            copy(out, view<T>(support.targets + i * out), input.at(i * (in + out) + in));
        }
    }
};

}  // namespace detail

}  // namespace priori
