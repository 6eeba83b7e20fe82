#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The workloads without images lose the same, to 1e-3 in float and 1e-10 in double, with this processor's vectors as
# with the scalar fallback, in every one of 100 training iterations. From the environment: CXX, PRIORI_FLAGS,
# PRIORI_SOURCE.
set -u
CXXFLAGS="${PRIORI_FLAGS:-} -O1" sh "${PRIORI_SOURCE:?the source folder}/benchmarks/agree.sh" --small --variants native
