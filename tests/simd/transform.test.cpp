// SPDX-License-Identifier: BSL-1.0
// for_each_pack: each index is visited once, in order, and the packs stay inside the array.
#include "catch.hpp"

#include <priori/simd/transform.hpp>

#include <cstddef>
#include <utility>

namespace {

template <std::size_t Count, class T>
bool covers() {
    std::size_t next = 0;
    bool in_order = true;
    priori::for_each_pack<Count, T>([&]<class P>(std::size_t index) {
        in_order = in_order && index == next;
        next = index + priori::width<P>;
    });
    return in_order && next == Count;
}

template <class T, std::size_t... Count>
bool covers_all(std::index_sequence<Count...>) {
    return (covers<Count, T>() && ...);
}

}  // namespace

TEST_CASE("for_each_pack covers an array of any length once", "[simd]") {
    CHECK(covers_all<float>(std::make_index_sequence<70>{}));
    CHECK(covers_all<double>(std::make_index_sequence<40>{}));
}

TEST_CASE("for_each_pack computes elementwise functions", "[simd]") {
    float in[43], out[43];
    for (std::size_t i = 0; i < 43; ++i) in[i] = 0.1f * static_cast<float>(i) - 2;
    priori::for_each_pack<43, float>([&]<class P>(std::size_t i) {
        priori::store(out + i, priori::maximum(priori::load_as<P>(in + i), P(0.0f)));
    });
    for (std::size_t i = 0; i < 43; ++i) CHECK(out[i] == (in[i] > 0 ? in[i] : 0));
}
