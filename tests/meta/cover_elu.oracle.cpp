// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 5
#include "cover.hpp"
