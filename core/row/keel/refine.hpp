// Exchanges that make the heaviest GPU lighter, again and again.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/row/keel/exchange.hpp"
#include "core/row/keel/state.hpp"
#include "core/row/keel/swap_one.hpp"
#include "core/row/keel/swap_two.hpp"

namespace evenkeel::keel {

// Exchanges until the largest load is at most `target`, nothing helps, or no step is left; returns the largest load.
template <class Lanes>
HD std::int32_t refine(const Lanes& lanes, const State& s, std::int32_t target, bool pairs,
                       const PairScratch& t, Log& log) {
  for (;;) {
    const Extremes now = extremes(lanes, s);
    if (now.load <= target || log.full() || log.steps == 0) return now.load;
    --log.steps;
    if (swap_one(lanes, s, now, log)) continue;
    if (!pairs || s.places < 4 || !swap_two(lanes, s, now.gpu, now.load, target, t, log))
      return now.load;
  }
}

}  // namespace evenkeel::keel
