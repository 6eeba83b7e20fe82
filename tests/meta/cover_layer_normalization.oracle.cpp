// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 8
#include "cover.hpp"
