// SPDX-License-Identifier: BSL-1.0
// A dense layer that finishes its elements gives what the two layers give one after the other, on plain numbers, duals
// and known duals; written gradients are added ones that began at zero; and the tangent of a gradient may be written
// over that of the parameters.
#include "catch.hpp"

#include <priori/ad/view.hpp>
#include <priori/nn/activation.hpp>
#include <priori/nn/dense.hpp>

#include <cmath>
#include <cstddef>

namespace pr = priori;

namespace {

template <class N, std::size_t Count>
struct numbers : pr::storage<pr::dual<N>, Count> {
    explicit numbers(double phase) {
        for (std::size_t i = 0; i < Count; ++i) {
            this->values.elements[i] = static_cast<N>(std::sin(phase + 1.3 * static_cast<double>(i)));
            this->tangents.elements[i] = static_cast<N>(std::cos(phase + 0.7 * static_cast<double>(i)));
        }
    }
    pr::view<N> plain() { return this->values.all(); }
    auto known() { return pr::swept(this->values.all(), this->tangents.all()); }
};

template <class N, std::size_t Count>
void same(const numbers<N, Count>& a, const numbers<N, Count>& b) {
    for (std::size_t i = 0; i < Count; ++i) {
        CHECK(a.values.elements[i] == Approx(b.values.elements[i]).epsilon(1e-5).margin(1e-6));
        CHECK(a.tangents.elements[i] == Approx(b.tangents.elements[i]).epsilon(1e-5).margin(1e-6));
    }
}

// Is(p), ...: how the arrays are seen.
template <class N, std::size_t Rows, std::size_t In, std::size_t Units, class Layer, class Activation, class Is>
void check(const Layer& dense, const Activation& activation, const Is& is) {
    using rows = pr::rows<Rows>;
    using in = pr::shape<In>;
    using out = pr::shape<Units>;
    const pr::view<void> none;
    numbers<N, In * Units + Units> p(1), p_bar(2), p_want(2);
    numbers<N, Rows * In> x(3), x_got(4), x_want(4), before(5);
    numbers<N, Rows * Units> y_got(6), y_want(6), y_bar(7);
    // A known value is that of the layer behind.
    dense.template forward<rows, in>(p.plain(), x.plain(), y_want.plain());
    activation.template forward<rows, out>(none, y_want.plain(), y_want.plain());
    dense.template forward<rows, in>(p.plain(), x.plain(), y_got.plain(), activation.finish_forward(y_got.plain()));
    same(y_want, y_got);

    dense.template forward<rows, in>(is(p), is(x), is(y_want));
    activation.template forward<rows, out>(none, is(y_want), is(y_want));
    dense.template forward<rows, in>(is(p), is(x), is(y_got), activation.finish_forward(is(y_got)));
    same(y_want, y_got);

    dense.template vjp<rows, in>(is(p), is(x), is(y_want), is(y_bar), is(x_want), is(p_want));
    activation.template vjp<rows, in>(none, is(before), is(before), is(x_want), is(x_want), none);
    dense.template vjp<rows, in>(is(p), is(x), is(y_got), is(y_bar), is(x_got), is(p_bar),
                                 activation.finish_vjp(is(before)));
    same(x_want, x_got);
    same(p_want, p_bar);
}

template <class N, std::size_t Rows, std::size_t In, std::size_t Units, class Layer, class Activation>
void check_all(const Layer& dense, const Activation& activation) {
    INFO(Rows << " x " << In << " x " << Units);
    check<N, Rows, In, Units>(dense, activation, [](auto& a) { return a.plain(); });
    check<N, Rows, In, Units>(dense, activation, [](auto& a) { return a.all(); });
    check<N, Rows, In, Units>(dense, activation, [](auto& a) { return a.known(); });
}

template <class N, std::size_t Rows, std::size_t In, std::size_t Units>
void check_shape() {
    check_all<N, Rows, In, Units>(pr::dense<Units>, pr::tanh);
    check_all<N, Rows, In, Units>(pr::dense<Units>.without_bias(), pr::relu);
}

}  // namespace

TEST_CASE("a dense layer that finishes gives what dense and activation give") {
    check_shape<float, 10, 19, 40>();
    check_shape<float, 2, 70, 21>();
    check_shape<double, 5, 3, 1>();
    check_shape<double, 1, 5, 7>();
    check_shape<double, 6, 1, 9>();
    check_shape<double, 9, 67, 13>();
}

TEST_CASE("a dense layer writes a fresh gradient") {
    using rows = pr::rows<5>;
    using in = pr::shape<7>;
    numbers<double, 8 * 19> p(1), added(2), written(3);
    numbers<double, 5 * 7> x(4), x_bar(5);
    numbers<double, 5 * 19> y_bar(6);
    for (std::size_t i = 0; i < 8 * 19; ++i) added.values.elements[i] = 0, written.values.elements[i] = NAN;
    const auto vjp = [&](auto p_bar) {
        pr::dense<19>.template vjp<rows, in>(p.plain(), x.plain(), y_bar.plain(), y_bar.plain(), x_bar.plain(), p_bar);
    };
    vjp(added.plain());
    vjp(pr::view<pr::fresh<double>>{written.plain()});
    for (std::size_t i = 0; i < 8 * 19; ++i) CHECK(added.values.elements[i] == written.values.elements[i]);
}

namespace {

// 0.5 of the tangent that stands there, minus the one that comes.
template <class N>
struct half_less {
    pr::view<N> v;
    template <class P, class E>
    E operator()(std::size_t i, E x) const {
        x.tangent[0] = P(N(0.5)) * v.template load_lanes<P>(i) - x.tangent[0];
        return x;
    }
};

template <class N, std::size_t Rows, std::size_t In, class Layer>
void check_over_direction(const Layer& dense) {
    using rows = pr::rows<Rows>;
    using in = pr::shape<In>;
    constexpr std::size_t units = Layer::template output_shape<in>::size, size = Layer::template parameters<in>::size;
    INFO(Rows << " x " << In << " x " << units);
    numbers<N, size> p(1), added(2);
    numbers<N, Rows * In> x(3), x_want(4), x_got(4);
    numbers<N, Rows * units> y_bar(7);
    added.tangents.clear();
    const auto check = [&](auto input) {
        auto over = p;
        dense.template vjp<rows, in>(p.known(), input, y_bar.known(), y_bar.known(), x_want.known(), added.known());
        const pr::view<pr::taken<pr::known<N>, half_less<N>>> taken{over.known(), {over.tangents.all()}};
        dense.template vjp<rows, in>(over.known(), input, y_bar.known(), y_bar.known(), x_got.known(), taken);
        same(x_want, x_got);
        for (std::size_t i = 0; i < size; ++i) {
            INFO(i);
            const N want = N(0.5) * p.tangents.elements[i] - added.tangents.elements[i];
            CHECK(over.tangents.elements[i] == Approx(want).epsilon(1e-5).margin(1e-5));
            CHECK(over.values.elements[i] == p.values.elements[i]);
        }
        added.tangents.clear();
    };
    check(x.known());
    check(x.plain());
}

}  // namespace

TEMPLATE_TEST_CASE("a dense layer writes the tangent of its gradient over its own", "", float, double) {
    STATIC_REQUIRE(pr::detail::writes_over_direction<pr::dense_layer<3>>);
    check_over_direction<TestType, 10, 40>(pr::dense<40>);
    check_over_direction<TestType, 5, 7>(pr::dense<13>.without_bias());
    check_over_direction<TestType, 10, 40>(pr::dense<1>);
    check_over_direction<TestType, 4, 1>(pr::dense<21>);
    check_over_direction<TestType, 6, 1>(pr::dense<1>);
    check_over_direction<TestType, 1, 9>(pr::dense<17>);
    check_over_direction<TestType, 1, 1>(pr::dense<1>);
    check_over_direction<TestType, 3, 67>(pr::dense<70>);
}
