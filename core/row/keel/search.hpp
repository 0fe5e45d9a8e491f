// keel on one node whose copies are counted: start, exchanges, kicks.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/random.hpp"
#include "core/row/keel/apart.hpp"
#include "core/row/keel/differencing.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/exchange.hpp"
#include "core/row/keel/kicks.hpp"
#include "core/row/keel/pairs.hpp"
#include "core/row/keel/ranks.hpp"
#include "core/row/keel/refine.hpp"
#include "core/row/keel/rematch.hpp"
#include "core/row/keel/scratch.hpp"
#include "core/row/keel/start.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

inline constexpr std::int32_t kTarget = kUnit + unit_times(1e-4);

// Above this after refinement, a start by differencing is compared with one that places the heaviest copies first.
inline constexpr std::int32_t kPoorStart = kUnit + unit_times(0.003);

// Refines a start; returns the largest load.
template <class Lanes>
HD std::int32_t improve(const Lanes& lanes, const State& s, const KeelScratch& k, bool pairs,
                        std::int32_t target, Log& log) {
  rematch(lanes, s, k.differencing, k.ranks, k.gpu_order);
  spread_loads(lanes, s);
  set_apart(lanes, s);
  return refine(lanes, s, target, pairs, k.pairs, log);
}

template <class Lanes>
HD std::int32_t place_and_refine(const Lanes& lanes, const State& s, const KeelScratch& k,
                                 bool pairs, std::int32_t target, Log& log) {
  const bool differences = s.places >= 4 && s.weight[0] <= unit_times(0.7);
  if (differences) {
    place_by_differencing(lanes, s, k.differencing);
  } else {
    place_heaviest_first(lanes, s, k.tournament);
  }
  const std::int32_t first = improve(lanes, s, k, pairs, target, log);
  if (!differences || first <= kPoorStart) return first;
  for_each_index(lanes, s.slots, [&](int r) {
    k.other_gpu[r] = s.gpu[r];
    k.other_place[r] = s.place[r];
  });
  lanes.sync();
  tell(lanes, SecondStart{});
  place_heaviest_first(lanes, s, k.tournament);
  const std::int32_t second = improve(lanes, s, k, pairs, target, log);
  tell(lanes, StartChosen{second < first});
  if (second < first) return second;
  lanes.sync();
  for_each_index(lanes, s.slots, [&](int r) {
    s.gpu[r] = k.other_gpu[r];
    s.place[r] = k.other_place[r];
  });
  lanes.sync();
  index_places(lanes, s);
  return first;
}

// The kicks of a row that stays far above the bound without being asked for any.
HD inline int kicks_of_hard_row(const State& s, std::int32_t load) {
  const bool far = load > kUnit + unit_times(0.005);
  if (!far || s.slots == s.experts || s.weight[0] >= unit_times(0.98)) return 0;
  if (load <= kUnit + unit_times(0.02) || s.places < 4) return 512 / s.slots;
  return s.slots > 1024 ? 65536 / s.slots : 64;
}

// So that the largest shapes take a few milliseconds: the steps of refine without kicks on demand are kSteps /
// (gpus + kStepsFrom), shared by the nodes. Usual rows need a tenth of them.
inline constexpr int kSteps = 1000000;
inline constexpr int kStepsFrom = 512;

// Folds that take the time of a kick.
inline constexpr int kFoldsOfKick = 14;
HD inline int folds_of(const State& s, const Effort& effort) {
  if (effort.fast) return 0;
  if (effort.kicks > 0) return kFoldsOfKick * effort.kicks;
  return 12000 / s.slots > 60 ? 12000 / s.slots : 60;
}

// Places the copies of a node: load, count and scale are given.
template <class Lanes>
HD void search(const Lanes& lanes, const State& s, const KeelScratch& k, const Effort& effort) {
  rank_copies(lanes, s, k.keys, k.spare);
  const std::int32_t target = effort.kicks > 0 ? kUnit + unit_times(1e-5) : kTarget;
  Random random(effort.seed);
  Log log;
  if (effort.kicks == 0 || s.crowded) log.steps = kSteps / (s.gpus + kStepsFrom) / effort.nodes;
  if (s.crowded) {
    deal(lanes, s);
    refine(lanes, s, target, false, k.pairs, log);
    return;
  }
  if (s.places == 2) {
    search_pairs(lanes, s, k.folds, folds_of(s, effort), target, random);
    set_apart(lanes, s);
    refine(lanes, s, target, false, k.pairs, log);
    return;
  }
  const std::int32_t load = place_and_refine(lanes, s, k, !effort.fast, target, log);
  if (effort.fast || s.places == 1) return;
  Kicks kicks;
  kicks.number = effort.kicks > 0 ? effort.kicks : kicks_of_hard_row(s, load);
  kicks.copies = effort.kicks > 0 && load <= kUnit + unit_times(0.005) ? 4 : 10;
  kicks.target = target;
  log.ranks = k.log;
  log.room = kLogRoom;
  if (kicks.number > 0) kick(lanes, s, kicks, k.pairs, random, log);
}

}  // namespace evenkeel::keel
