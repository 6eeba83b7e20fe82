// SPDX-License-Identifier: BSL-1.0
#define PRIORI_TEST_PARTS 4
#define COVER_LAYER 6
#include "cover.hpp"
