// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 9
#include "cover.hpp"
