// Sorts a few hundred keys on one lane: two passes of a radix sort by the 14 highest bits in which they differ, then
// exchanges of neighbours, which are rare because loads that agree in so many bits are.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"

namespace evenkeel::keel {

// Of more keys too many might agree in these bits.
inline constexpr int kHighBitsLimit = 512;

namespace detail {

inline constexpr int kDigitBits = 7;
inline constexpr int kDigits = 1 << kDigitBits;

// A stable pass by the digit at `shift`; count: of the keys by that digit.
HD inline void sort_by_digit(const Key* from, Key* to, int n, int shift, std::uint32_t* count) {
  std::uint32_t sum = 0;
  for (int digit = 0; digit < kDigits; ++digit) {
    const std::uint32_t here = count[digit];
    count[digit] = sum;
    sum += here;
  }
  for (int i = 0; i < n; ++i) to[count[from[i] >> shift & (kDigits - 1)]++] = from[i];
}

}  // namespace detail

// Sorts n distinct keys, 1 to kHighBitsLimit, in place and in ascending order; the lower halves are indices. spare: [n].
HD inline void sort_by_high_bits(Key* keys, Key* spare, int n) {
  using detail::kDigitBits;
  Key differing = 0;
  for (int i = 0; i < n; ++i) differing |= keys[i] ^ keys[0];
  int low = 32;  // below it is the index
  while (differing >> low >> 2 * kDigitBits != 0) ++low;
  std::uint32_t count[2][detail::kDigits] = {};
  for (int i = 0; i < n; ++i) {
    const Key key = keys[i] >> low;
    ++count[0][key & (detail::kDigits - 1)];
    ++count[1][key >> kDigitBits & (detail::kDigits - 1)];
  }
  detail::sort_by_digit(keys, spare, n, low, count[0]);
  detail::sort_by_digit(spare, keys, n, low + kDigitBits, count[1]);
  for (int i = 1; i < n; ++i) {
    const Key key = keys[i];
    int j = i;
    for (; j > 0 && key < keys[j - 1]; --j) keys[j] = keys[j - 1];
    keys[j] = key;
  }
}

}  // namespace evenkeel::keel
