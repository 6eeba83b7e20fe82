// SPDX-License-Identifier: BSL-1.0
// Everything in one program: no name of one folder hides another's.
#include <priori/io/images.hpp>
#include <priori/priori.hpp>
