// A random number generator with the same numbers on every back end (integer arithmetic only).
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"

namespace evenkeel {

// SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function. Not for cryptography.
class Random {
 public:
  // Streams of one seed are independent of each other and of the order of their use.
  HD constexpr explicit Random(std::uint64_t seed, std::uint64_t stream = 0)
      : state_(mix(seed + kGamma) + mix((stream + 1) * kGamma)) {}

  HD constexpr std::uint64_t next() { return mix(state_ += kGamma); }

  // A uniformly distributed number in 0 .. bound-1; bound >= 1. Rejects the few draws that would make some
  // results more likely than others.
  HD constexpr std::uint32_t below(std::uint32_t bound) {
    const std::uint32_t unfair = (0u - bound) % bound;  // 2^32 mod bound
    for (;;) {
      const std::uint32_t draw = static_cast<std::uint32_t>(next() >> 32);
      if (draw >= unfair) return draw % bound;
    }
  }

 private:
  static constexpr std::uint64_t kGamma = 0x9e3779b97f4a7c15u;

  HD static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

// Shuffles items[0 .. n-1] (Fisher-Yates).
template <class T>
HD void shuffle(Random& random, T* items, int n) {
  for (int i = n - 1; i > 0; --i) {
    const auto j = random.below(static_cast<std::uint32_t>(i + 1));
    const T item = items[i];
    items[i] = items[j];
    items[j] = item;
  }
}

}  // namespace evenkeel
