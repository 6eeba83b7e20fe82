// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 2
#include "cover.hpp"
