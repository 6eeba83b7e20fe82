// SPDX-License-Identifier: BSL-1.0
// Catch2, whichever of 2.13 and 3 is installed, with Approx where 2.13 has it.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
