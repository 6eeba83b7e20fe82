// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 3
#include "cover.hpp"
