// SPDX-License-Identifier: BSL-1.0
// A user's own activation, loss, layer, optimizer, meta-rule and task source. None of them is registered anywhere.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/adapt/pull_back.hpp>
#include <priori/core/hana.hpp>
#include <priori/core/key.hpp>
#include <priori/core/name.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/loss/elementwise.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/optim/concepts.hpp>
#include <priori/optim/rule.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>

#include <cstddef>

namespace extend {

namespace pr = priori;

// An activation is a function of numbers, whatever they are. x / (1 + exp(-x)).
// Reference: Ramachandran, Zoph, Le, Searching for activation functions (2017).
struct swish_function {
    static constexpr pr::fixed_string kind{"swish"};
    template <class N>
    N operator()(const N& x) const noexcept {
        return x * pr::logistic(x);
    }
};
inline constexpr pr::activation_layer<swish_function> swish{};

// A loss likewise. ln(1 + d^2), which forgives what is far off (Cauchy's, or Lorentz's).
struct cauchy_function {
    static constexpr pr::fixed_string kind{"cauchy"};
    template <class N, class T>
    N operator()(const N& prediction, const T& target) const noexcept {
        const N difference = prediction - target;
        return pr::logarithm(N(1.0 + difference * difference));
    }
};
inline constexpr pr::elementwise_loss<cauchy_function> cauchy{};

// A layer with parameters: y = a x, a number for each feature. It says how it goes forward and back; differences of any
// order follow, for both run on duals as well.
struct diagonal_layer {
    static constexpr pr::fixed_string kind{"diagonal"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;

    template <class In>
    using output_shape = In;
    template <class In>
    using parameters = pr::parameter_list<pr::parameter<"scale", In>>;

    template <class In, class T>
    void initialize(T* p, pr::random_stream& random) const noexcept {
        for (std::size_t i = 0; i < In::size; ++i) p[i] = random.uniform<T>(T(0.5), T(1.5));
    }
    template <class Rows, class In, class P, class X, class Y>
    void forward(pr::view<P> p, pr::view<X> x, pr::view<Y> y) const noexcept {
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) y.set(i, pr::element_of<Y>(p[i % In::size] * x[i]));
    }
    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
    void vjp(pr::view<P> p, pr::view<X> x, pr::view<Y>, pr::view<Yb> y_bar, pr::view<Xb> x_bar,
             pr::view<Pb> p_bar) const noexcept {
        for (std::size_t i = 0; i < Rows::count * In::size; ++i) {
            const auto bar = y_bar[i];
            p_bar(i % In::size) += bar * x[i];
            x_bar(i) = pr::element_of<Yb>(bar * p[i % In::size]);
        }
    }
};
inline constexpr diagonal_layer diagonal{};

// An optimizer says what one coordinate does. s <- s + g^2, p <- p - rate g / sqrt(s + eps). Its rate may be learned,
// or follow a schedule, and it serves in the inner loop, differentiated through, and in the outer one.
// Reference: Duchi, Hazan, Singer, Adaptive subgradient methods (2011), with eps inside of the root.
template <class Rate = double>
struct adagrad {
    static constexpr pr::fixed_string kind{"adagrad"};
    static constexpr std::size_t slots = 1;
    using field_names = pr::names<"rate">;

    Rate rate = Rate(0.01);

    constexpr auto fields() const { return pr::tuple<Rate>{rate}; }

    template <class N, class H>
    static void update(N& p, const N& g, N* s, const H* h, std::size_t) noexcept {
        s[0] = s[0] + g * g;
        p = p - h[0] * g / pr::square_root(N(s[0] + 1e-3));
    }
};

// A meta-rule: which steps of the inner loop are pulled back to second order. Here the first, third, ...
struct at_even_steps {
    static constexpr bool at(std::size_t k, std::size_t) { return k % 2 == 0; }
};
inline constexpr pr::unrolled<at_even_steps> every_other{};

// A task source is a pure function from keys to episodes: y = a x^2 + b x, x in [-1, 1].
struct parabolas {
    template <class T>
    using episode_type = pr::episode_of<T, pr::shape<1>, pr::shape<1>, 5, 20>;

    template <class T>
    void draw_into(pr::key k, episode_type<T>& out) const noexcept {
        pr::random_stream stream(k, pr::purpose::user);
        const double a = stream.uniform(-3.0, 3.0), b = stream.uniform(-1.0, 1.0);
        const auto sample = [&](auto& batch) {
            for (std::size_t i = 0; i < batch.count; ++i) {
                const double x = stream.uniform(-1.0, 1.0);
                batch.inputs.data()[i] = static_cast<T>(x);
                batch.targets.data()[i] = static_cast<T>((a * x + b) * x);
            }
        };
        sample(out.support);
        sample(out.query);
    }
};
static_assert(pr::TaskSource<parabolas> && pr::TaskSource<parabolas, double>);

}  // namespace extend
