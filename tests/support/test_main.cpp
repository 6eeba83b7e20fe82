// SPDX-License-Identifier: BSL-1.0
// Catch2 2.13 wants its main and its implementation compiled into one file; Catch2 3 brings both as a library.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
