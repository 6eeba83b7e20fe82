// SPDX-License-Identifier: BSL-1.0
// The algorithms, each in a file of its own, for they are compiled for every number of shots and steps.
#pragma once

#include "run.hpp"

namespace sinusoid {

outcome maml(const plan& p);
outcome fomaml(const plan& p);
outcome meta_sgd(const plan& p);
outcome anil(const plan& p);
outcome boil(const plan& p);
outcome reptile(const plan& p);
outcome averaging(const plan& p);
outcome joint(const plan& p);

// The baseline on the tasks, and of the net, of reptile.
outcome joint_on_script_tasks(const plan& p);

}  // namespace sinusoid
