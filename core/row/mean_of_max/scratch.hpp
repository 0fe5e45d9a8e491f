// The memory of the planner for one row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "core/row/carver.hpp"
#include "core/row/mean_of_max/overwrite.hpp"
#include "core/row/mean_of_max/state.hpp"
#include "core/row/mean_of_max/swap.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel::mean_of_max {

struct PlanScratch {
  State state;
  double* worth;  // [chunks]
  double* mean;   // [chunks]
  float* loads;   // [E] of the whole history
  Index* count;   // [E]
  Index* best;    // [P] experts before a kick
  SwapScratch swap;
  OverwriteScratch overwrite;
  Scratch start;  // of keel

  // chunks: of the history.
  template <class Lanes>
  HD static PlanScratch carve(Carver& carver, const Shape& shape, int chunks) {
    const int n = padded(chunks);
    PlanScratch s;
    s.worth = carver.take<double>(n);
    s.mean = carver.take<double>(n);
    s.loads = carver.take<float>(shape.experts);
    s.overwrite.least = carver.take<std::int32_t>(shape.gpus * (blocks_of(n) + 1));
    s.swap.least = carver.take<std::int32_t>(blocks_of(n) + 1);
    s.state.squares = carver.take<std::int32_t>(shape.gpus);
    s.state.weight = carver.take<Load>(n);
    s.state.square_weight = carver.take<Load>(n);
    s.state.whole = carver.take<Load>(shape.experts * n);
    s.state.expert = carver.take<Index>(shape.slots);
    const std::size_t shared = carver.used();
    s.start = Scratch::carve<Lanes>(carver, shape, ScratchNeeds::of_keel());
    const std::size_t end = carver.used();
    carver.go_back_to(shared);
    s.state.share = carver.take<Load>(shape.experts * n);
    s.state.next = carver.take<Load>(shape.experts * n);
    s.state.load = carver.take<Load>(shape.gpus * n);
    s.state.count = carver.take<Index>(shape.experts);
    s.state.node = carver.take<Index>(shape.experts);
    s.state.on = carver.take<Index>(shape.experts * shape.gpus);
    s.state.was = carver.take<std::uint8_t>(shape.experts * shape.gpus);
    s.state.changed = carver.take<std::uint8_t>(shape.gpus);
    s.count = carver.take<Index>(shape.experts);
    s.best = carver.take<Index>(shape.slots);
    s.swap.before = carver.take<Load>(n);
    s.swap.rest = carver.take<Load>(n);
    s.swap.after = carver.take<Load>((shape.gpus + 1) * n);
    s.swap.mine = carver.take<Load>(Lanes::width * 2 * n);
    s.overwrite.after = s.swap.after;
    s.overwrite.before = carver.take<Load>((shape.gpus + 1) * n);
    s.overwrite.mine = s.swap.mine;
    carver.go_back_to(carver.used() > end ? carver.used() : end);
    return s;
  }
  template <class Lanes>
  HD static std::size_t bytes(const Shape& shape, int chunks) {
    Carver measure(nullptr);
    carve<Lanes>(measure, shape, chunks);
    return measure.used();
  }
};

}  // namespace evenkeel::mean_of_max
