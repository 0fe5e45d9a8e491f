// Replaces backend_cuda.cu if no CUDA toolkit was found.

#include "core/batch/backend.hpp"
#include "cuda/backend_cuda.hpp"

namespace evenkeel {
namespace {

Status absent(void*) {
  return Status::not_present("this program was built without CUDA (see Limits in README.md)");
}

}  // namespace

Status add_cuda_backend() {
  return add_backend({"cuda", "one warp per row on a CUDA device", absent,
                      [](void* context, const Batch&, const Rules&) { return absent(context); },
                      kCudaPriority});
}

}  // namespace evenkeel
