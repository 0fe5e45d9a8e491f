# Emscripten's own toolchain file, wherever the em++ on the PATH has it (Debian: /usr/share/emscripten).
find_program(EVENKEEL_EMXX em++ REQUIRED NO_CMAKE_FIND_ROOT_PATH)
file(REAL_PATH ${EVENKEEL_EMXX} emxx)
cmake_path(GET emxx PARENT_PATH folder)
include(${folder}/cmake/Modules/Platform/Emscripten.cmake)
# Its emulator passes node an option that node 20 refuses.
find_program(EVENKEEL_NODE NAMES node nodejs REQUIRED NO_CMAKE_FIND_ROOT_PATH)
set(CMAKE_CROSSCOMPILING_EMULATOR ${EVENKEEL_NODE} CACHE STRING "" FORCE)
