// Properties that must hold for every input.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "core/base/status.hpp"
#include "core/base/text.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/model/types.hpp"

namespace evenkeel::test {

// Not assert(), which release builds remove.
inline void require(bool holds) {
  if (!holds) std::abort();
}

// A heap copy of exactly this size, so that the address sanitizer detects reads beyond its end.
class FuzzFile {
 public:
  explicit FuzzFile(std::span<const std::uint8_t> input)
      : size_(input.size()), bytes_(new std::byte[input.size()]) {
    if (!input.empty()) std::memcpy(bytes_.get(), input.data(), input.size());
  }
  std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> bytes_;
};

inline void require_sentence(const Status& status) {
  const std::string& sentence = status.sentence();
  require(!sentence.empty() && sentence.size() < 500);
  require(sentence.back() != '.' && printable(sentence) == sentence);
}

inline void require_good(const Loads& loads) {
  require(loads.layers >= 1 && loads.layers <= kMaxLayers);
  require(loads.experts >= 1 && loads.experts <= kMaxExperts);
  require(loads.first_layer >= 0 && loads.steps >= 1);
  require(loads.values.size() ==
          static_cast<std::size_t>(loads.layers) * static_cast<std::size_t>(loads.experts));
  for (const float value : loads.values) {
    require(std::isfinite(value) && value >= 0 && !std::signbit(value));
  }
}

// A first byte below 128 is part of the file, so that seeds are plain files; a byte of 128 or more selects
// ranges. 0x93 is the first byte of .npy files.
inline ReadOptions take_options(std::span<const std::uint8_t>& input) {
  ReadOptions options;
  if (input.empty() || input[0] < 128 || input[0] == 0x93) return options;
  const auto bits = [&](unsigned shift) { return (input[0] >> shift) & 3; };
  options.steps.begin = bits(0);
  if (bits(2) != 0) options.steps.end = options.steps.begin + bits(2) - 1;
  options.layers.begin = bits(4);
  if ((input[0] & 64) != 0) options.layers.end = options.layers.begin + 1;
  input = input.subspan(1);
  return options;
}

// Reads one input as loads with one of the readers and checks the result.
inline void fuzz_loads(LoadsReader reader, std::span<const std::uint8_t> input) {
  const ReadOptions options = take_options(input);
  const FuzzFile file(input);
  Loads loads;
  const Status status = read_as(reader, {"fuzz", file.bytes()}, options, loads);
  if (status.ok()) {
    require_good(loads);
  } else {
    require(loads.values.empty());
    require_sentence(status);
  }
}

}  // namespace evenkeel::test
