// The result hash: if two processes print the same hash, they have placed every copy in the same slot.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/model/types.hpp"

namespace evenkeel {

// FNV-1a, 64 bit.
class Fnv1a {
 public:
  void add_byte(std::uint8_t byte) { state_ = (state_ ^ byte) * kPrime; }
  // Its four bytes, the lowest first. Bytes of zero only multiply: they take one step with the byte before them.
  void add_int32(std::int32_t value) {
    const auto bits = static_cast<std::uint32_t>(value);
    if (bits < 0x100u) {
      state_ = (state_ ^ bits) * (kPrime * kPrime * kPrime * kPrime);
      return;
    }
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
class PlacementHash {
 public:
  PlacementHash(const Placement& sizes, std::int32_t layers)
      : experts_(sizes.experts), slots_(sizes.slots) {
    for (const std::int32_t size : {layers, sizes.experts, sizes.slots, sizes.gpus}) {
      hash_.add_int32(size);
    }
  }
  // The rows of a layer: [P], [E], [P].
  void add_layer(const std::int32_t* phy2log, const std::int32_t* logcnt,
                 const std::int32_t* log2phy) {
    for (int i = 0; i < slots_; ++i) hash_.add_int32(phy2log[i]);
    for (int i = 0; i < experts_; ++i) hash_.add_int32(logcnt[i]);
    for (int i = 0; i < slots_; ++i) hash_.add_int32(log2phy[i]);
  }
  std::uint64_t value() const { return hash_.value(); }

 private:
  std::int32_t experts_;
  std::int32_t slots_;
  Fnv1a hash_;
};

inline std::uint64_t result_hash(const Placement& placement) {
  PlacementHash hash(placement, placement.layers);
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(placement.layers); ++layer) {
    const std::size_t slots = layer * static_cast<std::size_t>(placement.slots);
    hash.add_layer(placement.phy2log.data() + slots,
                   placement.logcnt.data() + layer * static_cast<std::size_t>(placement.experts),
                   placement.log2phy.data() + slots);
  }
  return hash.value();
}

}  // namespace evenkeel
