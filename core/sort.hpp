// Sorting keys, differently on each executor; the total order makes the results equal.
#pragma once

#include "core/lanes.hpp"
#include "core/order.hpp"

namespace evenkeel {

// The least power of two that is at least n: the space in keys that sort_keys needs for n.
HD constexpr int power_of_two_from(int n) {
  int power = 1;
  while (power < n) power *= 2;
  return power;
}

namespace detail {

// Below this many keys insertion beats the four histograms of the radix sort.
inline constexpr int kInsertionLimit = 24;

HD inline void insertion_sort(Key* keys, int n) {
  for (int i = 1; i < n; ++i) {
    const Key key = keys[i];
    int j = i;
    for (; j > 0 && key < keys[j - 1]; --j) keys[j] = keys[j - 1];
    keys[j] = key;
  }
}

// Stable radix sort by the upper half of the keys. The lower half, the index, ascends already in
// the input, so stability orders equal values by index. A byte that all keys share costs no pass.
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

// Bitonic sort of a power of two of keys, all lanes together.
template <class Lanes>
HD void bitonic_sort(const Lanes& lanes, Key* keys, int n) {
  for (int run = 2; run <= n; run *= 2) {
    for (int distance = run / 2; distance > 0; distance /= 2) {
      for_each_index(lanes, n / 2, [&](int pair) {
        const int low = 2 * distance * (pair / distance) + pair % distance;
        const bool ascending = (low & run) == 0;
        const Key a = keys[low];
        const Key b = keys[low + distance];
        if ((b < a) == ascending) {
          keys[low] = b;
          keys[low + distance] = a;
        }
      });
      lanes.sync();
    }
  }
}

}  // namespace detail

// Sorts n distinct keys ascending; returns where they are, keys or spare. Both have space for
// power_of_two_from(n). In the input the indices (lower halves) must ascend: the sort may rely on
// it. All lanes see the result.
template <class Lanes>
HD Key* sort_keys(const Lanes& lanes, Key* keys, Key* spare, int n) {
  if constexpr (Lanes::width == 1) {
    if (n > detail::kInsertionLimit) return detail::radix_sort(keys, spare, n);
    detail::insertion_sort(keys, n);
    return keys;
  } else {
    const int padded = power_of_two_from(n);
    for_each_index(lanes, padded - n, [&](int i) { keys[n + i] = kNever; });
    lanes.sync();
    detail::bitonic_sort(lanes, keys, padded);
    return keys;
  }
}

}  // namespace evenkeel
