// Puts copies of an expert that share a GPU onto different ones.
//
// Not by the stage `apart` (stages/apart.hpp): that takes the nearest partner by binary32 weight, because nothing is
// refined after it. keel refines afterwards, so the nearest rank is enough, and is found without sorting or binary32
// weights; with one rule for both, placements of one of them would change.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/select.hpp"
#include "core/row/keel/apportion.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/start.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {
namespace detail {

// The first copy of the expert, from rank `from` on, that shares its GPU with one of lower rank; -1: none.
HD inline int sharing_rank(const State& s, int x, int from) {
  const int begin = s.first[x];
  for (int r = from > begin ? from : begin + 1; r < begin + s.count[x]; ++r) {
    if (has_rank(s, s.gpu[r], begin, r)) return r;
  }
  return -1;
}

// The nearest rank that the copy of rank r can swap with so that both are apart, a higher rank first; -1: none.
template <class Lanes>
HD int nearest_partner(const Lanes& lanes, const State& s, int r) {
  Key mine = kNever;
  for (int distance = 1 + lanes.rank(); distance < s.slots && mine == kNever;
       distance += Lanes::width) {
    for (int side = 0; side < 2; ++side) {
      const int q = side == 0 ? r + distance : r - distance;
      if (q < 0 || q >= s.slots || s.gpu[q] == s.gpu[r] || !can_swap(s, r, q)) continue;
      mine = Key{static_cast<std::uint32_t>(distance)} << 32 |
             Key{static_cast<std::uint32_t>(side)} << 16 | static_cast<std::uint32_t>(q);
      break;
    }
  }
  const Key nearest = lanes.min(mine);
  return nearest == kNever ? -1 : static_cast<int>(nearest & 0xffff);
}

}  // namespace detail

// Partners are looked for over at most so many ranks in all, per slot.
inline constexpr int kApartReach = 16;

// Only the heaviest most_split() experts have several copies.
template <class Lanes>
HD void set_apart(const Lanes& lanes, const State& s) {
  if (!s.apart) return;
  const int split = most_split(s.experts, s.slots);
  int ranks_left = kApartReach * s.slots;
  int from = 0;  // copies of lower ranks of expert `begin` are apart
  for (int begin = 0;;) {
    Key mine = kNever;
    for (int x = begin + lanes.rank(); x < split && mine == kNever; x += Lanes::width) {
      if (s.count[x] == 1) continue;
      const int r = detail::sharing_rank(s, x, x == begin ? from : 0);
      if (r >= 0) mine = Key{static_cast<std::uint32_t>(x)} << 32 | static_cast<std::uint32_t>(r);
    }
    const Key found = lanes.min(mine);
    if (found == kNever) return;
    begin = static_cast<int>(found >> 32);
    const int r = index_of(found);
    const int q = detail::nearest_partner(lanes, s, r);
    ranks_left -= q > r ? q - r : r - q;
    if (q < 0 || ranks_left < 0) return deal(lanes, s);
    from = r + 1;
    lanes.sync();  // all lanes have read the placement
    if (lanes.rank() == 0) swap_places(s, r, q);
    lanes.sync();
    tell(lanes, Swapped{s, SwapReason::parts_copies, r, q});
  }
}

}  // namespace evenkeel::keel
