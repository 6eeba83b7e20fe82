// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 4
#include "cover.hpp"
