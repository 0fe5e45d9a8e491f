# Includes the toolchain file of the em++ on the PATH (Debian: in /usr/share/emscripten).
find_program(EVENKEEL_EMXX em++ REQUIRED NO_CMAKE_FIND_ROOT_PATH)
file(REAL_PATH ${EVENKEEL_EMXX} emxx)
cmake_path(GET emxx PARENT_PATH folder)
include(${folder}/cmake/Modules/Platform/Emscripten.cmake)
# Its emulator passes an option to node that node 20 rejects.
find_program(EVENKEEL_NODE NAMES node nodejs REQUIRED NO_CMAKE_FIND_ROOT_PATH)
set(CMAKE_CROSSCOMPILING_EMULATOR ${EVENKEEL_NODE} CACHE STRING "" FORCE)
