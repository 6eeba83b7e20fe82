// SPDX-License-Identifier: BSL-1.0
// batch_normalization<Mode>: every feature to mean 0 and variance 1 over some examples, then a learned scale and shift.
#pragma once

#include <priori/ad/map.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/innermost.hpp>
#include <priori/nn/initializer.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori {

// The mode says whose mean and variance normalize. In an inner loop, always those of the support batch at hand.
// transductive: queries by those of all queries together: a prediction depends on the other queries.
struct transductive {};
// support_statistics: queries by those of the support set under the parameters in use, differentiated through:
// predictions are independent of each other. The support set runs along with the queries.
struct support_statistics {};
// running: by averages in the buffers `mean` and `variance` where pass::training is off, else by the batch at hand.
// The averages move outside of the gradient: see below. Reference: Ioffe and Szegedy (2015), algorithm 2.
struct running {};

// z = (x - mean) r, r = 1 / sqrt(variance + epsilon), y = z scale + shift; the variance divides by the S rows seen.
// Shapes: x, y (.., C), scale, shift (C): the last dimension is normalized over all examples and all other dimensions.
// Derivative: through mean and variance, except where they are running averages.
//   x_bar = r scale (y_bar - (sum(y_bar) + z sum(y_bar z)) / S) in the S rows behind the statistics,
//   x_bar = r scale y_bar in other rows.
// Buffers: their place in theta_bar gets momentum (batch statistic - running average) from the plain gradient of the
// query loss in training, which is no derivative: an outer step is `buffer += theta_bar`, the mean over a meta-batch
// (move_buffers with rate 1). Rules that take no query gradient (displacement) leave it zero. Variances are the ones
// that normalize: divided by S, not S - 1.
// Cost: three passes over the batch forward, two backward; keeps the mean and r of each feature.
// Reference: Ioffe and Szegedy, Batch Normalization (2015), algorithm 1; Bronskill et al. 2020 for the modes.
template <class Mode>
struct batch_normalization_layer {
    static constexpr fixed_string kind{"batch_normalization"};
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr bool uses_reference = std::is_same_v<Mode, support_statistics>;
    static constexpr bool uses_pass = std::is_same_v<Mode, running>;

    double epsilon = 1e-5;
    double momentum = 0.1;  // of running averages: how far they move in one outer step

    template <class In>
    using output_shape = In;

private:
    template <class In>
    static constexpr std::size_t channels = In::extents[In::rank - 1];
    template <class In>
    using channel_shape = shape<channels<In>>;

    // Rows that share statistics: those from `first` on, of which the leading `seen` are looked at.
    struct group {
        std::size_t first, count, seen;
    };
    // Support and query rows that run together are one group by the statistics of the support set, or one each.
    template <class Rows>
    static constexpr bool is_given = uses_reference && Rows::reference == frozen;
    template <class Rows>
    static constexpr std::size_t support_rows = Rows::reference == frozen ? 0 : Rows::reference;
    template <class Rows>
    static constexpr std::size_t groups = !uses_reference && support_rows<Rows> > 0 ? 2 : 1;
    template <class Rows, class In>
    static constexpr group group_of(std::size_t g) {
        constexpr std::size_t places = In::size / channels<In>;
        constexpr std::size_t all = Rows::count * places, before = support_rows<Rows> * places;
        if (groups<Rows> == 1) return {0, all, before > 0 ? before : all};
        return g == 0 ? group{0, before, before} : group{before, all - before, all - before};
    }

public:
    template <class In>
    using parameters = std::conditional_t<
        uses_pass,
        parameter_list<parameter<"scale", channel_shape<In>>, parameter<"shift", channel_shape<In>>,
                       parameter<"mean", channel_shape<In>, role::buffer>,
                       parameter<"variance", channel_shape<In>, role::buffer>>,
        parameter_list<parameter<"scale", channel_shape<In>>, parameter<"shift", channel_shape<In>>>>;

    // For each group the means, the r, and two plain numbers: is the batch looked at; do buffers want an update.
    template <class Rows, class In>
    static constexpr std::size_t saved_size = groups<Rows> * (2 * channels<In> + 2);

    template <class In>
    static constexpr std::size_t reference_size = uses_reference ? 2 * channels<In> : 0;
    template <class Rows, class In, class T>
    static void keep_reference(const T* saved, T* kept) noexcept {
        std::copy_n(saved, reference_size<In>, kept);
    }
    template <class Rows, class In, class T>
    static void give_reference(const T* kept, T* saved) noexcept {
        std::copy_n(kept, reference_size<In>, saved);
    }

    template <class In, class T>
    void initialize(T* p, random_stream&) const noexcept {
        constexpr std::size_t size = channels<In>;
        std::fill_n(p, size, T(1));
        std::fill_n(p + size, size, T(0));
        if constexpr (uses_pass) {
            std::fill_n(p + 2 * size, size, T(0));
            std::fill_n(p + 3 * size, size, T(1));
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> p, view<X> x, view<Y> y, view<S> saved, const pass& how = {true}) const noexcept {
        using T = scalar_of<X>;
        constexpr std::size_t size = channels<In>;
        const bool looks = is_given<Rows> ? false : !uses_pass || how.training;
        for (std::size_t g = 0; g < groups<Rows>; ++g) {
            const group own = group_of<Rows, In>(g);
            const auto kept = saved.at(g * (2 * size + 2));
            const auto flags = detail::innermost(kept).at(2 * size);
            flags(0) = T(looks);
            flags(1) = T(how.training && how.step == pass::query_step && g + 1 == groups<Rows>);
            detail::in_lanes<T>(size, [&]<class L>(std::size_t i) {
                using E = element_of<X, L>;
                const T weight = T(1) / T(own.seen);
                E mean(L(T(0))), variance(L(T(0)));
                if (looks) {
                    for (std::size_t n = 0; n < own.seen; ++n) mean = mean + at<L>(x, own, n, size, i);
                    mean = mean * weight;
                    for (std::size_t n = 0; n < own.seen; ++n) {
                        const E centered = at<L>(x, own, n, size, i) - mean;
                        variance = variance + centered * centered;
                    }
                    variance = variance * weight;
                } else if constexpr (uses_pass) {
                    const auto averages = detail::innermost(p);
                    mean = E(averages.template load_lanes<L>(2 * size + i));
                    variance = E(averages.template load_lanes<L>(3 * size + i));
                }
                E r = T(1) / square_root(E(variance + T(epsilon)));
                if constexpr (is_given<Rows>) {
                    mean = E(kept.template load_lanes<L>(i));
                    r = E(kept.template load_lanes<L>(size + i));
                }
                kept.template set_lanes<L>(i, element_of<S, L>(mean));
                kept.template set_lanes<L>(size + i, element_of<S, L>(r));
                const auto scale = p.template load_lanes<L>(i);
                const auto shift = p.template load_lanes<L>(size + i);
                for (std::size_t n = 0; n < own.count; ++n) {
                    const auto z = (at<L>(x, own, n, size, i) - mean) * r;
                    y.template set_lanes<L>((own.first + n) * size + i, element_of<Y, L>(z * scale + shift));
                }
            });
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> p, view<X> x, view<Y>, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> p_bar) const noexcept {
        using T = scalar_of<Yb>;
        constexpr std::size_t size = channels<In>;
        for (std::size_t g = 0; g < groups<Rows>; ++g) {
            const group own = group_of<Rows, In>(g);
            const auto kept = saved.at(g * (2 * size + 2));
            const auto flags = detail::innermost(kept).at(2 * size);
            const T weight = flags[0] / T(own.seen);
            detail::in_lanes<T>(size, [&]<class L>(std::size_t i) {
                using E = element_of<Yb, L>;
                const auto mean = kept.template load_lanes<L>(i);
                const auto r = kept.template load_lanes<L>(size + i);
                E shift_bar(L(T(0))), scale_bar(L(T(0)));
                for (std::size_t n = 0; n < own.count; ++n) {
                    const E bar = at<L>(y_bar, own, n, size, i);
                    shift_bar = shift_bar + bar;
                    scale_bar = scale_bar + bar * ((at<L>(x, own, n, size, i) - mean) * r);
                }
                if constexpr (is_wanted<view<Pb>>) {
                    p_bar.template add_lanes<L>(i, element_of<Pb, L>(scale_bar));
                    p_bar.template add_lanes<L>(size + i, element_of<Pb, L>(shift_bar));
                    if constexpr (uses_pass && depth<Pb> == 0) {
                        if (flags[1] != T(0)) update_averages<L>(p, mean, r, p_bar, size, i);
                    }
                }
                if constexpr (is_wanted<view<Xb>>) {
                    const auto slope = r * p.template load_lanes<L>(i);
                    const E constant = shift_bar * weight, linear = scale_bar * weight;
                    for (std::size_t n = 0; n < own.count; ++n) {
                        E bar = at<L>(y_bar, own, n, size, i);
                        if (n < own.seen) bar = bar - constant - ((at<L>(x, own, n, size, i) - mean) * r) * linear;
                        x_bar.template set_lanes<L>((own.first + n) * size + i, element_of<Xb, L>(bar * slope));
                    }
                }
            });
        }
    }

private:
    template <class L, class N>
    PRIORI_ALWAYS_INLINE static auto at(view<N> array, const group& own, std::size_t n, std::size_t size,
                                        std::size_t i) noexcept {
        return array.template load_lanes<L>((own.first + n) * size + i);
    }
    template <class L, class P, class N, class Pb>
    PRIORI_ALWAYS_INLINE void update_averages(view<P> p, const N& mean, const N& r, view<Pb> p_bar, std::size_t size,
                                              std::size_t i) const noexcept {
        using T = scalar_of<Pb>;
        const N variance = T(1) / (r * r) - T(epsilon);
        p_bar.template add_lanes<L>(2 * size + i, N((mean - p.template load_lanes<L>(2 * size + i)) * T(momentum)));
        p_bar.template add_lanes<L>(3 * size + i, N((variance - p.template load_lanes<L>(3 * size + i)) * T(momentum)));
    }
};

template <class Mode>
inline constexpr batch_normalization_layer<Mode> batch_normalization{};

}  // namespace priori
