// SPDX-License-Identifier: BSL-1.0
// The laws of a Layer: vjp and tangents agree with fourth-order differences, and the ways to run it with each other.
#pragma once

#include "catch.hpp"

#include <priori/ad/view.hpp>
#include <priori/core/random.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/network.hpp>
#include <priori/simd/pack.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace priori::laws {

using numbers = std::vector<double>;

inline numbers drawn(std::size_t count, std::uint32_t task) {
    random_stream random(key{7, 0, task}, purpose::user);
    numbers result(count);
    for (double& x : result) x = random.normal<double>();
    return result;
}

// Where nothing may be read or written. Not null: an offset from that is undefined, though nobody goes there.
inline view<double> nowhere() { return view<double>(reinterpret_cast<double*>(std::uintptr_t{1} << 20)); }

inline double distance(const numbers& a, const numbers& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double now = std::abs(a[i] - b[i]) / (1 + std::abs(b[i]));
        worst = maximum(worst, now);  // a NaN stays
    }
    return worst;
}

inline numbers plus(const numbers& a, double h, const numbers& b) {
    numbers sum = a;
    for (std::size_t i = 0; i < a.size(); ++i) sum[i] += h * b[i];
    return sum;
}

// (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h, for a function that returns numbers.
template <class F>
numbers slope_of(const F& f, double h = 2e-4) {
    const numbers near_up = f(h), near_down = f(-h), far_up = f(2 * h), far_down = f(-2 * h);
    numbers slope(near_up.size());
    for (std::size_t i = 0; i < slope.size(); ++i) {
        slope[i] = (8 * (near_up[i] - near_down[i]) - (far_up[i] - far_down[i])) / (12 * h);
    }
    return slope;
}

// Is parameter i one that is not differentiated?
template <class List>
inline constexpr bool (*is_buffer)(std::size_t) = nullptr;
template <class... Parameters>
inline constexpr bool (*is_buffer<parameter_list<Parameters...>>)(std::size_t) = [](std::size_t i) {
    bool found = false;
    std::size_t first = 0;
    ((found = found || (Parameters::kind == role::buffer && i >= first && i < first + Parameters::size),
      first += Parameters::size),
     ...);
    return found;
};

// All arrays of one layer: values and, for runs on duals, tangents.
struct arrays {
    numbers p, x, y, saved, y_bar, x_bar, p_bar;
};

// A layer, its rows and input shape, and how it is run.
template <class Rows, class In, class L>
struct subject {
    L layer;
    pass how{true, key{3, 1, 4}, 2};

    using out = typename L::template output_shape<In>;
    static constexpr std::size_t inputs = Rows::count * In::size;
    static constexpr std::size_t outputs = Rows::count * out::size;
    static constexpr std::size_t parameters = L::template parameters<In>::size;
    static constexpr std::size_t saved = detail::saved_size<L, Rows, In>;

    template <class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> kept) const {
        if constexpr (detail::keeps_saved<L> && detail::uses_pass<L>) {
            layer.template forward<Rows, In>(p, x, y, kept, how);
        } else if constexpr (detail::keeps_saved<L>) {
            layer.template forward<Rows, In>(p, x, y, kept);
        } else {
            layer.template forward<Rows, In>(p, x, y);
        }
    }
    template <class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y> y, view<S> kept, view<Yb> y_bar, view<Xb> x_bar, view<Pb> p_bar) const {
        if constexpr (detail::keeps_saved<L>) {
            layer.template vjp<Rows, In>(p, x, y, kept, y_bar, x_bar, p_bar);
        } else {
            layer.template vjp<Rows, In>(p, x, y, y_bar, x_bar, p_bar);
        }
    }

    // A point to look at, or a direction.
    static arrays made(std::uint32_t task) {
        arrays a;
        a.p = drawn(parameters, task);
        for (double& p : a.p) p += 1.5;
        for (std::size_t i = 0; i < parameters; ++i) {
            if (holds(i)) a.p[i] = 0.5 + std::abs(a.p[i]);  // it may be a variance
        }
        a.x = drawn(inputs, task + 1);
        a.y_bar = drawn(outputs, task + 2);
        return prepared(a);
    }
    static arrays direction(std::uint32_t task) {
        arrays a = made(task);
        for (std::size_t i = 0; i < parameters; ++i) a.p[i] = holds(i) ? 0 : a.p[i] - 1.5;
        return a;
    }
    static bool holds(std::size_t i) { return is_buffer<typename L::template parameters<In>>(i); }
    // What a layer has to write is not a number before.
    static arrays prepared(arrays a) {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        a.y.assign(outputs, nan);
        a.saved.assign(std::max<std::size_t>(saved, 1), 0);
        a.x_bar.assign(inputs, nan);
        a.p_bar.assign(parameters, 0);
        return a;
    }

    // What vjp does not read is not a number.
    static void spoil(arrays& a) {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        if (!L::reads_input) std::fill(a.x.begin(), a.x.end(), nan);
        if (!L::reads_output) std::fill(a.y.begin(), a.y.end(), nan);
    }

    arrays run(arrays a) const {
        a = prepared(a);
        forward(at(a.p), at(a.x), at(a.y), at(a.saved));
        arrays b = a;
        spoil(b);
        vjp(at(b.p), at(b.x), at(b.y), at(b.saved), at(b.y_bar), at(b.x_bar), at(b.p_bar));
        b.x = a.x, b.y = a.y;
        return b;
    }

    // A run on duals: tangents of y, x_bar and p_bar in the direction d; values in `a`.
    arrays run_dual(arrays& a, arrays d) const {
        forward(both(a.p, d.p), both(a.x, d.x), both(a.y, d.y), both(a.saved, d.saved));
        vjp(both(a.p, d.p), both(a.x, d.x), both(a.y, d.y), both(a.saved, d.saved), both(a.y_bar, d.y_bar),
            both(a.x_bar, d.x_bar), both(a.p_bar, d.p_bar));
        return d;
    }

    // y of a run on plain numbers, and its tangents of one on duals, where y is x.
    arrays run_in_place(arrays a, arrays d) const {
        forward(at(a.p), at(a.x), at(a.x), at(a.saved));
        d.y = a.x;
        return d;
    }
    arrays run_dual_in_place(arrays a, arrays d) const {
        forward(both(a.p, d.p), both(a.x, d.x), both(a.x, d.x), both(a.saved, d.saved));
        d.y = d.x;
        return d;
    }

    // The same where the values are there already. Moving says whether p and x move or are constants.
    template <bool ParametersMove = true, bool InputMoves = true>
    arrays run_known(arrays a, arrays d) const {
        if (detail::runs_in_place<L> && !L::reads_input && inputs == outputs) a.x = a.y;  // it was written over
        const auto p = part<ParametersMove>(a.p, d.p);
        const auto x = part<InputMoves>(a.x, d.x);
        forward(p, x, swept(at(a.y), at(d.y)), swept(at(a.saved), at(d.saved)));
        vjp(p, x, swept(at(a.y), at(d.y)), swept(at(a.saved), at(d.saved)), swept(at(a.y_bar), at(d.y_bar)),
            swept(at(a.x_bar), at(d.x_bar)), swept(nowhere(), at(d.p_bar)));
        return d;
    }

    static view<double> at(numbers& a) { return view<double>(a.data()); }
    static view<dual<double>> both(numbers& value, numbers& tangent) {
        view<dual<double>> result;
        result.value = at(value);
        result.tangent = at(tangent);
        return result;
    }
    template <bool Moves>
    static auto part(numbers& value, numbers& tangent) {
        if constexpr (Moves) {
            return swept(at(value), at(tangent));
        } else {
            return at(value);
        }
    }
};

// tolerance: of differences. Buffers do not move.
template <class Rows, class In, class L>
void obeys(const L& layer, double tolerance = 1e-9, pass how = {true, key{3, 1, 4}, 2}) {
    const subject<Rows, In, L> it{layer, how};
    const arrays point = it.run(it.made(10));
    const arrays way = it.direction(20);

    // <y_bar, y> has the derivatives x_bar and p_bar.
    const auto value = [&](const arrays& a) {
        const numbers y = it.run(a).y;
        double sum = 0;
        for (std::size_t i = 0; i < y.size(); ++i) sum += a.y_bar[i] * y[i];
        return numbers{sum};
    };
    const auto partial = [&](numbers arrays::*field) {
        numbers slopes;
        for (std::size_t i = 0; i < (point.*field).size(); ++i) {
            if (field == &arrays::p && it.holds(i)) {
                slopes.push_back(0);
                continue;
            }
            slopes.push_back(slope_of([&](double h) {
                arrays moved = point;
                (moved.*field)[i] += h;
                return value(moved);
            })[0]);
        }
        return slopes;
    };
    CHECK(distance(point.x_bar, partial(&arrays::x)) < tolerance);
    CHECK(distance(point.p_bar, partial(&arrays::p)) < tolerance);

    // The tangents of everything agree with differences of everything.
    const auto along = [&](numbers arrays::*field, bool parameters, bool inputs) {
        return slope_of([&](double h) {
            arrays moved = point;
            if (parameters) moved.p = plus(point.p, h, way.p);
            if (inputs) moved.x = plus(point.x, h, way.x);
            moved.y_bar = plus(point.y_bar, h, way.y_bar);
            return it.run(moved).*field;
        });
    };
    const auto agree = [&](const arrays& found, bool parameters, bool inputs) {
        CHECK(distance(found.y, along(&arrays::y, parameters, inputs)) < tolerance);
        CHECK(distance(found.x_bar, along(&arrays::x_bar, parameters, inputs)) < tolerance);
        CHECK(distance(found.p_bar, along(&arrays::p_bar, parameters, inputs)) < tolerance);
    };
    arrays lifted = it.prepared(point);
    const arrays tangents = it.run_dual(lifted, it.prepared(way));
    agree(tangents, true, true);

    // Values on the way are those of the plain run; a run on known values gives the same tangents.
    CHECK(distance(lifted.y, point.y) < 1e-14);
    CHECK(distance(lifted.x_bar, point.x_bar) < 1e-14);
    CHECK(distance(lifted.p_bar, point.p_bar) < 1e-14);
    const arrays again = it.run_known(point, it.prepared(way));
    CHECK(distance(again.y, tangents.y) < 1e-13);
    CHECK(distance(again.x_bar, tangents.x_bar) < 1e-13);
    CHECK(distance(again.p_bar, tangents.p_bar) < 1e-13);

    // A layer that says so may write y over x.
    if constexpr (detail::runs_in_place<L> && subject<Rows, In, L>::inputs == subject<Rows, In, L>::outputs) {
        CHECK(distance(it.run_in_place(it.prepared(point), it.prepared(way)).y, point.y) < 1e-14);
        if constexpr (!L::reads_input) {
            CHECK(distance(it.run_dual_in_place(it.prepared(point), it.prepared(way)).y, tangents.y) < 1e-14);
        }
    }

    // Constants are no different from what does not move.
    if constexpr (subject<Rows, In, L>::parameters > 0) {
        agree(it.template run_known<true, false>(point, it.prepared(way)), true, false);
        agree(it.template run_known<false, true>(point, it.prepared(way)), false, true);
    }

    // What nobody wants is not written, and changes nothing else.
    arrays without = point, without_too = point;
    std::fill(without.p_bar.begin(), without.p_bar.end(), 0.0);
    it.vjp(it.at(without.p), it.at(without.x), it.at(without.y), it.at(without.saved), it.at(without.y_bar),
           view<void>{}, it.at(without.p_bar));
    it.vjp(it.at(without_too.p), it.at(without_too.x), it.at(without_too.y), it.at(without_too.saved),
           it.at(without_too.y_bar), it.at(without_too.x_bar), view<void>{});
    CHECK(distance(without.p_bar, point.p_bar) < 1e-14);
    CHECK(distance(without_too.x_bar, point.x_bar) < 1e-14);
}

}  // namespace priori::laws
