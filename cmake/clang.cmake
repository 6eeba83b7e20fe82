# SPDX-License-Identifier: BSL-1.0
# The toolchain of the preset `clang`: the newest clang++ that has a version in its name, else plain clang++.
find_program(PRIORI_CLANG NAMES clang++-21 clang++-20 clang++-19 clang++-18 clang++-17 clang++)
if(NOT PRIORI_CLANG)
    message(FATAL_ERROR "no clang++ was found; install clang-19 (Debian 12) or clang-18 (Ubuntu 24.04)")
endif()
set(CMAKE_CXX_COMPILER ${PRIORI_CLANG})
