// Loads from hostile safetensors.
#include "core/io/loads/loads_format.hpp"
#include "tests/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::test::fuzz_loads(evenkeel::add_safetensors, {data, size});
  return 0;
}
