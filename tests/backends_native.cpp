// The back ends that the tests of a native build meet.
#include "core/backend.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
void add_test_backends() { add_emulated_backends(); }
}  // namespace evenkeel::test
