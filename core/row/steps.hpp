// How one row's placement comes about, step by step, for people who want to see it.
//
// The steps are not computed by a second text: the stages themselves run on a lane that looks at their
// results whenever the stage makes them visible to other lanes (WatchedLane in step_recorder.hpp). What a stage
// makes visible at once has no order of its own; the steps then come in the order said below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

enum class StepKind : std::uint8_t {
  // Group `expert` goes to node `gpu`: before and after are the node's load. One step a group, heaviest
  // first for the greedy rules; by node and place where the rule places all at once (in_order, random, and
  // every rule but random where a node gets one group). None where there is one group.
  group_placed,
  // Group `expert` of node `gpu` and group `other_expert` of node `other_gpu` change places.
  groups_swapped,
  // Each expert of the node gets its first copies, all at once: one each; with water_filling as many as
  // keep its load per copy at or below the level (where the node has no load or no extra copies: all).
  first_copies,
  // Expert `expert` gets copy `copy`: before and after are its load per copy. In the order in which the
  // rule gives them (round_robin: experts in turn; random: as drawn); the rest of water_filling,
  // which gives one each to many experts at once, by expert number within each round.
  copy_added,
  // The fix-up second_donor: the last copy of `expert` becomes copy `copy` of `other_expert`. before and
  // after are the donor's load per copy. (All other fix-ups never fire: rules.hpp.)
  copy_moved,
  // Copy `copy` of `expert` goes to `slot` on `gpu`: before and after are the GPU's load. Heaviest first
  // for the greedy rules; by slot where the rule places all at once (in_order, random, and every rule
  // but random where a GPU has one slot).
  slot_placed,
  // The slots `slot` and `other_slot` of two GPUs change contents. before and after are the load of `gpu`,
  // which was the heavier one. two_for_two may do two of these at once: two steps then.
  slots_swapped,
  // The slots within the node's GPUs are numbered anew, as some refinements do at their end; no copy
  // changes GPUs.
  slots_ordered,
};

// Numbers that a kind does not mention are -1. Experts, slots and GPUs are numbered within the layer, not
// within the node; loads are in tokens of the window. before and after are sums of binary32 loads in the
// order of the steps, so they may differ from state_after's in the last digits.
struct Step {
  StepKind kind;
  std::int32_t node = -1;
  std::int32_t expert = -1;
  std::int32_t copy = -1;
  std::int32_t slot = -1;
  std::int32_t gpu = -1;
  std::int32_t other_expert = -1;  // of slots_swapped: what lay in other_slot
  std::int32_t other_copy = -1;
  std::int32_t other_slot = -1;
  std::int32_t other_gpu = -1;
  double before = 0;
  double after = 0;
};

// What stands after some of the steps.
struct RowState {
  std::vector<std::int32_t> slot_expert;  // [P] -1: still empty
  std::vector<std::int32_t> slot_copy;    // [P] which of the expert's copies that is, from 0
  std::vector<std::int32_t> copies;       // [E] copies so far, 0 before the node's first_copies
  std::vector<std::int32_t> group_node;   // [Q] -1: not yet placed
  std::vector<double> gpu_load;  // [G] as metrics.hpp counts it, over the slots that are filled
};

// All steps of one layer, in order. O(Q + E + P) memory.
class RowSteps {
 public:
  std::span<const Step> steps() const& { return steps_; }
  std::span<const Step> steps() const&& = delete;  // it would be gone
  // The state after the first `count` steps; more than there are: after all. O(E + P + count).
  // After all steps slot_expert is balance()'s phy2log of this layer and copies its logcnt; slots in the
  // order of expert and copy number are its log2phy.
  RowState state_after(std::size_t count) const;

 private:
  friend class StepRecorder;
  friend Status record_steps(const Loads& loads, const Shape& shape, const Rules& rules,
                             std::int32_t layer, RowSteps& out);

  Shape shape_;
  GpuSlotTable gpu_slots_;
  std::vector<float> loads_;  // [E]
  std::vector<Step> steps_;
  std::vector<std::int32_t> first_counts_;  // [E] of first_copies
  std::vector<std::int32_t> last_expert_;   // [P] after slots_ordered
  std::vector<std::int32_t> last_copy_;
};

// Records how `rules` place layer number `layer` of loads (counted from 0 within them). Errors:
// check's, check_loads', and a layer that is not there. Takes a few times as long as balancing the
// layer; memory is O(E + P).
Status record_steps(const Loads& loads, const Shape& shape, const Rules& rules, std::int32_t layer,
                    RowSteps& out);

}  // namespace evenkeel
