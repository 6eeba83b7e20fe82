// SPDX-License-Identifier: BSL-1.0
// The concepts of optim: Elementwise, Transform, Rule, Optimizer. (Schedule is in field.hpp.)
#pragma once

#include <priori/core/name.hpp>
#include <priori/optim/segment.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace priori {

// The names of an optimizer's fields, in the order of fields().
template <fixed_string... Names>
struct names {
    static constexpr std::size_t count = sizeof...(Names);
    static constexpr std::array<std::string_view, count> views{Names.view()...};
};

// An elementwise optimizer is a final aggregate whose fields are numbers, learned(...) or schedules:
//   kind, slots                 its name, and how many numbers of state it keeps for each coordinate
//   field_names, fields()       names<"rate", ...>, and a tuple of the fields
//   update(p, g, s, h, k)       one coordinate's step k = 0, 1, ...: moves p and the state s, by the gradient g;
//                               generic over the number N of p, g, s and the number H of the fields' values h. H is N,
//                               or less deeply nested: N op H works, H op H is an H.
// Optional:
//   constants, prepare(h, k)    so many numbers that depend on fields and step alone; prepare writes them behind the
//                               fields
//   linear                      p and s after the step are linear in p, g and s
//   steep_at_zero               has the step no finite derivative where the gradient is 0? Then it is for outer rules
//   sums, term<J>(p, g, h, r)   so many sums over all coordinates; update gets their values r as one argument more, and
//                               term<J> those before J
// A field's default is `Rate rate = Rate(0.01)` with `class Rate = double`, which serves numbers, learned(...) and
// schedules alike. No deduction guide: with one, designators can no longer be left out.
// Laws: update changes nothing but p and s; with the same arguments it does the same.
// Models: sgd, momentum, nesterov, rmsprop, adam, adamw; a Transform before any of them. Not a model: a coordinatewise
// LSTM, whose state is not a few numbers moved by named fields (a Rule of its own).
template <class O>
concept Elementwise = requires(const O& optimizer) {
    O::kind.view();
    { O::slots } -> std::convertible_to<std::size_t>;
    { O::field_names::count } -> std::convertible_to<std::size_t>;
    optimizer.fields();
};

template <class O>
inline constexpr bool is_steep_at_zero = requires { requires O::steep_at_zero; };

// A transform changes the gradient before an optimizer takes it: `clip_by_norm{1.0} | adam{}`. A final aggregate:
//   is_gradient_transform, kind, field_names, fields()      as above
//   apply(p, g, h, r)           the gradient that the next one sees
// Optional: linear; sums and term<J>(p, g, h, r), as above.
// Laws: p is read and not changed; an optimizer behind it is Elementwise again.
// Models: weight_decay, clip_by_value, clip_by_norm. Not a model: adam, which moves p itself.
template <class T>
concept Transform = requires { requires T::is_gradient_transform; };

// A rule is an optimizer met with the name of its blocks: rule<Id, O>, all static. Plan says what moves (segment.hpp),
// Layout where the blocks lie in the flat buffer theta, Steps how many steps a per-step field has values for.
//   slots                       numbers of state for each coordinate, zero at the start
//   blocks<Plan, Steps>         the layout of what it learns
//   reads_trajectory            does vjp read x, g and s? If not they may be anything.
//   detached                    is the gradient that it takes held fixed?
//   initialize<Layout, Plan, Steps>(optimizer, theta)
//   forward<Layout, Plan, Steps>(optimizer, theta, k, x, g, s)              x and s after step k, in place
//   vjp<Layout, Plan, Steps>(optimizer, theta, k, x, g, s, x_bar, s_bar, g_bar, theta_bar)
//                               x, g, s before step k; x_bar and s_bar: cotangents after it in, before it out; g_bar is
//                               written; theta_bar, in the rule's blocks, is added to
// Shapes: x, g [Plan::size]; s [slots][Plan::size].
// Laws: vjp is the transpose of forward's derivative; steps beyond Steps use the last value of a per-step field;
// nothing but what is named is written.
// Models: the rule of every Elementwise, of detached(...), of a learned optimizer. Not a model: that of clip_by_norm{},
// which says how to change a gradient and not how to step.
template <class R>
concept Rule = requires {
    { R::slots } -> std::convertible_to<std::size_t>;
    { R::reads_trajectory } -> std::convertible_to<bool>;
    { R::detached } -> std::convertible_to<bool>;
    typename R::template blocks<one_segment<1>, 1>;
};

template <fixed_string Id, class O>
struct rule;

// Whatever has a rule.
template <class O>
concept Optimizer = Rule<rule<"rule", O>>;

}  // namespace priori
