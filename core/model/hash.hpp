// The result hash: if two processes print the same hash, they have placed every copy in the same slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel {

// FNV-1a, 64 bit.
class Fnv1a {
 public:
  void add_byte(std::uint8_t byte) { state_ = (state_ ^ byte) * kPrime; }
  // Its four bytes, the lowest first. Bytes of zero only multiply: two of them take one step.
  void add_int32(std::int32_t value) {
    const auto bits = static_cast<std::uint32_t>(value);
    add_byte(static_cast<std::uint8_t>(bits));
    if (bits < 0x10000u) {
      state_ = (state_ ^ bits >> 8) * (kPrime * kPrime * kPrime);
      return;
    }
    for (int shift = 8; shift < 32; shift += 8) add_byte(static_cast<std::uint8_t>(bits >> shift));
  }
  std::uint64_t value() const { return state_; }

 private:
  static constexpr std::uint64_t kPrime = 0x100000001b3u;
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

// Over little-endian int32 L, E, P, GPUs, then for each layer phy2log, logcnt and packed log2phy.
inline std::uint64_t result_hash(const Placement& placement) {
  Fnv1a hash;
  for (const std::int32_t size :
       {placement.layers, placement.experts, placement.slots, placement.gpus}) {
    hash.add_int32(size);
  }
  const auto add_row = [&](const std::vector<std::int32_t>& values, int layer, int width) {
    const auto* row = values.data() + static_cast<std::size_t>(layer) * width;
    for (int i = 0; i < width; ++i) hash.add_int32(row[i]);
  };
  for (int layer = 0; layer < placement.layers; ++layer) {
    add_row(placement.phy2log, layer, placement.slots);
    add_row(placement.logcnt, layer, placement.experts);
    add_row(placement.log2phy, layer, placement.slots);
  }
  return hash.value();
}

}  // namespace evenkeel
