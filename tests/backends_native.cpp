// The back ends in the tests of a native build.
#include "core/batch/backend.hpp"
#include "cuda/backend_cuda.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
void add_test_backends() {
  add_cuda_backend();
  add_fiber_backends();
  add_thread_backends();
}
}  // namespace evenkeel::test
