// SPDX-License-Identifier: BSL-1.0
// solve<"head">(form): a layer's parameters in closed form from the support set's features.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/batch_view.hpp>
#include <priori/adapt/detail/network_run.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/adapt/stage.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/tape_plan.hpp>
#include <priori/nn/written_as.hpp>
#include <priori/tensor/layout.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace priori {

// A closed form is a final aggregate, generic over the number; `Sizes` has rows, features, outputs and classes:
//   is_closed_form, kind
//   parameters<Sizes>          the numbers that it gives: (features, outputs) weights as dense stores them, then a
//                              bias; or else it says `gives`: see written_as
//   wants_labels               or are numbers as targets good as well?
//   blocks<Id>                 what it learns; or blocks<Id, Sizes>
//   trace<N, Sizes>            what forward keeps for vjp
//   initialize<Id, Layout>(theta); or initialize<Id, Layout, Sizes>(key, theta)
//   forward<Id, Layout, Sizes>(theta, features, support, head, trace)
//   vjp<Id, Layout, Sizes>(theta, theta_bar, features, features_bar, head, head_bar, support, trace)
//                              features_bar is written, head_bar may be written over, theta_bar is added to
// Optional: wants, the layers that it is for, in words; variant, in signatures.
// Models: prototypes, ridge, class_means, class_sums, support_set, full_context. Not a model: dense, which starts from
// parameters (a Layer).
template <class F>
concept ClosedForm = requires { requires F::is_closed_form; };

namespace detail {

template <class Description, fixed_string Id, class Before, class Objective, class Support>
struct solving;

template <std::size_t Rows, std::size_t Features, std::size_t Outputs, std::size_t Classes>
struct closed_form_sizes {
    static constexpr std::size_t rows = Rows;
    static constexpr std::size_t features = Features;
    static constexpr std::size_t outputs = Outputs;  // of the layer
    static constexpr std::size_t classes = Classes;  // of the episode, or numbers in a target
};

template <class Form>
inline constexpr written_as given_by = [] {
    if constexpr (requires { Form::gives; }) {
        return Form::gives;
    } else {
        return written_as::weights;
    }
}();

template <class Form>
inline constexpr auto variant_of_form = fixed_string("");
template <class Form>
requires requires { Form::variant.view(); }
inline constexpr auto variant_of_form<Form> = Form::variant;

template <class Form>
inline constexpr auto wanted_by = fixed_string("a layer of its own");
template <class Form>
requires requires { Form::wants.view(); }
inline constexpr auto wanted_by<Form> = Form::wants;

}  // namespace detail

// Shapes: features (B, F) are what the layers before Head make of the support inputs; Head is dense, F to O, or another
// layer that keeps what the form gives.
// Derivative: the head is written over, so its old value gets no cotangent; the layers before it and the form get
// theirs.
// Cost: one run of the layers before Head, and the form's.
template <fixed_string Head, class Form>
struct solve_stage {
    static constexpr fixed_string kind{"solve"};
    static constexpr bool is_stage = true;
    static constexpr auto variant = detail::variant_of_form<Form>;
    static constexpr auto head = Head;

    Form form;

    template <class>
    static constexpr bool writes(std::string_view block) {
        return lies_within(block, Head.view());
    }
    template <fixed_string Id, class Before, class Objective, class Support>
    using bound = detail::solving<solve_stage, Id, Before, Objective, Support>;

    using form_type = Form;
};

template <fixed_string Head, ClosedForm Form>
constexpr solve_stage<Head, Form> solve(Form form) {
    return {form};
}
template <fixed_string Head, class Other>
    requires(!ClosedForm<Other>)
constexpr auto solve(Other other) {
    static_assert(sizeof(Other) == 0,
                  "[priori:A318] solve: this is no closed form such as prototypes{}, class_means{}, support_set{} or "
                  "ridge{}; for steps of an optimizer take adapt<K>(optimizer, only<HEAD>).");
    return other;
}

namespace detail {

template <class Description, fixed_string Id, class Before, class Objective, class Support>
struct solving {
    using form_type = typename Description::form_type;
    using model_type = typename Objective::model_type;
    static constexpr std::size_t found = model_type::find(Description::head.view());
    static constexpr bool is_found = found < model_type::size;
    static constexpr std::size_t layer = is_found ? found : 0;
    using head_type = typename model_type::template layer_type<layer>;
    static constexpr std::size_t outputs = is_labelled<Support> ? classes_of<typename Support::target_shape>
                                                                : Support::target_size;
    using sizes = closed_form_sizes<Support::count, model_type::template shape_at<layer>::size,
                                    model_type::template shape_at<layer + 1>::size, outputs>;
    static constexpr std::size_t head_size = form_type::template parameters<sizes>;

    static constexpr auto own_blocks() {
        if constexpr (requires { typename form_type::template blocks<Id, sizes>; }) {
            return std::type_identity<typename form_type::template blocks<Id, sizes>>{};
        } else {
            return std::type_identity<typename form_type::template blocks<Id>>{};
        }
    }
    using layout_after = merged_layout<Before, typename decltype(own_blocks())::type>;

    // The numbers of the layer that are written: the first ones, where it learns others.
    static constexpr std::size_t room = [] {
        using in = typename model_type::template shape_at<layer>;
        if constexpr (requires { head_type::template written<in>; }) {
            return head_type::template written<in>;
        } else {
            return model_type::template parameter_count<layer>;
        }
    }();
    static constexpr bool learns_more = room < model_type::template parameter_count<layer>;

    // A layer that keeps the examples has room for those of one shape of episode.
    static constexpr auto other_episode = [] {
        if constexpr (given_by<form_type> == written_as::examples) {
            return fixed_string("; for a support set of another size make an adapter of its own, and transfer(...)");
        } else {
            return fixed_string("");
        }
    }();

    // The sentence for a layer that the closed form does not give; empty if all is well.
    static consteval auto refusal() {
        if constexpr (!is_found) {
            return join<"[priori:A331] solve: the model has no layer named ", Description::head,
                        "; name the one to be solved with scratch<...>(...).">();
        } else if constexpr (form_type::wants_labels && !is_labelled<Support>) {
            return join<"[priori:A332] solve: ", form_type::kind, " wants class labels, the targets of the episode are "
                        "numbers; take ridge.">();
        } else if constexpr (kept_by<head_type> != given_by<form_type>) {
            return join<"[priori:A335] solve: ", Description::head, " does not keep what ", form_type::kind,
                        " gives; ", form_type::kind, " is for ", wanted_by<form_type>, ".">();
        } else if constexpr (given_by<form_type> == written_as::weights && sizes::outputs != outputs) {
            return join<"[priori:A333] solve: ", Description::head, " has ", decimal<sizes::outputs>(),
                        " outputs, the episode has ", decimal<outputs>(), " classes or numbers in a target; give the "
                        "layer as many, such as dense<ways>.">();
        } else if constexpr (learns_more && model_type::template role_of<layer> == role::scratch) {
            return join<"[priori:A336] solve: ", Description::head,
                        " learns parameters of its own beside what is written; name it with named<...>, not "
                        "scratch<...>.">();
        } else if constexpr (room != head_size) {
            return join<"[priori:A334] solve: ", Description::head, " has ", decimal<room>(), " parameters, ",
                        form_type::kind, " gives ", decimal<head_size>(), "; it is for ", wanted_by<form_type>, other_episode, ".">();
        } else {
            return accepted;
        }
    }

    // Of the layers before the head alone; where there is no way back, what a forward run needs.
    template <class N, class Rule>
    using feature_run = network_run<model_type, Support::count, N, false, layer,
                                    std::is_same_v<Rule, forward_only_rule> ? tape_use::forward : tape_use_of<N>>;

    template <class N, class Layout, class Rule, class = Support>
    struct trace {
        feature_run<N, Rule> features;
        storage<N, head_size> head_before;
        storage<N, head_size> head_bar;
        typename form_type::template trace<N, sizes> form;
    };

    template <class Layout, class T>
    static void initialize(const Description& stage, key k, T* theta) noexcept {
        if constexpr (requires { stage.form.template initialize<Id, Layout, sizes>(k, theta); }) {
            stage.form.template initialize<Id, Layout, sizes>(k, theta);
        } else {
            stage.form.template initialize<Id, Layout>(theta);
        }
    }

    template <class Layout, class Rule, class Context, class N, class Trace>
    static void forward(const Context& context, view<N> theta, const Support& support, Trace& t) noexcept {
        t.features.look_at(support.inputs);
        pass how = context.how;
        how.averages = moved_averages::none;  // the model's running averages move by the queries
        t.features.template forward<Layout>(context.objective.model, theta, how);
        const auto head = theta.at(head_at<Layout>);
        copy(head_size, head, t.head_before.all());
        context.stage.form.template forward<Id, Layout, sizes>(theta, t.features.output(), support, head, t.form);
    }

    template <class Layout, class Rule, class Context, class N, class Trace>
    static void vjp(const Context& context, view<N> theta, view<N> theta_bar, const Support& support,
                    Trace& t) noexcept {
        const auto head = theta.at(head_at<Layout>);
        copy(head_size, theta_bar.at(head_at<Layout>), t.head_bar.all());
        fill_zero(head_size, theta_bar.at(head_at<Layout>));
        context.stage.form.template vjp<Id, Layout, sizes>(theta, theta_bar, t.features.output(),
                                                           t.features.output_bar(), head, t.head_bar.all(), support,
                                                           t.form);
        copy(head_size, t.head_before.all(), head);
        t.features.template backward<Layout, false>(context.objective.model, theta, theta_bar);
    }

private:
    template <class Layout>
    static constexpr std::size_t head_at = Layout::offset_of(Description::head.view());
};

}  // namespace detail

}  // namespace priori
