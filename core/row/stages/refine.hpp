// Stage 3, after each packing: a few swaps between a heavy and a light bin. rules.hpp describes the rules.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/model/rules.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"
#include "core/row/stages/refine_lights.hpp"
#include "core/row/stages/refine_nearest.hpp"
#include "core/row/stages/refine_spread.hpp"

namespace evenkeel {

// Improves a packing in place. All lanes see the result.
template <class Lanes>
HD void refine(const Lanes& lanes, Refinement rule, const Items& items, const PackScratch& s,
               const Packed& packed) {
  if (items.most == 1) rule = Refinement::none;
  switch (rule) {
    case Refinement::none:
      break;
    case Refinement::nearest_difference:
      refine_nearest_difference(lanes, items, s, packed);
      break;
    case Refinement::two_lights:
      refine_two_lights(lanes, items, s, packed);
      break;
    case Refinement::two_for_two:
      refine_two_for_two(lanes, items, s, packed);
      break;
    case Refinement::least_spread:
      if (!items.are_groups()) refine_least_spread(lanes, items, s, packed);
      break;
  }
}

}  // namespace evenkeel
