// Overwrites: an expert with several copies gives a slot to another expert.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/row/mean_of_max/score.hpp"
#include "core/row/mean_of_max/state.hpp"
#include "core/row/mean_of_max/swap.hpp"

namespace evenkeel::mean_of_max {

struct OverwriteScratch {
  Load*
      before;  // [gpus + 1, chunks] the largest load of the GPUs below each one, without that of the slot
  Load* after;            // [gpus + 1, chunks] and of those from each on
  Load* mine;             // [lanes, 2, chunks]
  std::int32_t* squares;  // [gpus]
};

namespace detail {

// The score where `here` gets a copy, of `next` each, of an expert that has one of `share` on `home`. before, after: the
// largest load of all other GPUs.
HD inline Sums second_copy(int n, const Load* __restrict here, const Load* __restrict home,
                           const Load* __restrict share, const Load* __restrict next,
                           const Load* __restrict before, const Load* __restrict after,
                           const Load* __restrict weight, const Load* __restrict square_weight) {
  std::int32_t most = 0;
  std::int32_t squares = 0;
  for (int t = 0; t < n; ++t) {
    const auto a = static_cast<Load>(here[t] + next[t]);
    const auto b = static_cast<Load>(home[t] - share[t] + next[t]);
    most += weight[t] * larger(larger(a, b), larger(before[t], after[t]));
    squares += square_weight[t] * static_cast<Load>(square(a) + square(b));
  }
  return {most, squares};
}

// most = larger(most, load - times * (share - next) + more)
HD inline std::int32_t raise(int n, const Load* __restrict load, int times,
                             const Load* __restrict share, const Load* __restrict next, int more,
                             const Load* __restrict square_weight, Load* __restrict most) {
  std::int32_t squares = 0;
  for (int t = 0; t < n; ++t) {
    const auto a = static_cast<Load>(load[t] - times * (share[t] - next[t]) + more * next[t]);
    most[t] = larger(a, most[t]);
    squares += square_weight[t] * square(a);
  }
  return squares;
}

// The score where the slot's GPU g gets one more copy of expert x.
HD inline Score one_more_copy(const State& s, int x, int g, const std::int32_t* squares,
                              std::int64_t all, Load* most) {
  const int n = s.chunks;
  const Load* share = s.row(s.share, x);
  const Load* next = s.row(s.next, x);
  for (int t = 0; t < n; ++t) most[t] = 0;
  for (int h = 0; h < s.gpus; ++h) {
    const int times = s.copies_on(x, h);
    if (times == 0 && h != g) {
      add_larger(OneLane{}, n, s.row(s.load, h), most);
    } else {
      all += raise(n, s.row(s.load, h), times, share, next, h == g ? 1 : 0, s.square_weight, most) -
             squares[h];
    }
  }
  return whole_score(s, weighted_of_lane(OneLane{}, n, s.weight, most), all,
                     s.received + s.arrives(x, g));
}

}  // namespace detail

// The best expert for a slot that has been taken out. `given`: the one that it was.
template <class Lanes>
HD WideKey best_expert(const Lanes& lanes, const State& s, int slot, int given, bool must,
                       const OverwriteScratch& k) {
  const int n = s.chunks;
  const int g = s.gpu_slots.gpu_of(slot);
  std::int64_t all = 0;
  const auto before = [&](int h) { return k.before + static_cast<std::ptrdiff_t>(h) * n; };
  const auto after = [&](int h) { return k.after + static_cast<std::ptrdiff_t>(h) * n; };
  for (int t = lanes.rank(); t < n; t += Lanes::width) before(0)[t] = after(s.gpus)[t] = 0;
  for (int h = 0; h < s.gpus; ++h) {
    if (h == g) {
      copy_row(lanes, n, before(h), before(h + 1));
    } else {
      larger_row(lanes, n, before(h), s.row(s.load, h), before(h + 1));
    }
  }
  for (int h = s.gpus - 1; h >= 0; --h) {
    if (h == g) {
      copy_row(lanes, n, after(h + 1), after(h));
    } else {
      larger_row(lanes, n, after(h + 1), s.row(s.load, h), after(h));
    }
  }
  for (int h = 0; h < s.gpus; ++h) {
    const std::int32_t sum =
        sum_of(lanes, squares_of_lane(lanes, n, s.square_weight, s.row(s.load, h)));
    if (lanes.rank() == 0) k.squares[h] = sum;
    all += sum;
  }
  lanes.sync();
  const int node = g / s.node_gpus;
  const auto fits = [&](int x) {
    return x != given && s.node[x] == node && (must ? s.copies_on(x, g) == 0 : may_come(s, x, g));
  };
  WideKey mine;
  for_each_index(lanes, s.slots, [&](int other) {
    const int x = s.expert[other];
    if (s.count[x] != 1 || other == slot || !fits(x)) return;
    const int h = s.gpu_slots.gpu_of(other);
    const detail::Sums sums =
        detail::second_copy(n, s.row(s.load, g), s.row(s.load, h), s.row(s.share, x),
                            s.row(s.next, x), before(h), after(h + 1), s.weight, s.square_weight);
    const Score score = whole_score(s, sums.most, all - k.squares[g] - k.squares[h] + sums.squares,
                                    s.received + s.arrives(x, g));
    mine = lesser(mine, candidate(score, x));
  });
  Load* most = k.mine + 2 * lanes.rank() * n;
  for_each_index(lanes, s.experts, [&](int x) {
    if (s.count[x] == 1 || !fits(x)) return;
    const Score score = detail::one_more_copy(s, x, g, k.squares, all, most);
    mine = lesser(mine, candidate(score, x));
  });
  return least(lanes, mine);
}

// Gives the slot to another expert if the score falls, or in any case if it must leave.
template <class Lanes>
HD void overwrite(const Lanes& lanes, State& s, int slot, bool must, Now& now,
                  const OverwriteScratch& k) {
  const int x = s.expert[slot];
  if (s.count[x] < 2 || (!must && !may_leave(s, x, s.gpu_slots.gpu_of(slot)))) return;
  take_out(lanes, s, slot);
  const WideKey best = best_expert(lanes, s, slot, x, must, k);
  const bool better = !(best == WideKey{}) && (must || score_of(best) < now.score);
  put_in(lanes, s, slot, better ? index_of(best) : x);
  if (!better) return;
  now = {score_of(best), sum_of_squares(lanes, s)};
  mark(lanes, s, x);
  mark(lanes, s, index_of(best));
}

}  // namespace evenkeel::mean_of_max
