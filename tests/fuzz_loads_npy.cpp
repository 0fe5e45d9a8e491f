// Loads from hostile .npy files.
#include "core/io/loads/read_loads.hpp"
#include "tests/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::test::fuzz_loads(evenkeel::add_npy, {data, size});
  return 0;
}
