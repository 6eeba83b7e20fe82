# SPDX-License-Identifier: BSL-1.0
# The target priori::io: priori::priori with the libraries that read images and archives, of those that are installed here.
# Included by the repository itself and by the installed package, so that it is the user's machine that decides.
if(TARGET priori::io)
    return()
endif()

add_library(priori::io INTERFACE IMPORTED GLOBAL)
target_link_libraries(priori::io INTERFACE priori::priori)

set(priori_io_off "")
set(priori_io_packages "")
foreach(part IN ITEMS PNG:libpng-dev JPEG:libjpeg-dev ZLIB:zlib1g-dev)
    string(REPLACE ":" ";" part ${part})
    list(GET part 0 library)
    list(GET part 1 package)
    find_package(${library} QUIET)
    if(${library}_FOUND)
        target_link_libraries(priori::io INTERFACE ${library}::${library})
        target_compile_definitions(priori::io INTERFACE PRIORI_${library}=1)
    else()
        list(APPEND priori_io_off ${library})
        list(APPEND priori_io_packages ${package})
    endif()
endforeach()

if(priori_io_off AND NOT priori_FIND_QUIETLY)
    list(JOIN priori_io_off ", " priori_io_off)
    list(JOIN priori_io_packages " " priori_io_packages)
    message(STATUS "priori::io does without ${priori_io_off}, so such files are refused; to read them: apt-get install ${priori_io_packages}")
endif()
