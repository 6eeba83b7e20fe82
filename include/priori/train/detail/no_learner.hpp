// SPDX-License-Identifier: BSL-1.0
// no_learner: the sentence for what stands in the place of a learner and is none.
#pragma once

#include <priori/core/name.hpp>
#include <priori/core/sentence.hpp>

namespace priori::detail {

// Empty for a learner or an adapter. make_learner gives a pointer to one.
template <class X, fixed_string Function>
inline constexpr auto no_learner = [] {
    if constexpr (requires { typename X::program_type; } || requires { typename X::scalar; }) {
        return accepted;
    } else {
        return join<"[priori:R606] ", Function,
                    ": the first argument is no learner; what make_learner gives is a pointer to one, write *learner.">();
    }
}();

}  // namespace priori::detail
