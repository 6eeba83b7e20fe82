// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 6
#include "cover.hpp"
