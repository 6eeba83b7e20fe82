// SPDX-License-Identifier: BSL-1.0
// write<"head", "code">(decoder): a layer's parameters, decoded from codes.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/initialize.hpp>
#include <priori/nn/network.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <string_view>

namespace priori {

namespace detail {

template <class Description, fixed_string Id, class Before, class Objective, class Support>
struct writing;

}  // namespace detail

// Column n of the layer Head = decoder(code_n): the weights of class n, and its bias after them if the layer has one.
// Shapes: code (classes, Z), decoder Z to In, or In + 1 with a bias; head (In, classes), stored as dense stores it.
// Derivative: the head is written over, so its old value gets no cotangent; code and decoder get theirs.
// Cost: one run of the decoder a class, about twice that back.
// Reference: Rusu et al. 2019 (LEO), equation 4, without the sampling.
template <fixed_string Head, fixed_string Code, class Decoder>
struct write_stage {
    static constexpr fixed_string kind{"write"};
    static constexpr bool is_stage = true;
    static constexpr auto head = Head;
    static constexpr auto code = Code;

    Decoder decoder;

    template <class>
    static constexpr bool writes(std::string_view block) {
        return lies_within(block, Head.view());
    }
    template <fixed_string Id, class Before, class Objective, class Support>
    using bound = detail::writing<write_stage, Id, Before, Objective, Support>;

    using decoder_type = Decoder;
};

template <fixed_string Head, fixed_string Code, fixed_string P, class I, class... L>
constexpr write_stage<Head, Code, network<P, I, L...>> write(network<P, I, L...> decoder) {
    return {decoder};
}
template <fixed_string Head, fixed_string Code, detail::LacksInput Other>
constexpr auto write(Other layers) {
    static_assert(sizeof(Other) == 0,
                  "[priori:A317] write: the decoder is a network with an input of its own; begin it with "
                  "input_of<\"decoder\", N>, N the size of the code.");
    return layers;
}

namespace detail {

template <class Description, fixed_string Id, class Before, class Objective, class Support>
struct writing {
    using decoder_type = typename Description::decoder_type;
    using model_blocks = typename Objective::blocks;
    static constexpr std::size_t classes = classes_of<typename Support::target_shape>;
    static constexpr std::size_t in = decoder_type::input_shape::size;
    static constexpr std::size_t out = decoder_type::output_shape::size;
    static constexpr std::size_t head_size = model_blocks::size_of(Description::head.view());
    static constexpr std::size_t code_size = Before::size_of(Description::code.view());

    using layout_after = merged_layout<Before, typename decoder_type::blocks>;

    // The sentence for a layer, a code or a decoder that do not go together; empty if all is well.
    static consteval auto refusal() {
        if constexpr (head_size == 0) {
            return join<"[priori:A321] write: the model has no layer with parameters named ", Description::head,
                        "; name the one to be written with scratch<...>(...).">();
        } else if constexpr (code_size == 0) {
            return join<"[priori:A323] write: there is no code named ", Description::code, "; put an encode of that "
                        "name before it.">();
        } else if constexpr (code_size != classes * in) {
            return join<"[priori:A324] write: the code has ", decimal<code_size / classes>(),
                        " numbers for each class, the decoder begins with an input of ", decimal<in>(), "; give it "
                        "that many.">();
        } else if constexpr (decoder_type::refusal().length > 0) {
            return decoder_type::refusal();
        } else if constexpr (head_size != classes * out) {
            return join<"[priori:A322] write: the decoder gives ", decimal<out>(), " numbers for each class, ",
                        Description::head, " has ", decimal<head_size / classes>(), " for each of ", decimal<classes>(),
                        " classes; let its last layer give that many.">();
        } else {
            return decoder_type::template scattered<layout_after>();
        }
    }

    template <class N, class Layout, class Rule, class = Support>
    struct trace {
        network_run<decoder_type, classes, N, true> decoder;
        storage<N, head_size> head_before;
    };

    template <class Layout, class T>
    static void initialize(const Description& stage, key k, T* theta) noexcept {
        initialize_network<Layout>(stage.decoder, k, theta);
    }

    template <class Layout, class Rule, class Context, class N, class Trace>
    static void forward(const Context& context, view<N> theta, const Support&, Trace& t) noexcept {
        copy(classes * in, theta.at(code_at<Layout>), t.decoder.own_input());
        t.decoder.template forward<Layout>(context.stage.decoder, theta, context.how);
        const auto head = theta.at(head_at<Layout>);
        copy(head_size, head, t.head_before.all());
        const auto decoded = t.decoder.output();
        for (std::size_t n = 0; n < classes; ++n) {
            for (std::size_t d = 0; d < out; ++d) head.set(d * classes + n, decoded[n * out + d]);
        }
    }

    template <class Layout, class Rule, class Context, class N, class Trace>
    static void vjp(const Context& context, view<N> theta, view<N> theta_bar, const Support&, Trace& t) noexcept {
        const auto head_bar = theta_bar.at(head_at<Layout>);
        const auto decoded_bar = t.decoder.output_bar();
        for (std::size_t n = 0; n < classes; ++n) {
            for (std::size_t d = 0; d < out; ++d) decoded_bar.set(n * out + d, head_bar[d * classes + n]);
        }
        fill_zero(head_size, head_bar);
        copy(head_size, t.head_before.all(), theta.at(head_at<Layout>));
        t.decoder.template backward<Layout, true>(context.stage.decoder, theta, theta_bar);
        add(classes * in, t.decoder.input_bar(), theta_bar.at(code_at<Layout>));
    }

private:
    template <class Layout>
    static constexpr std::size_t head_at = Layout::offset_of(Description::head.view());
    template <class Layout>
    static constexpr std::size_t code_at = Layout::offset_of(Description::code.view());
};

}  // namespace detail

}  // namespace priori
