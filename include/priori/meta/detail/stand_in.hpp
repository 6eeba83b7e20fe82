// SPDX-License-Identifier: BSL-1.0
// stand_in<Episode>(): an algorithm that compiles with the episode, for a description in which a mistake was found.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/objective.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/name.hpp>
#include <priori/core/shape.hpp>
#include <priori/meta/algorithm.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>
#include <priori/optim/sgd.hpp>
#include <priori/task/batch.hpp>

#include <cstddef>

namespace priori::detail {

template <class Target>
struct output_for {
    using type = Target;
};
template <std::size_t Ways>
struct output_for<labels<Ways>> {
    using type = shape<Ways>;
};

// All outputs are zero, whatever the input.
template <class Out>
struct stand_in_layer {
    static constexpr fixed_string kind{"stand_in"};
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;

    template <class>
    using output_shape = Out;
    template <class>
    using parameters = parameter_list<parameter<"nothing", shape<1>>>;

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P>, view<X>, view<Y> y) const noexcept {
        fill_zero(Rows::count * Out::size, y);
    }
    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X>, view<Y>, view<Yb>, view<Xb> x_bar, view<Pb>) const noexcept {
        fill_zero(Rows::count * In::size, x_bar);
    }
};

struct stand_in_loss {
    static constexpr bool is_loss = true;
    static constexpr fixed_string kind{"stand_in"};

    template <std::size_t Count, class Out, class P, class T, class Bar>
    element_of<P> gradient(view<P>, const T*, view<Bar> bar) const noexcept {
        fill_zero(Count * Out::size, bar);
        return element_of<P>(scalar_of<P>(0));
    }
};

template <class Episode>
constexpr auto stand_in() {
    using batch_type = typename Episode::support_type;
    using layer_type = stand_in_layer<typename output_for<typename batch_type::target_shape>::type>;
    using model_type = network<"", typename batch_type::input_shape, layer_type>;
    return algorithm<objective<model_type, stand_in_loss>, tuple<>, exact_rule, at_the_end, outer_rule<sgd<>>>{};
}

}  // namespace priori::detail
