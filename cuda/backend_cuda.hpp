// The CUDA back end, found by name at run time like any other.
#pragma once

#include "core/base/status.hpp"

namespace evenkeel {

inline constexpr int kCudaPriority = 10;

// Adds `cuda`; errors as of add_backend. Where the program was built without CUDA, or no device is present, find_backend says so.
Status add_cuda_backend();

}  // namespace evenkeel
