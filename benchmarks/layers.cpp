// SPDX-License-Identifier: BSL-1.0
// Layers alone, forward and back: at the shapes of conv4-64 with 75 images, and heads of five ways.
//
// The name: kind, height x width x channels of one input, examples. bytes_per_second as if what a call takes and gives
// went through memory once, parameters and what the layer keeps aside. FLOPS and peak_fraction of the joint block
// alone: the multiply-adds of its convolution, back those of the winners.
#include "measure.hpp"

#include <priori/nn/average_pool.hpp>
#include <priori/nn/batch_normalization.hpp>
#include <priori/nn/convolution.hpp>
#include <priori/nn/dense.hpp>
#include <priori/nn/global_mean.hpp>
#include <priori/nn/group_normalization.hpp>
#include <priori/nn/layer_normalization.hpp>
#include <priori/nn/max_pool.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace {

namespace pr = priori;

using benchmarks::measure;
using benchmarks::values;

struct arrays {
    std::vector<float> p, p_bar, x, x_bar, y, y_bar, saved;
    pr::view<float> of(std::vector<float>& a) { return pr::view<float>(a.data()); }
};

template <class In, std::size_t Count>
std::string shape_name() {
    std::string name;
    for (std::size_t i = 0; i < In::rank; ++i) {
        name += i > 0 ? 'x' : '/';
        name += std::to_string(In::extents[i]);
    }
    name += ", ";
    name += std::to_string(Count);
    name += ' ';
    return name;
}

template <class In, std::size_t Count, class L>
void add(const std::string& name, const L& layer) {
    using rows = pr::rows<Count>;
    constexpr std::size_t in = Count * In::size, out = Count * L::template output_shape<In>::size;
    constexpr std::size_t parameters = L::template parameters<In>::size, kept = pr::detail::saved_size<L, rows, In>;
    const auto a = std::make_shared<arrays>(values(parameters), values(parameters), values(in), values(in),
                                            values(out), values(out), values(kept));
    for (float& p : a->p) p += 1.5f;  // variances are positive, labels are none
    const auto forward = [=] {
        const auto p = a->of(a->p), x = a->of(a->x), y = a->of(a->y), saved = a->of(a->saved);
        if constexpr (pr::detail::keeps_saved<L>) {
            layer.template forward<rows, In>(p, x, y, saved);
        } else {
            layer.template forward<rows, In>(p, x, y);
        }
    };
    const auto back = [=] {
        const auto p = a->of(a->p), x = a->of(a->x), y = a->of(a->y), saved = a->of(a->saved);
        const auto y_bar = a->of(a->y_bar), x_bar = a->of(a->x_bar), p_bar = a->of(a->p_bar);
        if constexpr (pr::detail::keeps_saved<L>) {
            layer.template vjp<rows, In>(p, x, y, saved, y_bar, x_bar, p_bar);
        } else {
            layer.template vjp<rows, In>(p, x, y, y_bar, x_bar, p_bar);
        }
    };
    forward();
    measure(name + shape_name<In, Count>() + "forward", {0, 4.0 * (in + out), 0}, forward);
    measure(name + shape_name<In, Count>() + "back", {0, 4.0 * ((L::reads_input ? 2 : 1) * in + out), 0}, back);
}

// A first convolution with its normalization and pool: joint_block.hpp.
template <std::size_t Filters, std::size_t Count>
void joint() {
    using in = pr::shape<28, 28, 1>;
    constexpr auto first = pr::convolution<Filters>.without_bias();
    constexpr auto second = pr::batch_normalization<pr::transductive>.template max_pooled<2>();
    using first_type = std::remove_cvref_t<decltype(first)>;
    using second_type = std::remove_cvref_t<decltype(second)>;
    using rows = pr::rows<Count>;
    using between = typename first_type::template output_shape<in>;
    using pair = pr::detail::joint<first_type, second_type, rows, in>;
    static_assert(pair::pays);
    constexpr std::size_t out = Count * second_type::template output_shape<between>::size;
    constexpr std::size_t kept = second_type::template saved_size<rows, between>;
    const auto a = std::make_shared<arrays>(values(9 * Filters), values(9 * Filters), values(Count * in::size),
                                            values(2 * Filters), values(out), values(out), values(kept));
    const auto q = std::make_shared<std::vector<float>>(2 * Filters, 1.0f);
    const auto between_them = std::make_shared<std::vector<float>>(Count * between::size);
    const auto forward = [=] {
        pair::forward(first, second, a->of(a->p), a->of(*q), a->of(a->x), a->of(*between_them), a->of(a->y),
                      a->of(a->saved));
    };
    const auto back = [=] {
        pair::vjp(first, second, a->of(a->p), a->of(*q), a->of(a->x), a->of(*between_them), a->of(a->saved),
                  a->of(a->y_bar), a->of(a->p_bar), a->of(a->x_bar));
    };
    forward();
    const std::string name =
        "convolution<" + std::to_string(Filters) + ">, normalization, pool" + shape_name<in, Count>();
    const double bytes = 4.0 * (Count * in::size + out), flops = 18.0 * Count * between::size;
    measure(name + "forward", {flops, bytes, 0}, forward);
    measure(name + "back", {flops / 4, bytes, 0}, back);
}

}  // namespace

int main(int argc, char** argv) {
    using image = pr::shape<14, 14, 64>;
    constexpr std::size_t images = 75;
    constexpr auto normalization = pr::batch_normalization<pr::transductive>;
    joint<64, images>();
    joint<32, images>();
    joint<64, 5>();
    add<image, images>("batch_normalization", normalization);
    add<image, images>("batch_normalization, pool", normalization.max_pooled<2>());
    add<pr::shape<7, 7, 64>, images>("batch_normalization, pool", normalization.max_pooled<2>());
    add<image, images>("group_normalization", pr::group_normalization<8>);
    add<pr::shape<256>, images>("layer_normalization", pr::layer_normalization);
    add<image, images>("max_pool", pr::max_pool<2>);
    add<image, images>("average_pool", pr::average_pool<2>);
    add<image, images>("global_mean", pr::global_mean);
    add<pr::shape<40>, 10>("dense<40>", pr::dense<40>);
    add<pr::shape<64>, images>("dense<5>", pr::dense<5>);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
}
