// The history of a row: from tokens and weights of chunks to fixed-point loads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/row/mean_of_max/score.hpp"
#include "core/row/mean_of_max/state.hpp"

namespace evenkeel::mean_of_max {

// The history of one row, oldest chunk first.
struct RowHistory {
  std::int32_t chunks = 0;
  const std::uint32_t* tokens = nullptr;   // [chunks, E]
  const std::uint32_t* weights = nullptr;  // [chunks]; 0: the chunk does not count
};

// What the weights may sum to before they are rounded to integers.
inline constexpr double kWeightsBeforeRounding = 64000;

// Fills weight and whole of the state. worth: [chunks]. Returns the score of a placement that has the mean load on each
// GPU in each chunk. All lanes see the result.
template <class Lanes>
HD double read_history(const Lanes& lanes, const RowHistory& history, int places, double squares,
                       State& s, double* worth, double* mean) {
  for_each_index(lanes, s.chunks, [&](int t) {
    worth[t] = mean[t] = 0;
    s.weight[t] = 0;
    std::uint64_t total = 0;
    std::uint32_t most = 0;
    const int chunk = history.chunks - 1 - t;  // the newest first
    const bool counts = chunk >= 0 && history.weights[chunk] != 0;
    const std::uint32_t* tokens =
        history.tokens + static_cast<std::ptrdiff_t>(counts ? chunk : 0) * s.experts;
    for (int x = 0; counts && x < s.experts; ++x) {
      total += tokens[x];
      most = tokens[x] > most ? tokens[x] : most;
    }
    if (total == 0) {
      for (int x = 0; x < s.experts; ++x) s.row(s.whole, x)[t] = 0;
      return;
    }
    std::uint64_t full = static_cast<std::uint64_t>(places) * most;  // no GPU can have more
    full = total < full ? total : full;
    const double unit = kMostLoad / static_cast<double>(full);
    for (int x = 0; x < s.experts; ++x) {
      s.row(s.whole, x)[t] = static_cast<Load>(tokens[x] * unit);
    }
    const double part = static_cast<double>(full) / static_cast<double>(total);
    worth[t] = static_cast<double>(history.weights[chunk]) * part;
    mean[t] = kMostLoad / (part * s.gpus);
  });
  lanes.sync();
  double sum = 0;
  for (int t = 0; t < s.chunks; ++t) sum += worth[t];
  const double scale = sum > 0 ? kWeightsBeforeRounding / sum : 0;
  for_each_index(lanes, s.chunks, [&](int t) {
    const double weight = worth[t] * scale + 0.5;
    s.weight[t] = static_cast<Load>(weight < kMostLoad ? weight : kMostLoad);
  });
  lanes.sync();
  double even = 0;
  double square = 0;
  for (int t = 0; t < s.chunks; ++t) {
    even += static_cast<double>(s.weight[t]) * mean[t];
    if (mean[t] > 0) square += static_cast<double>(s.weight[t]) / mean[t];
  }
  const double square_scale = square > 0 ? kWeightsBeforeRounding / square : 0;
  for_each_index(lanes, s.chunks, [&](int t) {
    const double weight =
        mean[t] > 0 ? static_cast<double>(s.weight[t]) / mean[t] * square_scale + 0.5 : 0;
    s.square_weight[t] = static_cast<Load>(weight < kMostLoad ? weight : kMostLoad);
  });
  lanes.sync();
  s.square_part = square > 0
                      ? static_cast<std::int64_t>(
                            squares * (1 << kScoreBits) * 65536 / (square_scale * s.gpus) + 0.5)
                      : 0;
  return even;
}

// The load of each expert in all chunks, with their weights.
template <class Lanes>
HD void sum_history(const Lanes& lanes, const State& s, float* loads) {
  for_each_index(lanes, s.experts, [&](int x) {
    const Load* whole = s.row(s.whole, x);
    std::int64_t sum = 0;
    for (int t = 0; t < s.chunks; ++t) sum += s.weight[t] * whole[t];
    loads[x] = static_cast<float>(sum);
  });
  lanes.sync();
}

}  // namespace evenkeel::mean_of_max
