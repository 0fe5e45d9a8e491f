// Swaps of two copies on different GPUs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/row/mean_of_max/score.hpp"
#include "core/row/mean_of_max/state.hpp"

namespace evenkeel::mean_of_max {

struct SwapScratch {
  Load*
      before;   // [chunks] the largest load of the GPUs below the second one, without the first one
  Load* after;  // [gpus + 1, chunks] and of those from each on
  Load* rest;   // [chunks] of all but the two
  Load* mine;   // [lanes, 2, chunks]
  std::int32_t* least;  // [blocks + 1] see bound_swaps
};

namespace detail {

// What swaps of two GPUs reach at best: their mean load stays. least[i]: the sum of the largest loads from block i on.
// Returns the sum of the squares of both GPUs.
template <class Lanes>
HD std::int32_t bound_swaps(const Lanes& lanes, int n, const Load* __restrict a,
                            const Load* __restrict b, const Load* __restrict rest,
                            const Load* __restrict weight, const Load* __restrict square_weight,
                            std::int32_t* __restrict least) {
  std::int32_t squares = 0;
  for_each_index(lanes, blocks_of(n), [&](int i) {
    std::int32_t sum = 0;
    for (int t = i * kBlock; t < (i + 1) * kBlock; ++t) {
      const auto half = static_cast<Load>(static_cast<std::uint16_t>(a[t] + b[t]) >> 1);
      sum += weight[t] * larger(half, rest[t]);
      squares += square_weight[t] * static_cast<Load>(2 * square(half));
    }
    least[i] = sum;
  });
  lanes.sync();
  if (lanes.rank() == 0) {
    least[blocks_of(n)] = 0;
    for (int i = blocks_of(n) - 1; i >= 0; --i) least[i] += least[i + 1];
  }
  lanes.sync();
  // Rounding takes less than 2 from the sum of two squares.
  const std::int32_t sum = sum_of(lanes, squares);
  return sum > kWeights ? sum - kWeights : 0;
}

// The loads of two GPUs after a copy has gone from one to the other.
HD inline void give(int n, const Load* __restrict from, const Load* __restrict to,
                    const Load* __restrict share, Load* __restrict less, Load* __restrict more) {
  for (int t = 0; t < n; ++t) {
    less[t] = static_cast<Load>(from[t] - share[t]);
    more[t] = static_cast<Load>(to[t] + share[t]);
  }
}

// The sums after a copy has come back for it. Gives up, with most = -1, if the sum of the largest loads must exceed the
// limit.
HD inline Sums take(int n, const Load* __restrict less, const Load* __restrict more,
                    const Load* __restrict share, const Load* __restrict rest,
                    const Load* __restrict weight, const Load* __restrict square_weight,
                    const std::int32_t* __restrict least, std::int64_t limit) {
  Sums sums;
  for (int i = 0; i < blocks_of(n); ++i) {
    std::int32_t most = 0;
    std::int32_t squares = 0;
    for (int t = i * kBlock; t < (i + 1) * kBlock; ++t) {
      const auto a = static_cast<Load>(less[t] + share[t]);
      const auto b = static_cast<Load>(more[t] - share[t]);
      most += weight[t] * larger(larger(a, b), rest[t]);
      squares += square_weight[t] * static_cast<Load>(square(a) + square(b));
    }
    sums.most += most;
    sums.squares += squares;
    if (sums.most + std::int64_t{least[i + 1]} > limit) return {-1, 0};
  }
  return sums;
}

}  // namespace detail

// The best swap between GPUs a and b that scores less than `now`. others, fewest: the squares of the other GPUs, and
// those of the two at best.
template <class Lanes>
HD WideKey best_swap(const Lanes& lanes, const State& s, int a, int b, Score now,
                     std::int64_t others, std::int32_t fewest, const SwapScratch& k) {
  const int first = s.gpu_slots.first(a);
  const int second = s.gpu_slots.first(b);
  const int places = s.gpu_slots.count(b);
  Load* less = k.mine + 2 * lanes.rank() * s.chunks;
  Load* more = less + s.chunks;
  WideKey mine = no_candidate(now);
  for_each_index(lanes, s.gpu_slots.count(a), [&](int p) {
    const int x = s.expert[first + p];
    if (!may_leave(s, x, a) || !may_come(s, x, b)) return;
    detail::give(s.chunks, s.row(s.load, a), s.row(s.load, b), s.row(s.share, x), less, more);
    const std::int64_t received = s.received + s.arrives(x, b) - s.arrives(x, a);
    for (int q = 0; q < places; ++q) {
      const int y = s.expert[second + q];
      if (y == x || !may_leave(s, y, b) || !may_come(s, y, a)) continue;
      const std::int64_t arrived = received + s.arrives(y, a) - s.arrives(y, b);
      const Score rest = whole_score(s, 0, others + fewest, arrived);
      const Sums sums = detail::take(s.chunks, less, more, s.row(s.share, y), k.rest, s.weight,
                                     s.square_weight, k.least, most_with(score_of(mine), rest));
      if (sums.most < 0) continue;
      const Score score = whole_score(s, sums.most, others + sums.squares, arrived);
      mine = lesser(mine, candidate(score, p * places + q));
    }
  });
  const WideKey best = least(lanes, mine);
  lanes.sync();  // all lanes have read the loads
  return best;
}

// The least change of received slots by a swap between the GPUs.
HD inline int least_arrivals(const State& s, int a, int b) {
  if (!s.priced) return 0;
  const auto least = [&](int from, int to) {
    int result = 1;
    for (int slot = s.gpu_slots.first(from); slot < s.gpu_slots.end(from); ++slot) {
      const int x = s.expert[slot];
      const int change = s.arrives(x, to) - s.arrives(x, from);
      result = change < result ? change : result;
    }
    return result;
  };
  return least(a, b) + least(b, a);
}

// Swaps between GPU a and all others, as long as the score falls.
template <class Lanes>
HD void swap_with_others(const Lanes& lanes, State& s, int a, Score& now, const SwapScratch& k) {
  const int n = s.chunks;
  const int begin = a / s.node_gpus * s.node_gpus;
  const int end = begin + s.node_gpus;
  const auto after = [&](int g) { return k.after + static_cast<std::ptrdiff_t>(g) * n; };
  for (int t = lanes.rank(); t < n; t += Lanes::width) after(s.gpus)[t] = k.before[t] = 0;
  for (int g = s.gpus - 1; g >= begin; --g) {
    if (g == a) {
      copy_row(lanes, n, after(g + 1), after(g));
    } else {
      larger_row(lanes, n, s.row(s.load, g), after(g + 1), after(g));
    }
  }
  for (int g = 0; g < begin; ++g) add_larger(lanes, n, s.row(s.load, g), k.before);
  for (int b = begin; b < end; ++b) {
    if (b == a) continue;
    larger_row(lanes, n, k.before, after(b + 1), k.rest);
    for (;;) {
      lanes.sync();
      const std::int32_t fewest = detail::bound_swaps(lanes, n, s.row(s.load, a), s.row(s.load, b),
                                                      k.rest, s.weight, s.square_weight, k.least);
      const std::int64_t others = sum_of_squares(s) - s.squares[a] - s.squares[b];
      const std::int64_t arrived = s.received + least_arrivals(s, a, b);
      if (whole_score(s, k.least[0], others + fewest, arrived) >= now) break;
      const WideKey best = best_swap(lanes, s, a, b, now, others, fewest, k);
      if (is_none(best)) break;
      const int places = s.gpu_slots.count(b);
      swap_slots(lanes, s, s.gpu_slots.first(a) + index_of(best) / places,
                 s.gpu_slots.first(b) + index_of(best) % places);
      now = score_of(best);
    }
    add_larger(lanes, n, s.row(s.load, b), k.before);
  }
}

}  // namespace evenkeel::mean_of_max
