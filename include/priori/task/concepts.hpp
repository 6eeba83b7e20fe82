// SPDX-License-Identifier: BSL-1.0
// TaskSource: what gives the tasks that a learner is trained and tested on.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/shape.hpp>

#include <cstddef>
#include <type_traits>

namespace priori {

namespace detail {

template <class>
inline constexpr bool is_count = false;
template <std::size_t N>
inline constexpr bool is_count<count_t<N>> = true;

}  // namespace detail

// A number of examples that is part of the type: `count<10>`. The integer 10 is not one: episodes have fixed sizes.
template <class C>
concept Count = detail::is_count<std::remove_cv_t<C>>;

namespace detail {

// The number, or 1 where something else was given: then the first error, which says so, is the only one.
template <class C>
inline constexpr std::size_t value_of = 1;
template <Count C>
inline constexpr std::size_t value_of<C> = C::value;

}  // namespace detail

// Meaning: a distribution over tasks, given as a pure function from keys to episodes.
// Requirements:
//   Source::episode_type<T>            the episode's type with numbers of type T
//   source.draw_into<T>(key, episode)  writes every element of the episode: noexcept, no allocation, const
// Ours also have source.draw(key), which returns an episode in float.
// Laws: the same source and key give the same bits, in any order of calls, on any thread and compiler; with another T
// the values are those of double rounded to T; support and query examples are drawn independently or are disjoint.
// Models: sinusoids, reptile_sinusoids, harmonic_mixtures, linear_maps, quadratics, gaussian_blobs, glyphs,
// few_shot, tabular_tasks, augmented. Not a model: a source that keeps a generator and advances it, for it depends on the order of calls.
template <class Source, class T = float>
concept TaskSource = requires(const Source& source, const key& k, typename Source::template episode_type<T>& out) {
    requires noexcept(source.template draw_into<T>(k, out));
};

namespace detail {

template <class T, class Source>
auto drawn_episode(const Source& source, const key& k) noexcept {
    typename Source::template episode_type<T> result;
    source.template draw_into<T>(k, result);
    return result;
}

}  // namespace detail

}  // namespace priori
