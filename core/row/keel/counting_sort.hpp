// Sorts a few numbers on one lane by counting, for each, the larger ones: no branches, and in vectors.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/model/types.hpp"

namespace evenkeel::keel {

// Up to this many numbers it is faster than a radix sort.
inline constexpr int kCountingLimit = 96;
inline constexpr int kCountingBlock = 8;

namespace detail {

// larger[p]: the number of keys above keys[p]; n is a multiple of kCountingBlock.
template <class Number>
HD void count_larger(const Number* __restrict keys, int n, Number* __restrict larger) {
  for (int p = 0; p < n; ++p) larger[p] = 0;
  for (int q = 0; q < n; q += 4) {
    const Number a = keys[q];
    const Number b = keys[q + 1];
    const Number c = keys[q + 2];
    const Number d = keys[q + 3];
    for (int p = 0; p < n; ++p) {
      const Number key = keys[p];
      larger[p] = static_cast<Number>(larger[p] + (a > key ? 1 : 0) + (b > key ? 1 : 0) +
                                      (c > key ? 1 : 0) + (d > key ? 1 : 0));
    }
  }
}

}  // namespace detail

// order[i]: the position of the i-th largest of n numbers, which are at least 0; equal ones keep their order.
// keys, larger: [n, up to a multiple of kCountingBlock]; keys are overwritten.
template <class Number>
HD void counting_sort(Number* keys, int n, Number* larger, Index* order) {
  const int padded = (n + kCountingBlock - 1) / kCountingBlock * kCountingBlock;
  for (int p = n; p < padded; ++p) keys[p] = -1;
  detail::count_larger(keys, padded, larger);
  Number* same = keys;  // so many of equal keys have their place
  for (int p = 0; p < n; ++p) same[p] = 0;
  for (int p = 0; p < n; ++p) order[larger[p] + same[larger[p]]++] = static_cast<Index>(p);
}

}  // namespace evenkeel::keel
