// SPDX-License-Identifier: BSL-1.0
// The version of the library, read by CMakeLists.txt.
#pragma once

#define PRIORI_VERSION_MAJOR 0
#define PRIORI_VERSION_MINOR 1
#define PRIORI_VERSION_PATCH 0
