// Hostile gzip, zstd and raw deflate.
#include <algorithm>
#include <vector>

#include "native/decompress.hpp"
#include "native/growing_memory.hpp"
#include "tests/fuzz_support.hpp"

namespace {

using namespace evenkeel;
constexpr std::size_t kMost = std::size_t{1} << 22;  // of what comes out

// The file arrives in two parts, as from a pipe.
void decompress(std::span<const std::byte> bytes) {
  const Compression compression = compression_of(bytes.first(std::min(bytes.size(), kMagicBytes)));
  if (compression == Compression::none) return;
  const std::unique_ptr<Decompressor> decompressor = Decompressor::make(compression);
  GrowingMemory out;
  std::size_t given = bytes.size() / 2;
  std::span<const std::byte> packed = bytes.first(given);
  while (out.size() <= kMost) {
    if (packed.empty() && !decompressor->holds_more()) {
      if (given == bytes.size()) {
        if (const Status status = decompressor->end(); !status.ok()) test::require_sentence(status);
        return;
      }
      packed = bytes.subspan(given);
      given = bytes.size();
    }
    if (const Status status = decompressor->step(packed, out); !status.ok()) {
      return test::require_sentence(status);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const test::FuzzFile file({data, size});
  decompress(file.bytes());
  if (size < 2) return 0;
  // The first two bytes are the size that raw deflate data should have.
  const std::size_t promised = data[0] + std::size_t{256} * data[1];
  std::vector<std::byte> inflated;
  const Status status = inflate_raw(file.bytes().subspan(2), promised, inflated);
  if (status.ok()) {
    test::require(inflated.size() == promised);
  } else {
    test::require_sentence(status);
  }
  return 0;
}
