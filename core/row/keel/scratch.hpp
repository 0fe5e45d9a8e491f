// The memory of keel's search, for one node at a time.
#pragma once

#include "core/lanes/sort.hpp"
#include "core/lanes/sum.hpp"
#include "core/lanes/tournament.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/types.hpp"
#include "core/row/carver.hpp"
#include "core/row/keel/differencing.hpp"
#include "core/row/keel/exchange.hpp"
#include "core/row/keel/fold.hpp"
#include "core/row/keel/state.hpp"
#include "core/row/keel/swap_two.hpp"

namespace evenkeel::keel {

inline constexpr int kLogRoom = 256;

struct KeelScratch {
  Index* order;  // [E] experts of each node by load
  Index* count;  // [E] their copies
  State state;
  Key* keys;  // [max(e, G)]
  Key* spare;
  Key* tournament;
  double* sums;
  DifferencingScratch differencing;
  Index* ranks;      // [gpus + 1]
  Index* gpu_order;  // [gpus]
  Index* other_gpu;  // [slots] of a second start
  Index* other_place;
  PairScratch pairs;
  FoldScratch folds;
  Index* log;  // [2 * kLogRoom]

  template <class Lanes>
  HD static KeelScratch carve(Carver& carver, const Shape& shape) {
    const auto larger = [](int a, int b) { return a > b ? a : b; };
    // Of a node, or of the groups that are placed on nodes.
    const int experts = larger(shape.experts_per_node(), shape.groups);
    const int slots = larger(most_slots_per_node(shape), shape.groups);
    const int gpus = larger(shape.gpus_per_node(), shape.nodes);
    const int places = larger(most_slots_per_gpu(shape), shape.groups_per_node());
    const bool pairs = most_slots_per_gpu(shape) == 2 || shape.groups_per_node() == 2;
    int most = experts > gpus ? experts : gpus;
    most = places > most ? places : most;
    KeelScratch s;
    s.keys = carver.take<Key>(most);
    s.spare = carver.take<Key>(sort_spare<Lanes>(most));
    s.tournament = carver.take<Key>(Tournament<Lanes>::space(most));
    s.sums = carver.take<double>(kSums);
    s.state.load = carver.take<float>(experts);
    s.state.worth = carver.take<std::int32_t>(experts);
    s.state.weight = carver.take<std::int32_t>(slots + kBlock);
    s.state.load_at = carver.take<std::int32_t>(slots + kBlock);
    s.state.gpu_load = carver.take<std::int32_t>(gpus);
    s.differencing.sum = carver.take<std::int32_t>(slots);
    s.folds.weight = carver.take<std::int32_t>(pairs ? slots : 0);
    s.pairs.left = carver.take<std::int32_t>(gpus);
    s.differencing.next = carver.take<std::int32_t>(gpus);
    s.pairs.heavy = carver.take<float>(kPairs + kPairBlock);
    s.pairs.light = carver.take<float>(kPairs + kPairBlock);
    s.pairs.nearest = carver.take<float>(kPairs + kPairBlock);
    s.pairs.heavy_sum = carver.take<std::int32_t>(kPairs);
    s.pairs.light_sum = carver.take<std::int32_t>(kPairs);
    s.differencing.key = carver.take<std::int16_t>(kCountingLimit);
    s.differencing.larger = carver.take<std::int16_t>(kCountingLimit);
    s.order = carver.take<Index>(shape.experts);
    s.count = carver.take<Index>(shape.experts);
    s.state.first = carver.take<Index>(experts);
    s.state.expert = carver.take<Index>(slots);
    s.state.gpu = carver.take<Index>(slots);
    s.state.place = carver.take<Index>(slots);
    s.state.at = carver.take<Index>(slots);
    s.differencing.left = carver.take<Index>(slots);
    s.differencing.node = carver.take<Index>(places);
    s.differencing.children[0] = carver.take<Index>(places);
    s.differencing.children[1] = carver.take<Index>(places);
    s.differencing.tournament = s.tournament;
    s.differencing.keys = s.keys;
    s.differencing.spare = s.spare;
    s.ranks = carver.take<Index>(gpus + 1);
    s.gpu_order = carver.take<Index>(gpus);
    s.other_gpu = carver.take<Index>(slots);
    s.other_place = carver.take<Index>(slots);
    s.log = carver.take<Index>(2 * kLogRoom);
    s.folds.moves = carver.take<Index>(pairs ? 2 * kMoves : 0);
    s.state.count = s.count;
    return s;
  }
};

}  // namespace evenkeel::keel
