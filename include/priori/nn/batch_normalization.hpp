// SPDX-License-Identifier: BSL-1.0
// batch_normalization<Mode>: every feature to mean 0 and variance 1 over some examples, then a learned scale and shift.
#pragma once

#include <priori/ad/functions.hpp>
#include <priori/ad/map.hpp>
#include <priori/ad/view.hpp>
#include <priori/config/config.hpp>
#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>
#include <priori/nn/concepts.hpp>
#include <priori/nn/detail/channel_block.hpp>
#include <priori/nn/detail/innermost.hpp>
#include <priori/nn/detail/joint_block.hpp>
#include <priori/nn/detail/pooled_block.hpp>
#include <priori/nn/detail/windows.hpp>
#include <priori/nn/initializer.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace priori {

// The mode says whose mean and variance normalize. In an inner loop, those of the support batch at hand; `running` does
// so in training, and takes its averages in the inner loop too where pass::training is off.
// transductive: queries by those of all queries together: a prediction depends on the other queries.
struct transductive {
    static constexpr fixed_string name{"transductive"};
};
// support_statistics: queries by those of the support set under the parameters in use, differentiated through:
// predictions are independent of each other. The support set runs along with the queries.
struct support_statistics {
    static constexpr fixed_string name{"support_statistics"};
};
// running: by averages in the buffers `mean` and `variance` where pass::training is off, else by the batch at hand.
// The averages move outside of the gradient: see below. Reference: Ioffe and Szegedy (2015), algorithm 2.
struct running {
    static constexpr fixed_string name{"running"};
};
// per_step<K>: as running, with averages, scale and shift of their own for the parameters after 0, 1, ..., K-1 steps of
// the inner loop; later ones use the last set. A set's averages follow the support batch of its step too; queries of
// adapt<K> share the last set with the last step, those of per_step<K + 1> have one of their own. Reference: Antoniou
// et al., MAML++ (2019), section 4, "per-step batch normalization"; its code normalizes by the batch at evaluation too,
// and takes the set before for losses along the way. There the inner loop leaves scale and shift alone: except<...>.
template <std::size_t Sets>
struct per_step {
    static constexpr auto name = join<"per_step_", decimal<Sets>()>();
    static constexpr std::size_t sets = Sets;
};

// z = (x - mean) r, r = 1 / sqrt(variance + epsilon), y = z scale + shift; the variance divides by the S rows seen.
// Shapes: x, y (.., C), scale, shift (C): the last dimension is normalized over all examples and all other dimensions.
// Derivative: through mean and variance, except where they are running averages.
//   x_bar = r scale (y_bar - (sum(y_bar) + z sum(y_bar z)) / S) in the S rows behind the statistics,
//   x_bar = r scale y_bar in other rows.
// Buffers: their place in theta_bar gets momentum (batch statistic - running average) in training, which is no
// derivative: an outer step is `buffer += theta_bar`, the mean over a meta-batch (move_buffers with rate 1). It comes
// from the plain gradient of the query loss and of the networks of encode and write; of a set of per_step from that of
// its support loss too, so such a momentum is at most 0.5. Rules that take no query gradient (displacement) leave that
// of `running` zero. Variances are the ones that normalize: divided by S, not S - 1.
// Cost: two passes over the batch forward, two backward; keeps the mean and r of each feature.
// Reference: Ioffe and Szegedy, Batch Normalization (2015), algorithm 1; Bronskill et al. 2020 for the modes.
// Example: batch_normalization<transductive>, batch_normalization<transductive>.without_scale().max_pooled<2>()
template <class Mode, bool Scaled = true, std::size_t Window = 1>
struct batch_normalization_layer {
    static constexpr fixed_string kind{"batch_normalization"};
    static constexpr auto variant = [] {  // in signatures
        if constexpr (Window <= 2) {
            return join<":", Mode::name>();
        } else {
            return join<":", Mode::name, ":window", decimal<Window>()>();
        }
    }();
    static constexpr bool reads_input = true;
    static constexpr bool reads_output = false;
    static constexpr bool in_place = Window == 1;
    static constexpr bool uses_reference = std::is_same_v<Mode, support_statistics>;
    static constexpr bool uses_steps = requires { Mode::sets; };
    static constexpr bool uses_pass = std::is_same_v<Mode, running> || uses_steps;

    double epsilon = 1e-5;
    double momentum = 0.1;  // of running averages: how far they move in one outer step

    // y = z + shift, as the MAML code has it.
    constexpr batch_normalization_layer<Mode, false, Window> without_scale() const { return {epsilon, momentum}; }
    // Of images or signals, and max_pool<Edge> behind it in the same pass: the same numbers, half the memory traffic.
    template <std::size_t Edge>
    constexpr batch_normalization_layer<Mode, Scaled, Edge> max_pooled() const {
        return {epsilon, momentum};
    }

private:
    template <class In>
    using windows = detail::windows<In, Window, Window, In::rank == 2>;
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

    static constexpr std::size_t sets = [] {
        if constexpr (uses_steps) {
            return Mode::sets;
        } else {
            return std::size_t{1};
        }
    }();
    // Where parameters begin: scale, shift, then the averages, means before variances; of the first of several sets.
    template <class In>
    static constexpr std::size_t shifts = Scaled ? sets * channels<In> : 0;
    template <class In>
    static constexpr std::size_t averages = shifts<In> + sets * channels<In>;
    template <class In>
    static constexpr std::size_t variances = averages<In> + sets * channels<In>;
    template <class In>
    using parameter_shape =
        std::conditional_t<uses_steps, shape<sets, channels<In>>, channel_shape<In>>;

    // Beside the moments a group keeps two plain numbers, or three: is the batch looked at; do buffers want an update;
    // which set.
    static constexpr std::size_t flag_count = uses_steps ? 3 : 2;
    // The parameters from those of a set on.
    template <class In, class P, class F>
    PRIORI_ALWAYS_INLINE static view<P> own_set(view<P> p, view<F> flags) noexcept {
        if constexpr (uses_steps) {
            return p.at(static_cast<std::size_t>(flags[2]) * channels<In>);
        } else {
            return p;
        }
    }

    template <class In, class... Buffers>
    using with_scale = std::conditional_t<
        Scaled,
        parameter_list<parameter<"scale", parameter_shape<In>>, parameter<"shift", parameter_shape<In>>, Buffers...>,
        parameter_list<parameter<"shift", parameter_shape<In>>, Buffers...>>;

public:
    template <class In>
    static consteval auto refusal() {
        if constexpr (sets == 0) {
            return fixed_string(
                "[priori:N125] batch_normalization: per_step<0> keeps no numbers; give it the number of inner steps.");
        } else if constexpr (Window == 1) {
            return detail::accepted;
        } else {
            return detail::window_refusal<kind, In, Window, Window, In::rank == 2>();
        }
    }
    template <class In>
    using output_shape = typename std::conditional_t<Window == 1, std::type_identity<In>,
                                                     std::type_identity<typename windows<In>::output>>::type;
    template <class In>
    using parameters =
        std::conditional_t<uses_pass,
                           with_scale<In, parameter<"mean", parameter_shape<In>, role::buffer>,
                                      parameter<"variance", parameter_shape<In>, role::buffer>>,
                           with_scale<In>>;

    // For each group the means, the r, and the flags. Then the winners.
    template <class Rows, class In>
    static constexpr std::size_t moments_size = groups<Rows> * (2 * channels<In> + flag_count);
    template <class Rows, class In>
    static constexpr std::size_t saved_size =
        moments_size<Rows, In> + (Window == 1 ? 0 : Rows::count * windows<In>::output::size);

    template <class In>
    static constexpr std::size_t batch_places =
        std::is_same_v<Mode, transductive> ? In::size / channels<In> : alone;

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
        constexpr std::size_t size = sets * channels<In>;
        if constexpr (Scaled) std::fill_n(p, size, T(1));
        std::fill_n(p + shifts<In>, size, T(0));
        if constexpr (uses_pass) {
            std::fill_n(p + averages<In>, size, T(0));
            std::fill_n(p + variances<In>, size, T(1));
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S>
    void forward(view<P> all, view<X> x, view<Y> y, view<S> saved, const pass& how = {true}) const noexcept {
        using T = scalar_of<X>;
        constexpr std::size_t size = channels<In>;
        const bool looks = is_given<Rows> ? false : !uses_pass || how.training;
        for (std::size_t g = 0; g < groups<Rows>; ++g) {
            const group own = group_of<Rows, In>(g);
            const auto kept = saved.at(g * (2 * size + flag_count));
            const auto flags = detail::innermost(kept).at(2 * size);
            flags(0) = T(looks);
            flags(1) = T(how.training && moves(how.averages) && g + 1 == groups<Rows>);
            if constexpr (uses_steps) flags(2) = T(std::min<std::size_t>(how.taken, sets - 1));
            const auto p = own_set<In>(all, flags);
            detail::in_channel_blocks<size, T, depth<Y>>([&]<class L, std::size_t Packs>(std::size_t i) {
                using block = detail::channel_block<size, L, Packs>;
                using E = element_of<S, L>;
                E mean[Packs], r[Packs];
                if (is_given<Rows> || (looks && !detail::computes_value<S>)) {
                    block::load(kept.at(i), mean);
                    block::load(kept.at(size + i), r);
                }
                if constexpr (!is_given<Rows>) {
                    if (!looks) {
                        if constexpr (uses_pass) recall<In, block>(p, i, mean, r);
                    } else if constexpr (detail::computes_value<S>) {
                        block::moments(x.at(own.first * size + i), own.seen, mean, r);
                        invert<T>(r);
                    } else if constexpr (depth<X> == depth<S>) {
                        block::move_moments(x.at(own.first * size + i), own.seen, mean, r);
                    } else {
                        block::stop(mean);
                        block::stop(r);
                    }
                    block::set(kept.at(i), mean);
                    block::set(kept.at(size + i), r);
                }
                element_of<P, L> shift[Packs];
                element_of<Y, L> slope[Packs];
                block::load(p.at(shifts<In> + i), shift);
                PRIORI_UNROLL
                for (std::size_t b = 0; b < Packs; ++b) slope[b] = scaled<L>(r[b], p, i + b * width<L>);
                const auto in = x.at(own.first * size + i);
                if constexpr (Window == 1) {
                    block::normalize(in, y.at(own.first * size + i), own.count, mean, slope, shift);
                } else {
                    const part<In> to(own, size, i);
                    const auto winners = winners_of<Rows, In>(saved).at(to.first);
                    pooled<In, L, Packs>::normalize(in, y.at(to.first), winners, to.images, mean, slope, shift);
                }
            });
        }
    }

    template <class Rows, class In, class P, class X, class Y, class S, class Yb, class Xb, class Pb>
    void vjp(view<P> all, view<X> x, view<Y>, view<S> saved, view<Yb> y_bar, view<Xb> x_bar,
             view<Pb> all_bar) const noexcept {
        using T = scalar_of<Yb>;
        constexpr std::size_t size = channels<In>;
        for (std::size_t g = 0; g < groups<Rows>; ++g) {
            const group own = group_of<Rows, In>(g);
            const auto kept = saved.at(g * (2 * size + flag_count));
            const auto flags = detail::innermost(kept).at(2 * size);
            const auto p = own_set<In>(all, flags);
            const auto p_bar = own_set<In>(all_bar, flags);
            const T weight = flags[0] / T(own.seen);
            detail::in_channel_blocks<size, T, depth<Yb>>([&]<class L, std::size_t Packs>(std::size_t i) {
                using block = detail::channel_block<size, L, Packs>;
                using E = element_of<Yb, L>;
                E mean[Packs], r[Packs], constant[Packs], linear[Packs];
                block::load(kept.at(i), mean);
                block::load(kept.at(size + i), r);
                const auto in = x.at(own.first * size + i);
                [[maybe_unused]] const part<In> from(own, size, i);
                const auto bar = y_bar.at(Window == 1 ? own.first * size + i : from.first);
                if constexpr (Window == 1) {
                    block::sums(in, bar, own.count, mean, constant, linear);
                } else {
                    pooled<In, L, Packs>::sums(in, bar, winners_of<Rows, In>(saved).at(from.first), from.images, mean,
                                               constant, linear);
                }
                PRIORI_UNROLL
                for (std::size_t b = 0; b < Packs; ++b) {
                    const std::size_t at = i + b * width<L>;
                    linear[b] = linear[b] * r[b];
                    if constexpr (is_wanted<view<Pb>>) {
                        if constexpr (Scaled) p_bar.template add_lanes<L>(at, element_of<Pb, L>(linear[b]));
                        p_bar.template add_lanes<L>(shifts<In> + at, element_of<Pb, L>(constant[b]));
                        if constexpr (uses_pass && depth<Pb> == 0) {
                            if (flags[1] != T(0)) update_averages<In, L>(p, mean[b], r[b], p_bar, at);
                        }
                    }
                    const E slope = scaled<L>(r[b], p, at);
                    constant[b] = constant[b] * weight * slope;
                    linear[b] = linear[b] * weight * r[b] * slope;
                    r[b] = slope;
                }
                if constexpr (is_wanted<view<Xb>>) {
                    const auto to = x_bar.at(own.first * size + i);
                    const std::size_t rest = own.seen * size;
                    if constexpr (Window == 1) {
                        block::pull_back(in, bar, to, own.seen, mean, r, constant, linear);
                        block::multiply(bar.at(rest), to.at(rest), own.count - own.seen, r);
                    } else {
                        const auto winners = winners_of<Rows, In>(saved).at(from.first);
                        const std::size_t seen = from.images_seen, pools = seen * windows<In>::output::size;
                        pooled<In, L, Packs>::pull_back(in, bar, winners, to, seen, mean, r, constant, linear);
                        if (own.count > own.seen) {
                            block::fill(constant, E(L(T(0))));
                            block::fill(linear, E(L(T(0))));
                            pooled<In, L, Packs>::pull_back(in.at(rest), bar.at(pools), winners.at(pools), to.at(rest),
                                                            from.images - seen, mean, r, constant, linear);
                        }
                    }
                }
            });
        }
    }

private:
    template <class In, class L, std::size_t Packs>
    using pooled = detail::pooled_block<detail::channel_block<channels<In>, L, Packs>, windows<In>, L, Packs>;
    template <class Rows, class In, class S>
    PRIORI_ALWAYS_INLINE static auto winners_of(view<S> saved) noexcept {
        return detail::innermost(saved).at(moments_size<Rows, In>);
    }
    // A group as images, and where its pooled numbers begin, channels from i on.
    template <class In>
    struct part {
        std::size_t images, images_seen, first;
        PRIORI_ALWAYS_INLINE part(const group& own, std::size_t size, std::size_t i) noexcept
            : images(own.count * size / In::size),
              images_seen(own.seen * size / In::size),
              first(own.first * size / In::size * windows<In>::output::size + i) {}
    };

    static constexpr bool moves(moved_averages which) {
        return which == moved_averages::all || (uses_steps && which == moved_averages::of_steps);
    }
    // r scale, or r alone.
    template <class L, class N, class P>
    PRIORI_ALWAYS_INLINE static auto scaled(const N& r, view<P> p, std::size_t at) noexcept {
        if constexpr (Scaled) {
            return r * p.template load_lanes<L>(at);
        } else {
            return r;
        }
    }
    template <class T, class E, std::size_t Packs>
    PRIORI_ALWAYS_INLINE void invert(E (&variance)[Packs]) const noexcept {
        PRIORI_UNROLL
        for (std::size_t b = 0; b < Packs; ++b) variance[b] = T(1) / square_root(E(variance[b] + T(epsilon)));
    }
    // Mean and r by the running averages.
    template <class In, class Block, class P, class E, std::size_t Packs>
    PRIORI_ALWAYS_INLINE void recall(view<P> p, std::size_t i, E (&mean)[Packs], E (&r)[Packs]) const noexcept {
        const auto own = detail::innermost(p).at(averages<In> + i);
        Block::load(own, mean);
        Block::load(own.at(variances<In> - averages<In>), r);
        invert<scalar_of<P>>(r);
    }
    template <class In, class L, class P, class N, class Pb>
    PRIORI_ALWAYS_INLINE void update_averages(view<P> p, const N& mean, const N& r, view<Pb> p_bar,
                                              std::size_t i) const noexcept {
        using T = scalar_of<Pb>;
        const N variance = T(1) / (r * r) - T(epsilon);
        const std::size_t first = averages<In> + i, second = variances<In> + i;
        p_bar.template add_lanes<L>(first, N((mean - p.template load_lanes<L>(first)) * T(momentum)));
        p_bar.template add_lanes<L>(second, N((variance - p.template load_lanes<L>(second)) * T(momentum)));
    }
};

template <class Mode>
inline constexpr batch_normalization_layer<Mode> batch_normalization{};

namespace detail {

// With a convolution of one channel before it: see joint_block.hpp.
template <class First, bool Scaled, class Rows, class In>
    requires(Rows::reference == 0 && SumsNeighbours<First, In>)
struct joint<First, batch_normalization_layer<transductive, Scaled, 2>, Rows, In>
    : joint_normalization<First, batch_normalization_layer<transductive, Scaled, 2>, Scaled, Rows, In> {};

}  // namespace detail

}  // namespace priori
