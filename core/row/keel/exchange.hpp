// An exchange of two copies, and the log from which exchanges are undone.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

// The exchanges since a kick, to undo them, and the steps that are left.
struct Log {
  Index* ranks = nullptr;  // [2 * room]
  int room = 0;            // 0: nothing is recorded
  int size = 0;
  int steps = 1 << 30;  // of refine

  HD bool full() const { return room > 0 && size + 2 > room; }
};

// Swaps the places of two copies. All lanes call it.
template <class Lanes>
HD void exchange(const Lanes& lanes, const State& s, int r, int q, Log& log) {
  lanes.sync();  // all lanes have read the placement
  if (lanes.rank() == 0) {
    swap_places(s, r, q);
    if (log.room > 0) {
      log.ranks[2 * log.size] = static_cast<Index>(r);
      log.ranks[2 * log.size + 1] = static_cast<Index>(q);
    }
  }
  if (log.room > 0) ++log.size;
  lanes.sync();
}

// Undoes all exchanges in the log.
template <class Lanes>
HD void undo(const Lanes& lanes, const State& s, Log& log) {
  Log none;
  for (int i = log.size - 1; i >= 0; --i) {
    exchange(lanes, s, log.ranks[2 * i], log.ranks[2 * i + 1], none);
  }
  log.size = 0;
}

}  // namespace evenkeel::keel
