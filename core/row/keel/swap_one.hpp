// The best swap of one copy of the heaviest GPU for a lighter one elsewhere.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/exchange.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {
namespace detail {

// Whether for some of kBlock ranks a swap with a copy of this weight leaves both GPUs below `most`. weights,
// loads: of the ranks and their GPUs; load: of the GPU of the copy.
HD inline bool any_below(const std::int32_t* weights, const std::int32_t* loads,
                         std::int32_t weight, std::int32_t load, std::int32_t most) {
  const std::int32_t here = load - weight - most;
  const std::int32_t other = weight - most;
  std::int32_t any = 0;  // negative if two negative numbers met
  for (int j = 0; j < kBlock; ++j) any |= (here + weights[j]) & (other + loads[j] - weights[j]);
  return any < 0;
}

// So that no step takes long at the limits of sizes: at most so many places of the GPU, evenly chosen, and so many
// ranks after each copy. Usual rows have fewer. Whether copies stay apart takes longer to find out.
struct SwapLimits {
  int places;
  int reach;
};
template <bool kLegal>
HD constexpr SwapLimits swap_limits() {
  return kLegal ? SwapLimits{16, 64} : SwapLimits{64, 256};
}
inline constexpr int kLegalSteps = 8;  // such a step counts as so many

template <bool kLegal>
HD inline int place_stride(const State& s) {
  constexpr int kPlaces = swap_limits<kLegal>().places;
  return (s.places + kPlaces - 1) / kPlaces;
}
template <bool kLegal>
HD inline int end_of_reach(const State& s, int r) {
  constexpr int kReach = swap_limits<kLegal>().reach;
  return s.slots - r - 1 > kReach ? r + 1 + kReach : s.slots;
}

// The best swap so far.
struct Swap {
  std::int32_t larger;  // the larger load of the two GPUs afterwards
  int place;            // of the heavier copy on its GPU
  int rank;             // of the lighter copy; -1: there is no swap

  HD Key key() const {
    return rank < 0 ? kNever
                    : Key{static_cast<std::uint32_t>(larger)} << 32 |
                          Key{static_cast<std::uint32_t>(place)} << 16 |
                          static_cast<std::uint32_t>(rank);
  }
};

// All ranks from r + 1, kBlock at once.
template <bool kLegal>
HD inline void walk_in_blocks(const State& s, const Extremes& now, int p, Swap& best) {
  const std::int32_t* weights = s.weight;
  const std::int32_t* loads = s.load_at;
  const int r = s.rank_at(now.gpu, p);
  const std::int32_t weight = weights[r];
  std::int32_t most = best.larger;
  const int end = end_of_reach<kLegal>(s, r);
  for (int begin = r + 1; begin < end; begin += kBlock) {
    if (any_below(weights + begin, loads + begin, weight, now.load, most)) {
      int rank = -1;
      for (int j = 0; j < kBlock; ++j) {
        const std::int32_t less = weight - weights[begin + j];
        const std::int32_t other = loads[begin + j] + less;
        const std::int32_t here = now.load - less;
        const std::int32_t larger = here > other ? here : other;
        bool better = larger < most;
        if constexpr (kLegal) better = better && can_swap(s, r, begin + j);
        rank = better ? begin + j : rank;
        most = better ? larger : most;
      }
      if (rank >= 0) best = {most, p, rank};
    }
    if (now.least + weight - weights[begin + kBlock - 1] >= most) return;
  }
}

// Ranks begin, begin + stride, ...
template <bool kLegal>
HD inline void walk(const State& s, const Extremes& now, int p, int begin, int stride, Swap& best) {
  const int r = s.rank_at(now.gpu, p);
  const int end = end_of_reach<kLegal>(s, r);
  for (int q = begin; q < end; q += stride) {
    const std::int32_t less = s.weight[r] - s.weight[q];
    if (now.least + less >= best.larger) return;
    const std::int32_t other = s.load_at[q] + less;
    const std::int32_t here = now.load - less;
    const std::int32_t larger = here > other ? here : other;
    if (larger < best.larger && (!kLegal || can_swap(s, r, q))) best = {larger, p, q};
  }
}

// The swap of a copy of GPU h with a lighter copy elsewhere that leaves the smallest larger load of the two GPUs: a
// key of (that load, place, rank of the other); kNever if none makes it smaller.
//
// Lighter copies follow in the order of ranks, and the load that the other GPU then has is at least the least load
// plus the difference: the walk ends as soon as that is too much, and every swap in reach has been considered.
template <class Lanes, bool kLegal>
HD Key best_swap(const Lanes& lanes, const State& s, const Extremes& now) {
  Swap best = {now.load, 0, -1};
  const int step = place_stride<kLegal>(s);
  if constexpr (Lanes::width == 1) {
    for (int p = 0; p < s.places; p += step) walk_in_blocks<kLegal>(s, now, p, best);
    return best.key();
  }
  const int per = Lanes::width >= s.places ? Lanes::width / s.places : 1;  // lanes of one place
  for (int p = lanes.rank() / per * step; p < s.places; p += Lanes::width / per * step) {
    walk<kLegal>(s, now, p, s.rank_at(now.gpu, p) + 1 + lanes.rank() % per, per, best);
  }
  return lanes.min(best.key());
}

}  // namespace detail

// Does the best swap, if one makes the larger load of its two GPUs smaller.
template <class Lanes>
HD bool swap_one(const Lanes& lanes, const State& s, const Extremes& now, Log& log) {
  Key best = detail::best_swap<Lanes, false>(lanes, s, now);
  if (best == kNever) return false;
  const auto heavy = [&] {
    return static_cast<int>(s.rank_at(now.gpu, static_cast<int>(best >> 16 & 0xffff)));
  };
  const auto light = [&] { return static_cast<int>(best & 0xffff); };
  if (!can_swap(s, heavy(), light())) {
    best = detail::best_swap<Lanes, true>(lanes, s, now);
    log.steps -= log.steps < detail::kLegalSteps ? log.steps : detail::kLegalSteps;
    if (best == kNever) return false;
  }
  const int r = heavy();
  const int q = light();
  exchange(lanes, s, r, q, log);
  tell(lanes, Swapped{s, SwapReason::lighter, r, q});
  return true;
}

}  // namespace evenkeel::keel
