// The total orders of the core: keys of which the smaller is better, and no two elements have equal keys.
//
// Every choice is "the extreme value, and among equal values the lowest index". With value and index packed
// into one unsigned integer that is a single comparison, the same on every back end. Values are loads: finite
// or +infinity, never negative, never NaN. For such values the bits of an IEEE number sort like the number
// itself. -0 and +0 are equal.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"

namespace evenkeel {

HD inline std::uint32_t ordered_bits(float value) {
  return __builtin_bit_cast(std::uint32_t, value) & 0x7fffffffu;
}
HD inline std::uint64_t ordered_bits(double value) {
  return __builtin_bit_cast(std::uint64_t, value) & 0x7fffffffffffffffull;
}

// A key of (binary32 value, index).
using Key = std::uint64_t;
inline constexpr Key kNever = ~Key{0};  // worse than every element

HD inline Key lightest_first(float value, int index) {
  return Key{ordered_bits(value)} << 32 | static_cast<std::uint32_t>(index);
}
HD inline Key heaviest_first(float value, int index) {
  return Key{~ordered_bits(value)} << 32 | static_cast<std::uint32_t>(index);
}
HD inline int index_of(Key key) { return static_cast<int>(static_cast<std::uint32_t>(key)); }
// Recovers the value from a key made by lightest_first (light_value) or heaviest_first (heavy_value).
HD inline float light_value(Key key) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(key >> 32));
}
HD inline float heavy_value(Key key) { return light_value(~key); }

// A key of (binary64 value, index), which is too wide for one integer.
struct WideKey {
  std::uint64_t value = ~std::uint64_t{0};
  std::uint64_t index = ~std::uint64_t{0};
  HD friend bool operator<(const WideKey& a, const WideKey& b) {
    return a.value < b.value || (a.value == b.value && a.index < b.index);
  }
  HD friend bool operator==(const WideKey& a, const WideKey& b) {
    return a.value == b.value && a.index == b.index;
  }
};

HD inline WideKey lightest_first(double value, int index) {
  return {ordered_bits(value), static_cast<std::uint64_t>(index)};
}
HD inline WideKey heaviest_first(double value, int index) {
  return {~ordered_bits(value), static_cast<std::uint64_t>(index)};
}
HD inline int index_of(const WideKey& key) { return static_cast<int>(key.index); }
HD inline double light_value(const WideKey& key) { return __builtin_bit_cast(double, key.value); }
HD inline double heavy_value(const WideKey& key) { return __builtin_bit_cast(double, ~key.value); }

// The smaller of two keys, selected without a branch because a branch would be mispredicted often.
HD inline Key lesser(Key a, Key b) { return b < a ? b : a; }
HD inline WideKey lesser(const WideKey& a, const WideKey& b) {
  const bool take_b = (b.value < a.value) | ((b.value == a.value) & (b.index < a.index));
  const std::uint64_t mask = std::uint64_t{0} - std::uint64_t{take_b};
  return {a.value ^ ((a.value ^ b.value) & mask), a.index ^ ((a.index ^ b.index) & mask)};
}

HD inline Key worst(Key) { return kNever; }
HD inline WideKey worst(const WideKey&) { return {}; }

// The smallest of all lanes' keys, returned on every lane.
template <class Lanes>
HD Key least(const Lanes& lanes, Key mine) {
  return lanes.min(mine);
}
template <class Lanes>
HD WideKey least(const Lanes& lanes, const WideKey& mine) {
  if constexpr (Lanes::width == 1) return mine;
  const std::uint64_t value = lanes.min(mine.value);
  return {value, lanes.min(mine.value == value ? mine.index : ~std::uint64_t{0})};
}

}  // namespace evenkeel
