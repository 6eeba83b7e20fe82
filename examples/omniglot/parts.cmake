# SPDX-License-Identifier: BSL-1.0
# omniglot: the program itself, which reads the options, and a program for each combination in parts.txt, which it
# becomes.
#
#   omniglot                      the program                                   built with everything else
#   omniglot_<part>               one part                                      only those of the dense net, and with a *
#   example_omniglot_tested       the program and the marked parts
#   example_omniglot              the program and all parts: up to a minute of one core each

set(folder ${CMAKE_CURRENT_LIST_DIR})
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/parts.txt)

add_library(omniglot_common OBJECT ${folder}/report.cpp ${folder}/read_data.cpp ${folder}/given_files.cpp
            ${folder}/episode_picture.cpp)
target_include_directories(omniglot_common PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(omniglot_common PUBLIC priori_own)

add_executable(omniglot ${folder}/main.cpp)
target_include_directories(omniglot PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
target_link_libraries(omniglot PRIVATE omniglot_common)
add_custom_target(example_omniglot DEPENDS omniglot)
add_custom_target(example_omniglot_tested DEPENDS omniglot)
if(TARGET tested)
    add_dependencies(tested example_omniglot_tested)
endif()

set(names)
file(STRINGS ${folder}/parts.txt lines REGEX "^[^#]")
foreach(line IN LISTS lines)
    separate_arguments(words UNIX_COMMAND "${line}")
    list(POP_FRONT words algorithm model)
    string(REPLACE "+" "_plus" enumerator ${algorithm})
    foreach(word IN LISTS words)
        if(NOT word MATCHES "^([0-9]+)w([0-9]+)s(\\*?)$")
            message(FATAL_ERROR "${folder}/parts.txt: '${word}' is no number of ways and shots such as 5w1s")
        endif()
        set(ways ${CMAKE_MATCH_1})
        set(shots ${CMAKE_MATCH_2})
        set(is_tested ${CMAKE_MATCH_3})
        set(name ${algorithm}_${model}_${ways}w${shots}s)
        add_executable(omniglot_${name} ${folder}/part.cpp)
        target_compile_definitions(omniglot_${name} PRIVATE OMNIGLOT_ALGORITHM=${enumerator} OMNIGLOT_MODEL=${model}
                                   OMNIGLOT_WAYS=${ways} OMNIGLOT_SHOTS=${shots})
        target_link_libraries(omniglot_${name} PRIVATE omniglot_common)
        if(PRIORI_TEST_QUICK)
            target_compile_options(omniglot_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
        endif()
        set_target_properties(omniglot_${name} PROPERTIES OUTPUT_NAME ${name}
                              RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/omniglot.parts)
        add_dependencies(example_omniglot omniglot_${name})
        if(is_tested)
            add_dependencies(example_omniglot_tested omniglot_${name})
        elseif(NOT model STREQUAL dense)
            set_target_properties(omniglot_${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
        endif()
        list(APPEND names ${name})
    endforeach()
endforeach()

list(JOIN names "\",\n    \"" listed)
file(CONFIGURE OUTPUT generated/omniglot_parts.hpp @ONLY CONTENT [[
// Made from examples/omniglot/parts.txt: the combinations that there are programs for.
#pragma once

#include <string_view>

namespace omniglot {

inline constexpr std::string_view parts[]{
    "@listed@",
};

}  // namespace omniglot
]])
