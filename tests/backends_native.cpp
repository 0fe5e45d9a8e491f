// The back ends in the tests of a native build.
#include <gtest/gtest.h>

#include "core/batch/backend.hpp"
#include "cuda/backend_cuda.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
void add_test_backends() {
  for (const Status& added : {add_cuda_backend(), add_fiber_backends(), add_thread_backends()}) {
    EXPECT_TRUE(added.ok()) << added.sentence();
  }
}
}  // namespace evenkeel::test
