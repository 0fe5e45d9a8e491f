// Sorts keys with an algorithm that suits the executor. The results are equal because the order is total.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"

namespace evenkeel {

namespace detail {

// Up to this many keys insertion sort is faster than the radix sort with its four histograms.
inline constexpr int kInsertionLimit = 48;

HD inline void insertion_sort(Key* keys, int n) {
  for (int i = 1; i < n; ++i) {
    const Key key = keys[i];
    int j = i;
    for (; j > 0 && key < keys[j - 1]; --j) keys[j] = keys[j - 1];
    keys[j] = key;
  }
}

// Stable radix sort by the upper half of the keys. The lower half, the index, is already ascending in the
// input, so stability orders equal values by index. A byte that is equal in all keys needs no pass.
HD inline Key* radix_sort(Key* keys, Key* spare, int n) {
  constexpr int kBytes = 4;
  std::uint16_t start[kBytes][256] = {};
  for (int i = 0; i < n; ++i) {
    for (int b = 0; b < kBytes; ++b) ++start[b][keys[i] >> (32 + 8 * b) & 255];
  }
  for (int b = 0; b < kBytes; ++b) {
    const int shift = 32 + 8 * b;
    if (start[b][keys[0] >> shift & 255] == n) continue;
    std::uint16_t sum = 0;
    for (int digit = 0; digit < 256; ++digit) {
      const std::uint16_t count = start[b][digit];
      start[b][digit] = sum;
      sum = static_cast<std::uint16_t>(sum + count);
    }
    for (int i = 0; i < n; ++i) spare[start[b][keys[i] >> shift & 255]++] = keys[i];
    Key* sorted = spare;
    spare = keys;
    keys = sorted;
  }
  return keys;
}

// Bitonic sort by all lanes. Every comparison moves the smaller key to the lower position, so n needs no
// padding to a power of two.
template <class Lanes>
HD void bitonic_sort(const Lanes& lanes, Key* keys, int n) {
  for (int log_run = 1; 1 << (log_run - 1) < n; ++log_run) {
    for (int log_distance = log_run - 1; log_distance >= 0; --log_distance) {
      const bool mirrored = log_distance == log_run - 1;
      const int distance = 1 << log_distance;
      const int blocks = n >> (log_distance + 1);
      const int rest = n - (blocks << (log_distance + 1)) - distance;  // pairs of the last block
      const int pairs = (blocks << log_distance) + (rest > 0 ? rest : 0);
      for_each_index(lanes, pairs, [&](int pair) {
        const int offset = pair & (distance - 1);
        const int middle = (pair >> log_distance << (log_distance + 1)) + distance;
        const int low = mirrored ? middle - 1 - offset : middle - distance + offset;
        const Key a = keys[low];
        const Key b = keys[middle + offset];
        if (b < a) {
          keys[low] = b;
          keys[middle + offset] = a;
        }
      });
      lanes.sync();
    }
  }
}

}  // namespace detail

// The number of spare keys that sort_keys needs to sort n keys.
template <class Lanes>
HD constexpr int sort_spare(int n) {
  return Lanes::width == 1 ? n : 0;
}

// Sorts n distinct keys in ascending order and returns where they are: `keys` or `spare`. In the input the
// indices (lower halves) must be ascending. All lanes see the result.
template <class Lanes>
HD Key* sort_keys(const Lanes& lanes, Key* keys, Key* spare, int n) {
  if constexpr (Lanes::width == 1) {
    if (n > detail::kInsertionLimit) return detail::radix_sort(keys, spare, n);
    detail::insertion_sort(keys, n);
  } else {
    detail::bitonic_sort(lanes, keys, n);
  }
  return keys;
}

}  // namespace evenkeel
