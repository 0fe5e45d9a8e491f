// Stands in for backend_cuda.cu where no CUDA toolkit was found.

#include "core/batch/backend.hpp"
#include "cuda/backend_cuda.hpp"

namespace evenkeel {
namespace {

Status absent() {
  return Status::error("this program was built without CUDA (README.md, Limits, says how)");
}

}  // namespace

void add_cuda_backend() {
  add_backend({"cuda", "one warp a row on a CUDA device", absent,
               [](const Batch&, const Rules&) { return absent(); },
               [](const Batch&) { return absent(); }});
}

}  // namespace evenkeel
