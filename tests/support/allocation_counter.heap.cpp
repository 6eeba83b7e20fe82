// SPDX-License-Identifier: BSL-1.0
// The counter counts: were it blind to one of these, a heap test that relies on it could not fail.
#include "support/allocation_counter.hpp"

#include "catch.hpp"

#include <malloc.h>
#include <stdlib.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace {

using priori::test::allocated_bytes;
using priori::test::allocations;

// How many allocations the call makes. What it returns is released, and hidden from the optimizer until then.
template <class Allocate>
std::uint64_t counted(Allocate allocate) {
    const std::uint64_t before = allocations();
    void* volatile memory = allocate();
    const std::uint64_t made = allocations() - before;
    free(memory);
    return made;
}

struct alignas(256) wide {
    char bytes[256];
};

}  // namespace

TEST_CASE("a loop that asks for no memory counts nothing") {
    const std::uint64_t before = allocations();
    volatile int sum = 0;
    for (int i = 0; i < 1000; ++i) sum = sum + i;
    CHECK(allocations() == before);
}

TEST_CASE("each of the C library's allocation functions counts once") {
    CHECK(counted([] { return malloc(10); }) == 1);
    CHECK(counted([] { return calloc(3, 4); }) == 1);
    CHECK(counted([] { return realloc(nullptr, 10); }) == 1);
    CHECK(counted([] { return reallocarray(nullptr, 3, 4); }) == 1);
    CHECK(counted([] { return aligned_alloc(64, 64); }) == 1);
    CHECK(counted([] { return memalign(64, 64); }) == 1);
    CHECK(counted([] { return valloc(10); }) == 1);
    CHECK(counted([] {
              void* memory = nullptr;
              return posix_memalign(&memory, 64, 64) == 0 ? memory : nullptr;
          }) == 1);
}

TEST_CASE("an allocation inside of the C library counts") {
    CHECK(counted([] { return strdup("text"); }) == 1);
}

TEST_CASE("each form of operator new counts once") {
    const auto made = [](auto create) {
        const std::uint64_t before = allocations();
        auto* volatile object = create();
        const std::uint64_t number = allocations() - before;
        return std::pair{number, object};
    };
    const auto [single, object] = made([] { return new int(1); });
    delete object;
    const auto [array, objects] = made([] { return new int[7]; });
    delete[] objects;
    const auto [aligned, wide_object] = made([] { return new wide; });
    delete wide_object;
    const auto [aligned_array, wide_objects] = made([] { return new wide[3]; });
    CHECK(reinterpret_cast<std::uintptr_t>(wide_objects) % alignof(wide) == 0);
    delete[] wide_objects;
    const auto [quiet, quiet_object] = made([] { return new (std::nothrow) int(1); });
    delete quiet_object;
    CHECK(single == 1);
    CHECK(array == 1);
    CHECK(aligned == 1);
    CHECK(aligned_array == 1);
    CHECK(quiet == 1);
}

TEST_CASE("the bytes of an allocation are added up") {
    const std::uint64_t before = allocated_bytes();
    char* volatile memory = new char[12345];
    const std::uint64_t taken = allocated_bytes() - before;
    delete[] memory;
    CHECK(taken == 12345);
}

TEST_CASE("allocations of other threads count") {
    std::vector<std::unique_ptr<int>> made(1000);
    std::uint64_t before = 0;
    std::thread worker([&] {
        before = allocations();
        for (auto& object : made) object = std::make_unique<int>(1);
    });
    worker.join();
    CHECK(allocations() - before >= 1000);
}
