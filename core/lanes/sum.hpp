// The two orders in which loads are added: in binary32 for the rules of the strategies, in binary64 for means.
#pragma once

#include "core/lanes/lanes.hpp"

namespace evenkeel {
namespace detail {

// Four running sums over x[0], x[stride], ...: element 4i + k is added to sums[k], for i < rounds. From 16
// rounds on, partial sums are carried through four levels, which keeps the rounding error small.
HD inline void sum_columns(const float* x, int stride, int rounds, float sums[4]) {
  constexpr int kLevels = 4;
  int log2_up = 0;
  while ((1 << log2_up) < rounds) ++log2_up;
  const int power = log2_up / kLevels > 4 ? log2_up / kLevels : 4;
  const int step = 1 << power;

  for (int k = 0; k < 4; ++k) {
    float level[kLevels] = {};
    int i = 0;
    while (i + step <= rounds) {
      for (const int stop = i + step; i < stop; ++i) level[0] += x[(4 * i + k) * stride];
      for (int j = 1; j < kLevels; ++j) {
        level[j] += level[j - 1];
        level[j - 1] = 0;
        if ((i & ((step - 1) << (j * power))) != 0) break;
      }
    }
    for (; i < rounds; ++i) level[0] += x[(4 * i + k) * stride];
    sums[k] = ((level[0] + level[1]) + level[2]) + level[3];
  }
}

// Sums the n elements x[0], x[stride], ... in the order of one lane of the vector unit.
HD inline float sum_strip(const float* x, int stride, int n) {
  float sums[4];
  sum_columns(x, stride, n / 4, sums);
  for (int i = n / 4 * 4; i < n; ++i) sums[0] += x[i * stride];
  return ((sums[0] + sums[1]) + sums[2]) + sums[3];
}

}  // namespace detail

// The sum of x[0 .. n-1] in binary32, in the order of a vector unit with eight lanes and four accumulators, written out
// so that every processor gives the same bits. Section 2 of the strategy specification calls it SUM.
HD inline float specified_sum(const float* x, int n) {
  constexpr int kVector = 8;
  if (n < kVector) return detail::sum_strip(x, 1, n);
  const int vectors = n / kVector;
  float sum = 0;
  for (int i = vectors * kVector; i < n; ++i) sum += x[i];
  for (int lane = 0; lane < kVector; ++lane) sum += detail::sum_strip(x + lane, kVector, vectors);
  return sum;
}

// The sum of n loads in binary64. Its order: kSums running sums, element i in sum i mod kSums, which are then added in order.
// sums: [kSums], for several lanes.
inline constexpr int kSums = 16;
template <class Lanes>
HD double sum_of_loads(const Lanes& lanes, const float* loads, int n, double* sums) {
  if constexpr (Lanes::width == 1) {
    double sum[kSums] = {};
    int i = 0;
    for (; i + kSums <= n; i += kSums) {
      for (int j = 0; j < kSums; ++j) sum[j] += static_cast<double>(loads[i + j]);
    }
    for (int j = 0; i + j < n; ++j) sum[j] += static_cast<double>(loads[i + j]);
    double all = 0;
    for (int j = 0; j < kSums; ++j) all += sum[j];
    return all;
  }
  for_each_index(lanes, kSums, [&](int j) {
    sums[j] = 0;
    for (int i = j; i < n; i += kSums) sums[j] += static_cast<double>(loads[i]);
  });
  lanes.sync();
  double all = 0;
  for (int j = 0; j < kSums; ++j) all += sums[j];
  lanes.sync();  // all lanes have read the sums
  return all;
}

}  // namespace evenkeel
