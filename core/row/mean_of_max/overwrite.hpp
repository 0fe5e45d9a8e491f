// Overwrites: an expert with several copies gives a slot to another expert.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/row/mean_of_max/score.hpp"
#include "core/row/mean_of_max/state.hpp"

namespace evenkeel::mean_of_max {

struct OverwriteScratch {
  Load*
      before;  // [gpus + 1, chunks] the largest load of the GPUs below each one, without that of the slot
  Load* after;          // [gpus + 1, chunks] and of those from each on
  Load* mine;           // [lanes, 2, chunks]
  std::int32_t* least;  // [gpus, blocks + 1] see bound_second_copies
};

namespace detail {

// What a second copy of an expert that is on `home` reaches at best on `here`: only the load of `home` falls. least[i]: the
// sum of the largest loads from block i on. before, after: the largest load of the GPUs below and above `home`.
HD inline void bound_second_copies(int n, const Load* __restrict here,
                                   const Load* __restrict before, const Load* __restrict after,
                                   const Load* __restrict weight, std::int32_t* __restrict least) {
  least[blocks_of(n)] = 0;
  for (int i = blocks_of(n) - 1; i >= 0; --i) {
    std::int32_t sum = 0;
    for (int t = i * kBlock; t < (i + 1) * kBlock; ++t) {
      sum += weight[t] * larger(here[t], larger(before[t], after[t]));
    }
    least[i] = least[i + 1] + sum;
  }
}

// The sums after `here` has got a second copy of an expert, of `next` each, that has one of `share` on `home`. Gives up like
// take().
HD inline Sums second_copy(int n, const Load* __restrict here, const Load* __restrict home,
                           const Load* __restrict share, const Load* __restrict next,
                           const Load* __restrict before, const Load* __restrict after,
                           const Load* __restrict weight, const Load* __restrict square_weight,
                           const std::int32_t* __restrict least, std::int64_t limit) {
  Sums sums;
  if (least[0] > limit) return {-1, 0};
  for (int i = 0; i < blocks_of(n); ++i) {
    std::int32_t most = 0;
    std::int32_t squares = 0;
    for (int t = i * kBlock; t < (i + 1) * kBlock; ++t) {
      const auto a = static_cast<Load>(here[t] + next[t]);
      const auto b = static_cast<Load>(home[t] - share[t] + next[t]);
      most += weight[t] * larger(larger(a, b), larger(before[t], after[t]));
      squares += square_weight[t] * static_cast<Load>(square(a) + square(b));
    }
    sums.most += most;
    sums.squares += squares;
    if (sums.most + std::int64_t{least[i + 1]} > limit) return {-1, 0};
  }
  return sums;
}

// The score after GPU g has got one more copy of expert x. most: [2, chunks]
HD inline Score one_more_copy(const State& s, int x, int g, Load* most) {
  const OneLane lane;
  const int n = s.chunks;
  Load* load = most + n;
  std::int64_t squares = sum_of_squares(s);
  for (int t = 0; t < n; ++t) most[t] = 0;
  for (int h = 0; h < s.gpus; ++h) {
    const int copies = s.copies_on(x, h);
    if (copies == 0 && h != g) {
      add_larger(lane, n, s.row(s.load, h), most);
      continue;
    }
    copy_row(lane, n, s.row(s.load, h), load);
    for (int i = 0; i < copies; ++i) change_row(lane, n, s.row(s.next, x), s.row(s.share, x), load);
    if (h == g) add_row(lane, n, s.row(s.next, x), load);
    add_larger(lane, n, load, most);
    squares += squares_of_lane(lane, n, s.square_weight, load) - s.squares[h];
  }
  return whole_score(s, weighted_of_lane(lane, n, s.weight, most), squares,
                     s.received + s.arrives(x, g));
}

// Fills before and after for a slot of GPU g.
template <class Lanes>
HD void largest_of_others(const Lanes& lanes, const State& s, int g, const OverwriteScratch& k) {
  const int n = s.chunks;
  const auto before = [&](int h) { return k.before + static_cast<std::ptrdiff_t>(h) * n; };
  const auto after = [&](int h) { return k.after + static_cast<std::ptrdiff_t>(h) * n; };
  const auto with = [&](const Load* row, int h, Load* to) {
    if (h == g) {
      copy_row(lanes, n, row, to);
    } else {
      larger_row(lanes, n, row, s.row(s.load, h), to);
    }
  };
  for (int t = lanes.rank(); t < n; t += Lanes::width) before(0)[t] = after(s.gpus)[t] = 0;
  for (int h = 0; h < s.gpus; ++h) with(before(h), h, before(h + 1));
  for (int h = s.gpus - 1; h >= 0; --h) with(after(h + 1), h, after(h));
  lanes.sync();
}

}  // namespace detail

// The best expert for a slot that has been taken out, other than the one that it was, that scores less than `now`. must: it
// is one that the GPU lacks, at any score.
template <class Lanes>
HD WideKey best_expert(const Lanes& lanes, const State& s, int slot, bool must, Score now,
                       const OverwriteScratch& k) {
  const int n = s.chunks;
  const int g = s.gpu_slots.gpu_of(slot);
  const int node = g / s.node_gpus;
  const Load* here = s.row(s.load, g);
  const auto before = [&](int h) { return k.before + static_cast<std::ptrdiff_t>(h) * n; };
  const auto after = [&](int h) { return k.after + static_cast<std::ptrdiff_t>(h) * n; };
  const auto bounds = [&](int h) { return k.least + h * (blocks_of(n) + 1); };
  const auto fits = [&](int x) {
    return x != s.expert[slot] && s.node[x] == node &&
           (must ? s.copies_on(x, g) == 0 : may_come(s, x, g));
  };
  detail::largest_of_others(lanes, s, g, k);
  for_each_index(lanes, s.gpus, [&](int h) {
    detail::bound_second_copies(n, here, before(h), after(h + 1), s.weight, bounds(h));
  });
  lanes.sync();
  const std::int64_t squares = sum_of_squares(s);
  WideKey mine = no_candidate(must ? kWorstScore : now);
  for_each_index(lanes, s.slots, [&](int other) {
    const int x = s.expert[other];
    const int h = s.gpu_slots.gpu_of(other);
    if (s.count[x] != 1 || h == g || !fits(x)) return;
    const std::int64_t received = s.received + s.arrives(x, g);
    const Score rest = whole_score(s, 0, squares - s.squares[h], received);
    const Sums sums = detail::second_copy(
        n, here, s.row(s.load, h), s.row(s.share, x), s.row(s.next, x), before(h), after(h + 1),
        s.weight, s.square_weight, bounds(h), most_with(score_of(mine), rest));
    if (sums.most < 0) return;
    const Score score =
        whole_score(s, sums.most, squares - s.squares[g] - s.squares[h] + sums.squares, received);
    mine = lesser(mine, candidate(score, x));
  });
  Load* most = k.mine + 2 * lanes.rank() * n;
  for_each_index(lanes, s.experts, [&](int x) {
    if ((s.count[x] == 1 && s.copies_on(x, g) == 0) || !fits(x)) return;
    mine = lesser(mine, candidate(detail::one_more_copy(s, x, g, most), x));
  });
  const WideKey best = least(lanes, mine);
  lanes.sync();  // all lanes have read the loads
  return best;
}

// Gives the slot to another expert if the score falls. must: in any case, to one that the GPU lacks, if there is one.
template <class Lanes>
HD void overwrite(const Lanes& lanes, State& s, int slot, bool must, Score& now,
                  const OverwriteScratch& k) {
  const int x = s.expert[slot];
  if (s.count[x] < 2 || (!must && !may_leave(s, x, s.gpu_slots.gpu_of(slot)))) return;
  take_out(lanes, s, slot);
  const WideKey best = best_expert(lanes, s, slot, must, now, k);
  put_in(lanes, s, slot, is_none(best) ? x : index_of(best));
  if (is_none(best)) return;
  now = score_of(best);
  mark(lanes, s, x);
  mark(lanes, s, index_of(best));
}

}  // namespace evenkeel::mean_of_max
