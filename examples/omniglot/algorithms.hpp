// SPDX-License-Identifier: BSL-1.0
// The algorithms, each in a file of its own, for they are compiled for every number of shots and mode of normalization.
#pragma once

#include "run.hpp"

namespace omniglot {

outcome maml(const plan& p);
outcome fomaml(const plan& p);
outcome reptile(const plan& p);
outcome anil(const plan& p);

}  // namespace omniglot
