// The CUDA back end, found by its name at run time like any other.
#pragma once

namespace evenkeel {

// Adds `cuda`. Where the program was built without CUDA, or no device is present, find_backend says so.
void add_cuda_backend();

}  // namespace evenkeel
