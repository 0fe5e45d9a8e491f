# Sets EVENKEEL_HAS_CUDA and enables the language. CMake requires this at the top level, so that all targets
# see it.
set(EVENKEEL_HAS_CUDA OFF)
if(EVENKEEL_CUDA AND NOT EMSCRIPTEN)
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_ARCHITECTURES 80-real 90) # code for both, and PTX of the latter for newer devices
    enable_language(CUDA)
    find_package(CUDAToolkit REQUIRED)
    set(EVENKEEL_HAS_CUDA ON)
    message(STATUS "CUDA back end: nvcc ${CMAKE_CUDA_COMPILER_VERSION}, sm_80, sm_90 and PTX")
  elseif(NOT EVENKEEL_CUDA STREQUAL "AUTO")
    message(FATAL_ERROR "EVENKEEL_CUDA is ${EVENKEEL_CUDA}, but no CUDA compiler was found; "
      "put nvcc on the PATH, or use AUTO or OFF")
  endif()
endif()
if(NOT EVENKEEL_HAS_CUDA)
  message(STATUS "CUDA back end: not built")
endif()
