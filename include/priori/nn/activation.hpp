// SPDX-License-Identifier: BSL-1.0
// activation<F>: an elementwise function as a layer; F is a named functor, generic over the number.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/simd/bundle.hpp>

#include <cstddef>

namespace priori {

// y = f(x). F may offer from_output(y), its derivative in terms of its value: then the input is not kept.
// Derivative: x_bar = y_bar f'(x), f' by running F on a dual. Where y is known already and only its tangent is wanted,
// x may have been written over; from_output(y) serves there too.
// Cost: one evaluation of F an element, and one on duals backward.
template <class F>
struct activation_layer {
    static constexpr bool from_output = requires(const F& f) { f.from_output(1.0f); };
    static constexpr auto kind = F::kind;
    static constexpr bool reads_input = !from_output;
    static constexpr bool reads_output = from_output;
    static constexpr bool piecewise_linear = [] {
        if constexpr (requires { F::piecewise_linear; }) {
            return F::piecewise_linear;
        } else {
            return false;
        }
    }();

    static constexpr bool in_place = from_output;
    static constexpr bool takes_bundles = !detail::refuses_bundles<F>;
    static constexpr bool is_finish = from_output;

    F function{};

    // forward in place, element by element.
    template <class Y>
    struct forward_finish {
        F function;
        template <class P, class E>
        PRIORI_ALWAYS_INLINE E operator()(std::size_t, const E& x) const noexcept {
            if constexpr (detail::computes_value<Y>) {
                return E(function(x));
            } else {
                E y(x.value);
                y.tangent[0] = function.from_output(x.value) * x.tangent[0];
                return y;
            }
        }
    };
    // vjp in place: of the cotangent of an element of y.
    template <class Y>
    struct vjp_finish {
        F function;
        view<Y> y;
        template <class P, class E>
        PRIORI_ALWAYS_INLINE E operator()(std::size_t i, const E& bar) const noexcept {
            return E(bar * function.from_output(y.template load_lanes<P>(i)));
        }
    };
    template <class Y>
    forward_finish<Y> finish_forward(view<Y>) const noexcept {
        return {function};
    }
    template <class Y>
    vjp_finish<Y> finish_vjp(view<Y> y) const noexcept {
        return {function, y};
    }

    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = parameter_list<>;

    template <class Rows, class In, class P, class X, class Y>
    void forward(view<P>, view<X> x, view<Y> y) const noexcept {
        if constexpr (from_output && !detail::computes_value<Y>) {
            map(Rows::count * In::size,
                [this]<class Out, class Given>(const Out& out, const Given& in) {
                    Out result(out.value);
                    if constexpr (depth<Given> == depth<Out>) {
                        result.tangent[0] = function.from_output(out.value) * in.tangent[0];
                    }
                    return result;
                },
                y, y, x);
        } else {
            map(Rows::count * In::size, function, y, x);
        }
    }

    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(view<P>, view<X> x, view<Y> y, view<Yb> y_bar, view<Xb> x_bar, view<Pb>) const noexcept {
        if constexpr (from_output) {
            map(Rows::count * In::size,
                [this](const auto& out, const auto& bar) { return bar * function.from_output(out); }, x_bar, y, y_bar);
        } else {
            map(Rows::count * In::size,
                [this](const auto& in, const auto& bar) { return bar * derivative(function, in); }, x_bar, x, y_bar);
        }
    }
};

// max(x, 0); the derivative at 0 is 0. NaN stays NaN, or a network that has diverged would look sound.
struct relu_function {
    static constexpr fixed_string kind{"relu"};
    static constexpr bool piecewise_linear = true;
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        if constexpr (depth<N> == 0) {
            return select(less(x, N(0)), N(0), x);
        } else {
            N result = select(greater(x, N(0)), x, N(0));
            result.value = (*this)(x.value);
            return result;
        }
    }
    template <class N>
    PRIORI_ALWAYS_INLINE static N from_output(const N& y) noexcept {
        return select(greater(y, N(0)), N(1), N(0));
    }
};

struct tanh_function {
    static constexpr fixed_string kind{"tanh"};
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return tangent_hyperbolic(x);
    }
    template <class N>
    PRIORI_ALWAYS_INLINE static N from_output(const N& y) noexcept {
        return N(1) - y * y;
    }
};

struct sigmoid_function {
    static constexpr fixed_string kind{"sigmoid"};
    template <class N>
    PRIORI_ALWAYS_INLINE N operator()(const N& x) const noexcept {
        return logistic(x);
    }
    template <class N>
    PRIORI_ALWAYS_INLINE static N from_output(const N& y) noexcept {
        return y * (N(1) - y);
    }
};

inline constexpr activation_layer<relu_function> relu{};
inline constexpr activation_layer<tanh_function> tanh{};
inline constexpr activation_layer<sigmoid_function> sigmoid{};

}  // namespace priori
