// Loads from hostile .pt, .npz and pickles. The first byte selects the reader: a zip archive, a torch stream or .npy
// begins with its own.
#include "core/io/formats/npy.hpp"
#include "core/io/loads/loads_format.hpp"
#include "tests/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel;
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  const LoadsReader reader = is_npy(bytes)            ? add_npy
                             : is_torch_stream(bytes) ? add_torch_stream
                                                      : add_zip;
  test::fuzz_loads(reader, {data, size});
  return 0;
}
