// SPDX-License-Identifier: BSL-1.0
// What every test program includes of other libraries, precompiled once.
#pragma once

#include "catch.hpp"

#include <priori/core/hana.hpp>
#include <priori/simd/pack.hpp>
#include <priori/tensor/tensor.hpp>
