// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 0
#include "cover.hpp"
