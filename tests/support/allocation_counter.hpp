// SPDX-License-Identifier: BSL-1.0
// allocations(): how often anything in this program asked for memory. Programs made of *.heap.cpp are linked with it.
#pragma once

#include <cstdint>

namespace priori::test {

// Every operator new, malloc, calloc, realloc, reallocarray, aligned_alloc, posix_memalign, memalign, valloc and pvalloc
// since the program began, in all threads, also from inside of the C library. Releasing memory does not count.
// Example: const auto before = allocations(); step(); CHECK(allocations() == before);
std::uint64_t allocations() noexcept;

// The bytes that were asked for, in the same calls.
std::uint64_t allocated_bytes() noexcept;

}  // namespace priori::test
