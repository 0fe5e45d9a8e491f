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
#include <vector>

#include "core/base/status.hpp"
#include "core/base/text.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/slot_map.hpp"
#include "core/io/loads/window_sum.hpp"
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
  if (!loads.layer_numbers.empty()) {
    require(std::ssize(loads.layer_numbers) == loads.layers);
    require(loads.layer_numbers.front() == loads.first_layer);
    for (std::size_t i = 1; i < loads.layer_numbers.size(); ++i) {
      require(loads.layer_numbers[i - 1] < loads.layer_numbers[i]);
    }
  }
  for (const float value : loads.values) {
    require(std::isfinite(value) && value >= 0 && !std::signbit(value));
  }
}

// How one input is read.
struct FuzzRead {
  ReadOptions options;
  bool twice = false;  // as two ranks
};

// Three experts in four slots, for all layers.
inline const SlotMap& fuzz_map() {
  static const SlotMap map = [] {
    SlotMap built;
    const Number experts[] = {{0, 0, true}, {1, 1, true}, {2, 2, true}, {1, 1, true}};
    require(built.add_layer("map", experts).ok() && built.check("map").ok());
    return built;
  }();
  return map;
}

// Stands for all that can be inflated.
inline Status inflate_zeros(std::span<const std::byte>, std::size_t size,
                            std::vector<std::byte>& out) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  if (size > kMost) return Status::error("more than the fuzzer inflates");
  out.assign(size, std::byte{0});
  return {};
}

// A first byte below 128 is part of the file, so that seeds are plain files; a byte of 128 or more selects ranges, and
// one of 240 or more the other options. 0x93 is the first byte of .npy files.
inline FuzzRead take_options(std::span<const std::uint8_t>& input) {
  FuzzRead read;
  ReadOptions& options = read.options;
  if (input.empty() || input[0] < 128 || input[0] == 0x93) return read;
  const unsigned first = input[0];
  input = input.subspan(1);
  if (first >= 240) {
    if ((first & 1) != 0) options.steps.begin = -2;
    if ((first & 2) != 0) options.counted_under = &fuzz_map();
    if ((first & 4) != 0) options.inflate = inflate_zeros;
    read.twice = (first & 8) != 0;
    return read;
  }
  const auto bits = [&](unsigned shift) { return (first >> shift) & 3; };
  options.steps.begin = bits(0);
  if (bits(2) != 0) options.steps.end = options.steps.begin + bits(2) - 1;
  const std::int64_t layer = bits(4);
  options.layers = NumberList(layer, (first & 64) != 0 ? layer + 1 : NumberList::kOpen);
  return read;
}

// Reads one input as loads with one of the readers, or twice with the one that its content selects, and checks the
// result.
inline void fuzz_loads(LoadsReader reader, std::span<const std::uint8_t> input) {
  FuzzRead read = take_options(input);
  const FuzzFile file(input);
  Loads loads;
  Status status;
  if (read.twice) {
    const RecordedFile files[] = {{"fuzz0", file.bytes()}, {"fuzz1", file.bytes()}};
    read.options.join = Join::ranks;
    status = read_loads(files, read.options, loads);
  } else {
    status = read_as(reader, {"fuzz", file.bytes()}, read.options, loads);
  }
  if (status.ok()) {
    require_good(loads);
  } else {
    require(loads.values.empty());
    require_sentence(status);
  }
}

}  // namespace evenkeel::test
