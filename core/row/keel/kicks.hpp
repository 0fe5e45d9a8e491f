// Kicks: random changes, each refined, and undone where the largest load has grown.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/random.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/exchange.hpp"
#include "core/row/keel/move_copy.hpp"
#include "core/row/keel/refine.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

struct Kicks {
  int number;           // at most
  int copies;           // of 16 kicks, those that move a copy
  std::int32_t target;  // a largest load that is good enough
};

namespace detail {

// Two to six exchanges of copies of nearly equal weight, the first on the heaviest GPU.
template <class Lanes>
HD void kick_exchanges(const Lanes& lanes, const State& s, int heaviest, Random& random, Log& log) {
  const int number = 2 + draw(random, 5);
  for (int i = 0; i < number; ++i) {
    const int r = i == 0 ? s.rank_at(heaviest, draw(random, s.places)) : draw(random, s.slots);
    const int distance = draw(random, 24);
    const int q = distance < 12 ? r - 1 - distance : r + distance - 11;
    if (q < 0 || q >= s.slots || s.gpu[q] == s.gpu[r] || !can_swap(s, r, q)) continue;
    exchange(lanes, s, r, q, log);
    tell(lanes, Swapped{s, SwapReason::kick, r, q});
  }
}

// An expert, mostly of the heaviest GPU, and the rank of the copy that gives its place for one more copy.
struct CopyKick {
  int expert = -1;  // -1: none was found
  int rank = 0;
};
HD inline CopyKick draw_copy_kick(const State& s, int heaviest, Random& random) {
  const bool from_heaviest = draw(random, 4) < 3;
  const int expert = from_heaviest ? s.expert[s.rank_at(heaviest, draw(random, s.places))]
                                   : draw(random, s.experts);
  if (s.count[expert] >= most_copies(s)) return {};
  for (int i = 0; i < 8; ++i) {
    const int rank = draw(random, s.slots);
    const int donor = s.expert[rank];
    if (s.count[donor] < 2 || donor == expert) continue;
    if (s.apart && holds(s, s.gpu[rank], expert, rank, rank)) continue;
    return {expert, rank};
  }
  return {};
}

}  // namespace detail

// Kicks until the target is reached; returns the largest load. log has room.
template <class Lanes>
HD std::int32_t kick(const Lanes& lanes, const State& s, const Kicks& kicks, const PairScratch& t,
                     Random& random, Log& log) {
  Extremes now = extremes(lanes, s);
  for (int i = 0; i < kicks.number && now.load > kicks.target && log.steps > 0; ++i) {
    log.size = 0;
    tell(lanes, TrialBegins{s, i + 1});
    int place = -1;  // of a moved copy
    int donor = 0;
    if (s.slots > s.experts && draw(random, 16) < kicks.copies) {
      const detail::CopyKick move = detail::draw_copy_kick(s, now.gpu, random);
      if (move.expert < 0) continue;
      donor = s.expert[move.rank];
      if (fixed_point(s, donor, s.count[donor] - 1) > now.load) continue;
      place = s.gpu[move.rank] * s.places + s.place[move.rank];
      move_copy(lanes, s, move.expert, move.rank);
      tell(lanes, CopyReplaced{s, move.expert, place});
    } else {
      detail::kick_exchanges(lanes, s, now.gpu, random, log);
    }
    const bool kept = refine(lanes, s, kicks.target, true, t, log) <= now.load;
    tell(lanes, TrialEnds{kept});
    if (!kept) {
      undo(lanes, s, log);
      if (place >= 0) move_copy(lanes, s, donor, s.at[place]);
    }
    now = extremes(lanes, s);
  }
  return now.load;
}

}  // namespace evenkeel::keel
