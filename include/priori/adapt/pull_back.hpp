// SPDX-License-Identifier: BSL-1.0
// How an adaptation is pulled back: the reverse sweep over its steps, and which of them are exact.
#pragma once

#include <priori/core/error.hpp>
#include <priori/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace priori {

// A MetaGradient is a final value:
//   is_meta_gradient
//   needs_query                     does it start from the query loss's gradient?
//   second(k, K), any_second(K)     is the curvature of the support loss at step k of K pulled through?
//   keeps_path                      does it visit the steps again, or only the first and last parameters?
//   keeps_points, keeps_gradients   must all of them be kept, even where the pull-back does not read them?
//   pull_back(run)                  turns the cotangent after an adaptation into that before it, by the moves of `run`
// Optional: takes_bundles (see simd/bundle.hpp; no branch depends on a number), iterations_to_loss (of a rule that
// needs no query: outer iterations from one query loss to the next).
// Models: exact, exact_from(1000), first_order, truncated<2>, displacement. Not a model: sgd, which says how to step (an
// Optimizer).
template <class R>
concept MetaGradient = requires { requires R::is_meta_gradient; };

// The rules that unroll: one reverse sweep, exact where `Exact::at(k, K)` says so.
template <class Exact>
struct unrolled {
    static constexpr bool is_meta_gradient = true;
    static constexpr bool takes_bundles = true;
    static constexpr bool needs_query = true;
    static constexpr bool keeps_path = true;
    static constexpr bool keeps_points = false;
    static constexpr bool keeps_gradients = false;
    static constexpr bool second(std::size_t k, std::size_t steps) { return Exact::at(k, steps); }
    static constexpr bool any_second(std::size_t steps) {
        for (std::size_t k = 0; k < steps; ++k) {
            if (Exact::at(k, steps)) return true;
        }
        return false;
    }

    // v <- v dU/dphi; v <- v + d/de grad L_S(phi_k + e g_bar), for k = K-1 .. 0.
    // Reference: Finn et al. 2017, equation 1, by reverse accumulation; Pearlmutter 1994 for the second term.
    template <class Run>
    static void pull_back(Run& run) noexcept {
        run.start();
        for (std::size_t k = Run::steps; k-- > 0;) {
            run.restore(k);
            run.pull_step(k, second(k, Run::steps));
            run.seed(k);
        }
        run.finish();
    }
};

namespace detail {

struct at_every_step {
    static constexpr bool at(std::size_t, std::size_t) { return true; }
};
struct at_no_step {
    static constexpr bool at(std::size_t, std::size_t) { return false; }
};
template <std::size_t Last>
struct at_last_steps {
    static constexpr bool at(std::size_t k, std::size_t steps) { return k + Last >= steps; }
};

}  // namespace detail

// Through every step, to second order. Reference: Finn et al. 2017.
inline constexpr unrolled<detail::at_every_step> exact{};
// The gradients of the support loss are held fixed. Reference: Finn et al. 2017, section 5.2 (FOMAML).
inline constexpr unrolled<detail::at_no_step> first_order{};
// Exact in the last k steps, first order before. Reference: Shaban et al. 2019.
template <std::size_t K>
inline constexpr unrolled<detail::at_last_steps<K>> truncated{};

using exact_rule = unrolled<detail::at_every_step>;

// First order in outer iterations before `iteration`, exact from there on: the early ones cost less.
// Reference: Antoniou et al. 2019 (MAML++), section 4.4 (derivative-order annealing).
struct exact_from_rule : exact_rule {
    std::uint64_t iteration;
    constexpr explicit exact_from_rule(std::uint64_t first) noexcept : iteration(first) {}
};
constexpr exact_from_rule exact_from(std::uint64_t iteration) noexcept { return exact_from_rule(iteration); }

namespace detail {

// Does the rule, if it is one that looks at second order at all, do so in this outer iteration?
template <class Rule>
constexpr bool is_exact_at([[maybe_unused]] const Rule& rule, [[maybe_unused]] std::uint64_t iteration) noexcept {
    if constexpr (std::is_same_v<Rule, exact_from_rule>) {
        return iteration >= rule.iteration;
    } else {
        return true;
    }
}

}  // namespace detail

// How far the parameters went: theta - phi_K in the place of a gradient; nothing else of theta moves.
// With outer sgd of rate e, theta <- theta + e (phi_K - theta). Reference: Nichol et al. 2018 (Reptile), algorithm 1.
// The query loss is there to be looked at, and may be a third of the work: displacement.loss_every(20) computes it in
// every 20th outer iteration only, where it is 0 in between and trainings report the last one.
struct displacement_rule {
    static constexpr bool is_meta_gradient = true;
    static constexpr bool takes_bundles = true;
    static constexpr bool needs_query = false;
    static constexpr bool keeps_path = false;
    static constexpr bool keeps_points = false;
    static constexpr bool keeps_gradients = false;
    static constexpr bool second(std::size_t, std::size_t) { return false; }
    static constexpr bool any_second(std::size_t) { return false; }

    std::uint64_t iterations_to_loss = 1;

    // Throws: error (bad_value) for 0, which is no constant either; without exceptions that stops the program.
    constexpr displacement_rule loss_every(std::uint64_t iterations) const {
        if (iterations == 0) {
            detail::refuse_access(
                failure{error_kind::bad_value, "displacement.loss_every: the number of iterations is at least 1."});
        }
        return {iterations};
    }

    template <class Run>
    static void pull_back(Run& run) noexcept {
        run.displace();
    }
};

inline constexpr displacement_rule displacement{};

namespace detail {

// Does a rule that takes no query gradient want the query loss all the same, in this outer iteration?
template <class Rule>
constexpr bool is_loss_known(const Rule& rule, std::uint64_t iteration) noexcept {
    if constexpr (requires { rule.iterations_to_loss; }) {
        return iteration % rule.iterations_to_loss == 0;
    } else {
        return true;
    }
}

}  // namespace detail

// No way back: what an adapter runs.
struct forward_only_rule {
    static constexpr bool is_meta_gradient = true;
    static constexpr bool needs_query = false;
    static constexpr bool keeps_path = false;
    static constexpr bool keeps_points = false;
    static constexpr bool keeps_gradients = false;
    static constexpr bool second(std::size_t, std::size_t) { return false; }
    static constexpr bool any_second(std::size_t) { return false; }
};

// A rule that keeps the points, or the gradients, of the whole path for somebody else.
template <class Rule, bool Points, bool Gradients>
struct keeping : Rule {
    static constexpr bool keeps_points = Points || Rule::keeps_points;
    static constexpr bool keeps_gradients = Gradients || Rule::keeps_gradients;
};

}  // namespace priori
