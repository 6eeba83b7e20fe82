// SPDX-License-Identifier: BSL-1.0
// What is said does not depend on it, and it compiles three times as fast.
#define PRIORI_FREESTANDING

#include <priori/adapt/adapt.hpp>
#include <priori/loss/cross_entropy.hpp>
#include <priori/loss/mse.hpp>
#include <priori/meta/meta.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/flatten.hpp>
#include <priori/nn/layer_normalization.hpp>
#include <priori/optim/sgd.hpp>

namespace pr = priori;

template <class Shape, class Target>
struct source {
    template <class T>
    using episode_type = pr::episode_of<T, Shape, Target, 4, 4>;
};
using pictures = source<pr::shape<28, 28, 1>, pr::labels<5>>;
using vectors = source<pr::shape<4>, pr::shape<4>>;

// What a user does with a description: after the first error nothing else is said.
template <class Tasks, class Model, class Loss>
void use(const Model& model, const Loss& loss) {
    const auto description = model | loss | pr::adapt<2>(pr::sgd{}) | pr::exact | pr::outer(pr::sgd{});
    auto learner = pr::learner(description, Tasks{}, pr::seed{1});
    typename Tasks::template episode_type<float> task{};
    const auto adapted = learner.adapt(task.support);
    [[maybe_unused]] const float error = adapted.loss(task.query);
    adapted(task.query);
    learner.step(learner.parameters().all());
}

// A user's layer, with a part missing that `Without` names; 0: complete.
template <int Without>
struct members {
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
};
template <>
struct members<2> {
    static constexpr bool reads_input = true;
};
template <int Without>
struct twice : members<Without> {
    static constexpr pr::fixed_string kind{"twice"};
    template <class In>
        requires(Without != 3)
    using output_shape = In;
    template <class In>
        requires(Without != 4)
    using parameters = pr::parameter_list<>;
    template <class Rows, class In, class P, class X, class Y>
        requires(Without != 5)
    void forward(pr::view<P>, pr::view<X> x, pr::view<Y> y) const noexcept {
        pr::map(Rows::count * In::size, [](const auto& a) { return a + a; }, y, x);
    }
    template <class Rows, class In, class P, class X, class Y, class Yb, class Xb, class Pb>
        requires(Without != 6)
    void vjp(pr::view<P>, pr::view<X>, pr::view<Y>, pr::view<Yb> y_bar, pr::view<Xb> x_bar, pr::view<Pb>) const noexcept {
        pr::map(Rows::count * In::size, [](const auto& a) { return a + a; }, x_bar, y_bar);
    }
};
struct nameless {
    static constexpr bool reads_input = false;
    static constexpr bool reads_output = false;
    template <class In>
    using output_shape = In;
};
struct unmarked {
    static constexpr pr::fixed_string kind{"unmarked"};
    template <class In>
    using output_shape = In;
};

#if CASE == 0
void right() {
    use<pictures>(pr::input<28, 28, 1> | pr::flatten | pr::dense<pr::ways>, pr::cross_entropy);
    use<vectors>(pr::input<4> | twice<0>{} | pr::dense<4> | pr::tanh, pr::mse);
    use<vectors>(pr::input<4> | pr::dense<2> | pr::layer_normalization | pr::dense<4>, pr::mse);
}
#endif

#if CASE == 1
// CASE 1: [priori:N103] dense: the input has shape (28, 28, 1), dense wants a vector; put flatten before it.
void wrong() { use<pictures>(pr::input<28, 28, 1> | pr::dense<pr::ways>, pr::cross_entropy); }
#endif

#if CASE == 2
// CASE 2: [priori:N105] dense<ways>: the number of classes is not known
void wrong() { use<vectors>(pr::input<4> | pr::dense<pr::ways>, pr::mse); }
#endif

#if CASE == 3
// CASE 3: [priori:N110] layer: a layer has no kind; give it static constexpr fixed_string kind{...}
void wrong() { use<vectors>(pr::input<4> | nameless{}, pr::mse); }
#endif

#if CASE == 4
// CASE 4: [priori:N111] unmarked: the layer does not say what its vjp reads
void wrong() { use<vectors>(pr::input<4> | unmarked{} | pr::dense<4>, pr::mse); }
#endif

#if CASE == 5
// CASE 5: [priori:N111] twice: the layer does not say what its vjp reads
void wrong() { use<vectors>(pr::input<4> | twice<2>{}, pr::mse); }
#endif

#if CASE == 6
// CASE 6: [priori:N112] twice: the layer has no output_shape<In>, the shape of one output.
void wrong() { use<vectors>(pr::input<4> | twice<3>{}, pr::mse); }
#endif

#if CASE == 7
// CASE 7: [priori:N113] twice: the layer has no parameters<In>; a layer that learns nothing says parameter_list<>.
void wrong() { use<vectors>(pr::input<4> | twice<4>{}, pr::mse); }
#endif

#if CASE == 8
// CASE 8: [priori:N114] twice: the layer has no const forward<Rows, In>(p, x, y) for views of any numbers.
void wrong() { use<vectors>(pr::input<4> | twice<5>{}, pr::mse); }
#endif

#if CASE == 9
// CASE 9: [priori:N115] twice: the layer has no const vjp<Rows, In>(p, x, y, y_bar, x_bar, p_bar) for views of any numbers.
void wrong() { use<vectors>(pr::input<4> | twice<6>{} | pr::dense<4>, pr::mse); }
#endif

#if CASE == 10
// CASE 10: [priori:N133] layer_normalization: the input has shape (1), an example of it is one number
void wrong() { use<vectors>(pr::input<4> | pr::dense<1> | pr::layer_normalization | pr::dense<4>, pr::mse); }
#endif

#if CASE == 11
// CASE 11: [priori:N171] named, scratch: a name is for one layer, and this is a row of several
void wrong() { use<vectors>(pr::input<4> | pr::named<"a">(pr::dense<4> | pr::relu), pr::mse); }
#endif
