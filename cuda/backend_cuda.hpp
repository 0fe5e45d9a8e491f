// The CUDA back end, found by name at run time like any other.
#pragma once

#include "core/base/status.hpp"

namespace evenkeel {

inline constexpr int kCudaPriority = 10;

// Adds `cuda`; errors as for add_backend. If the program was built without CUDA, or there is no device,
// find_backend reports it.
Status add_cuda_backend();

}  // namespace evenkeel
