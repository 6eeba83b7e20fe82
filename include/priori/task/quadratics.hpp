// SPDX-License-Identifier: BSL-1.0
// quadratics: random convex quadratics, on which optimizers are learned and compared.
#pragma once

#include <priori/core/key.hpp>
#include <priori/core/random.hpp>
#include <priori/core/shape.hpp>
#include <priori/task/batch.hpp>
#include <priori/task/concepts.hpp>

#include <cstddef>
#include <cstdint>

namespace priori {

// The law of the elements of W and y.
enum class quadratic_elements : std::uint8_t {
    gaussian,  // N(0, 1): the paper's text
    uniform,   // U(0, 1): the paper's published code
};

// f(theta) = |W theta - y|^2 / n, W of shape (n, n), n = dimension, as regression: the rows of W are the inputs and the
// elements of y the targets, so f is the mean squared error of a linear model without bias, `input<n> | dense<1>`.
// There is nothing to generalize to: the query set equals the support set. (The paper's f is the sum, n times this.)
// Shapes: inputs (n, n), targets (n, 1); the query set likewise.
// Reference: Andrychowicz et al., "Learning to learn by gradient descent by gradient descent" (2016), section 3.1.
// Example: quadratics{.dimension = count<10>, .elements = quadratic_elements::uniform}
template <class Dimension = count_t<10>>
struct quadratics {
    static_assert(Count<Dimension>,
                  "[priori:E101] quadratics: the dimension is part of the type; write .dimension = count<10>.");

    [[no_unique_address]] Dimension dimension{};
    quadratic_elements elements = quadratic_elements::gaussian;

    template <class T>
    using episode_type = episode_of<T, shape<Dimension::value>, shape<1>, Dimension::value, Dimension::value>;

    template <class T>
    void draw_into(key k, episode_type<T>& out) const noexcept {
        random_stream stream(k);
        for (std::size_t i = 0; i < Dimension::value * Dimension::value; ++i) {
            out.query.inputs.data()[i] = out.support.inputs.data()[i] = element<T>(stream);
        }
        for (std::size_t i = 0; i < Dimension::value; ++i) {
            out.query.targets.data()[i] = out.support.targets.data()[i] = element<T>(stream);
        }
    }

    episode_type<float> draw(key k) const noexcept { return detail::drawn_episode<float>(*this, k); }

private:
    template <class T>
    T element(random_stream& stream) const noexcept {
        return elements == quadratic_elements::gaussian ? stream.normal<T>() : stream.uniform(T(0), T(1));
    }
};

}  // namespace priori
