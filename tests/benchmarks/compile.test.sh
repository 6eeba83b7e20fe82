#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# What a user's program costs the compiler stays within the budget: lines and instantiations are counted, no clock is
# looked at. From the environment: CXX, PRIORI_FLAGS, PRIORI_SOURCE.
set -u
CXXFLAGS=${PRIORI_FLAGS:-} sh "${PRIORI_SOURCE:?the source folder}/benchmarks/compile.sh" --check
