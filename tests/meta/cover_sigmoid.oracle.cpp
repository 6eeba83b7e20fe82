// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 1
#include "cover.hpp"
