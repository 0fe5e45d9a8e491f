// Scores: the weighted sum over chunks of the largest GPU load, plus the price of received slots. Smaller is better.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/row/mean_of_max/state.hpp"

namespace evenkeel::mean_of_max {

using Score = std::int64_t;

// A candidate of the search: the least score wins, the lowest index among equal ones. Scores are at least 0.
HD inline WideKey candidate(Score score, int index) {
  return {static_cast<std::uint64_t>(score) + 1, static_cast<std::uint64_t>(index)};
}
HD inline Score score_of(const WideKey& key) { return static_cast<Score>(key.value - 1); }
inline constexpr Score kWorstScore = Score{1} << 62;
// The candidate that those with less than this score beat, and no others.
HD inline WideKey no_candidate(Score score) { return candidate(score - 1, -1); }
HD inline bool is_none(const WideKey& key) { return key.index == candidate(0, -1).index; }

// Sums of largest loads are multiplied by this, so that the other parts can be finer.
inline constexpr int kScoreBits = 12;

HD inline Score whole_score(const State& s, std::int32_t most, std::int64_t squares,
                            std::int64_t received) {
  return (Score{most} << kScoreBits) + s.square_part * squares + s.price * received;
}

// The largest sum of largest loads with which a placement scores at most `score`, if its other parts are `rest`;
// negative if there is none.
HD inline std::int64_t most_with(Score score, Score rest) { return (score - rest) >> kScoreBits; }

// Of a candidate: the sum of the largest loads, and that of the squares of the GPUs that it changes.
struct Sums {
  std::int32_t most = 0;
  std::int32_t squares = 0;
};

// The sum of the squares of all GPUs.
HD inline std::int64_t sum_of_squares(const State& s) {
  std::int64_t sum = 0;
  for (int g = 0; g < s.gpus; ++g) sum += s.squares[g];
  return sum;
}

// The score of the placement. most: [chunks]
template <class Lanes>
HD Score score(const Lanes& lanes, const State& s, Load* most) {
  copy_row(lanes, s.chunks, s.load, most);
  for (int g = 1; g < s.gpus; ++g) add_larger(lanes, s.chunks, s.row(s.load, g), most);
  const std::int32_t sum = sum_of(lanes, weighted_of_lane(lanes, s.chunks, s.weight, most));
  return whole_score(s, sum, sum_of_squares(s), s.received);
}

}  // namespace evenkeel::mean_of_max
