// The steps of placing one row, for display.
//
// There is no second implementation: the stages and keel themselves run on a lane that they tell what they do
// (RecordingLane in step_recorder.hpp). What a stage does at once has no order; its steps are in the order described
// below.
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
  // Group `expert` goes to node `gpu`: before and after are the node's load. One step per group: heaviest
  // first for the greedy rules; by node and place if the rule places all at once (in_order, random, and
  // every rule except random if a node gets one group). No steps if there is only one group.
  group_placed,
  // Group `expert` of node `gpu` and group `other_expert` of node `other_gpu` swap places.
  groups_swapped,
  // Each expert of the node gets its first copies in one step: one each; with water_filling the number that
  // keeps its load per copy at or below the level (all copies if the node has no load or no extra copies).
  first_copies,
  // Expert `expert` gets copy `copy`: before and after are its load per copy. In the order of the rule
  // (round_robin: experts in turn; random: as drawn; the remaining copies of water_filling, of which many experts get
  // one each at once: the highest load per copy first).
  copy_added,
  // The fix-up second_donor, or the stage apart for an expert with more copies than GPUs: the last copy of `expert`
  // becomes copy `copy` of `other_expert`. before and after are the donor's load per copy. (All other fix-ups never
  // fire: rules.hpp.)
  copy_moved,
  // Copy `copy` of `expert` goes to `slot` on `gpu`: before and after are the GPU's load. Heaviest first
  // for the greedy rules; by slot if the rule places all at once (in_order, random, and every rule except
  // random if a GPU has one slot).
  slot_placed,
  // The slots `slot` and `other_slot` of two GPUs swap their contents. before and after are the load of
  // `gpu`, the heavier one. two_for_two may do two swaps at once, which are two steps. The stage apart swaps GPUs
  // of any load: `gpu` is not the lighter one, and may become heavier.
  slots_swapped,
  // The slots within the node's GPUs are renumbered, as some refinements do at their end; no copy moves to
  // another GPU.
  slots_ordered,
  // The stage apart deals the node's copies round its GPUs: where exchanges cannot part the copies of an expert. keel
  // does that too, or starts with it.
  slots_dealt,

  // Steps of keel. before and after are the load of the heaviest GPU of the node; before is 0 at its first placement.
  // Of the search only what was kept in the end is told.
  //
  // Before anything is placed: expert `expert` has one copy less, expert `other_expert` one more. before and after: if
  // the copies were folded (started_by_folding).
  count_changed,
  // The start places all copies of the node at once.
  started_by_differencing,
  started_heaviest_first,
  started_by_folding,
  rematched,
  // `slot` and `other_slot` swap their contents, as in slots_swapped: because two copies of an expert shared a GPU; to
  // make `gpu`, the heaviest, lighter; or at random in kick number `kick`.
  copies_parted,
  copies_exchanged,
  copies_kicked,
  // As copies_exchanged, and so do second_slot and other_second_slot of the same GPUs.
  pairs_exchanged,
  // In kick number `kick`, the copy in `slot` becomes one of `other_expert`. The last copy of `expert`, now in
  // other_slot, gets the number of the copy that is gone.
  copy_replaced,
  // What `count` more kicks, or searches for counts, have changed since kMostKeptSteps steps of them were kept.
  more_changes,
  // The copies of each expert get their numbers; none moves.
  copies_numbered,
};

// So many steps of kicks and of changed counts are told one by one: three hundred kicks of a large row could have more
// than a page can show.
inline constexpr int kMostKeptSteps = 4000;

// Numbers that a kind does not mention are -1. Experts, slots and GPUs are numbered within the layer, not
// within the node; loads are in tokens of the window. before and after are sums of binary32 loads in the
// order of the steps, so they may differ from those of state_after in the last digits.
struct Step {
  StepKind kind;
  std::int32_t node = -1;
  std::int32_t expert = -1;
  std::int32_t copy = -1;
  std::int32_t slot = -1;
  std::int32_t gpu = -1;
  std::int32_t other_expert = -1;  // of slots_swapped: the expert in other_slot
  std::int32_t other_copy = -1;
  std::int32_t other_slot = -1;
  std::int32_t other_gpu = -1;
  std::int32_t second_expert = -1;  // of pairs_exchanged
  std::int32_t second_slot = -1;
  std::int32_t other_second_expert = -1;
  std::int32_t other_second_slot = -1;
  std::int32_t kick = 0;   // since which number of kick nothing but refinement happened; 0: none
  std::int32_t count = 0;  // of more_changes
  std::int32_t contents = -1;  // of steps that change all slots of a node: index of what they hold
  double before = 0;
  double after = 0;
};

// The state after some of the steps.
struct RowState {
  std::vector<std::int32_t> slot_expert;  // [P] -1: still empty
  std::vector<std::int32_t> slot_copy;    // [P] the number of the expert's copy, from 0
  std::vector<std::int32_t> copies;       // [E] copies so far, 0 before the node's first_copies
  std::vector<std::int32_t> group_node;   // [Q] -1: not yet placed
  std::vector<double> gpu_load;           // [G] as in metrics.hpp, over the filled slots
};

// What the slots of a node hold after a step that changes all of them.
struct SlotContents {
  std::int32_t first_slot = 0;
  std::vector<std::int32_t> expert;  // of each slot; empty: nothing is placed yet
  std::vector<std::int32_t> copy;
  std::vector<std::int32_t> copies;  // [E] of each expert; empty: as before
};

// All steps of one layer, in order.
class RowSteps {
 public:
  std::span<const Step> steps() const& { return steps_; }
  std::span<const Step> steps() const&& = delete;  // would dangle
  // The state after the first `count` steps, or after all if there are fewer. O(E + P + count).
  // After all steps slot_expert equals balance()'s phy2log of this layer, and copies equals its logcnt; slots
  // in the order of expert and copy number are its log2phy.
  RowState state_after(std::size_t count) const;

 private:
  friend class StageRecorder;
  friend class StepRecorder;
  friend Status record_steps(const Loads& loads, const Shape& shape, const Rules& rules,
                             std::int32_t layer, RowSteps& out, int most_kept);

  Shape shape_;
  GpuSlotTable gpu_slots_;
  std::vector<float> loads_;  // [E]
  std::vector<Step> steps_;
  std::vector<std::int32_t> first_counts_;  // [E] of first_copies
  std::vector<SlotContents> contents_;      // of Step::contents
};

// Records the steps of `rules` for layer `layer` of the loads (counted from 0). Errors: those of check and
// check_loads, and a layer that does not exist. It takes a few times as long as balancing the layer; memory
// is O(E + P + most_kept).
Status record_steps(const Loads& loads, const Shape& shape, const Rules& rules, std::int32_t layer,
                    RowSteps& out, int most_kept = kMostKeptSteps);

}  // namespace evenkeel
