// Scores: the weighted sum over chunks of the largest GPU load, plus the price of received slots. Smaller is better.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/row/mean_of_max/state.hpp"

namespace evenkeel::mean_of_max {

using Score = std::int64_t;

// A candidate of the search: the least score wins, the lowest index among equal ones.
HD inline WideKey candidate(Score score, int index) {
  return {static_cast<std::uint64_t>(score), static_cast<std::uint64_t>(index)};
}
HD inline Score score_of(const WideKey& key) { return static_cast<Score>(key.value); }

// Sums of largest loads are multiplied by this, so that the other parts can be finer.
inline constexpr int kScoreBits = 12;

HD inline Score whole_score(const State& s, std::int32_t most, std::int64_t squares,
                            std::int64_t received) {
  return (Score{most} << kScoreBits) + s.square_part * squares + s.price * received;
}

HD constexpr Load larger(Load a, Load b) { return a > b ? a : b; }

// sum_t weight_t * row_t, over the chunks of this lane.
template <class Lanes>
HD std::int32_t weighted_of_lane(const Lanes& lanes, int n, const Load* __restrict weight,
                                 const Load* __restrict row) {
  std::int32_t sum = 0;
  for (int t = lanes.rank(); t < n; t += Lanes::width) sum += weight[t] * row[t];
  return sum;
}

HD constexpr Load square(Load a) { return static_cast<Load>(a * a >> 16); }

// sum_t square_weight_t * square(load_t), over the chunks of this lane.
template <class Lanes>
HD std::int32_t squares_of_lane(const Lanes& lanes, int n, const Load* __restrict weight,
                                const Load* __restrict row) {
  std::int32_t sum = 0;
  for (int t = lanes.rank(); t < n; t += Lanes::width) sum += weight[t] * square(row[t]);
  return sum;
}

// The sum of the squares of all GPUs.
template <class Lanes>
HD std::int64_t sum_of_squares(const Lanes& lanes, const State& s) {
  std::int64_t sum = 0;
  for (int g = 0; g < s.gpus; ++g) {
    sum += sum_of(lanes, squares_of_lane(lanes, s.chunks, s.square_weight, s.row(s.load, g)));
  }
  return sum;
}

struct Now {
  Score score;
  std::int64_t squares;
};

// The score of the placement. most: [chunks]
template <class Lanes>
HD Now score(const Lanes& lanes, const State& s, Load* most) {
  copy_row(lanes, s.chunks, s.load, most);
  for (int g = 1; g < s.gpus; ++g) add_larger(lanes, s.chunks, s.row(s.load, g), most);
  const std::int64_t squares = sum_of_squares(lanes, s);
  return {whole_score(s, sum_of(lanes, weighted_of_lane(lanes, s.chunks, s.weight, most)), squares,
                      s.received),
          squares};
}

}  // namespace evenkeel::mean_of_max
