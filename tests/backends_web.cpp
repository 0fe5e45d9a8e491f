// A wasm build has one back end, cpu: fibers and threads need a native host.
#include "tests/support.hpp"

namespace evenkeel::test {
void add_test_backends() {}
}  // namespace evenkeel::test
