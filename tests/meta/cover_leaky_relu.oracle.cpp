// SPDX-License-Identifier: BSL-1.0
#define COVER_LAYER 7
#include "cover.hpp"
