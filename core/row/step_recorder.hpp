// Converts what the stages write to steps. Only for steps.cpp.
#pragma once

#include <cstddef>
#include <vector>

#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "core/row/balance.hpp"
#include "core/row/scratch.hpp"
#include "core/row/steps.hpp"

namespace evenkeel {

// Inspects the row's memory at every sync() of a stage and records the changes.
class StepRecorder {
 public:
  StepRecorder(const Shape& shape, const GpuSlots& gpu_slots, const Rules& rules,
               const Scratch& scratch, RowSteps& out)
      : shape_(shape), gpu_slots_(gpu_slots), rules_(rules), s_(scratch), out_(out) {}

  void enter(Part part, int node);
  void look();

 private:
  // The items to pack: groups onto nodes, or one node's slots onto its GPUs.
  bool packs_groups() const { return part_ == Part::groups; }
  int items() const { return packs_groups() ? shape_.groups : node_slots(); }
  int node_slots() const {
    return gpu_slots_.first(global_gpu(shape_.gpus_per_node())) - gpu_slots_.first(global_gpu(0));
  }
  int bins() const { return packs_groups() ? shape_.nodes : shape_.gpus_per_node(); }
  double weight(int item) const;

  void look_at_packing();
  void look_at_copies();
  void note_order();
  void add_last(StepKind kind);
  bool places_heaviest_first() const;
  void add_placed(int item);
  void add_swapped(int heavy_item, int light_item);
  void add_copy(int expert);
  Step& add(StepKind kind);
  // Converts numbers within the node to numbers within the layer.
  int global_expert(int expert) const {
    return s_.expert_at[node_ * shape_.experts_per_node() + expert];
  }
  int global_gpu(int gpu) const { return node_ * shape_.gpus_per_node() + gpu; }
  int global_slot(int item) const {
    return gpu_slots_.first(global_gpu(bin_[index(item)])) + rank_[index(item)];
  }
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  const Shape& shape_;
  const GpuSlots gpu_slots_;
  const Rules& rules_;
  const Scratch& s_;
  RowSteps& out_;
  Part part_ = Part::groups;
  int node_ = 0;
  bool entered_ = false;
  // The state after the steps so far, to compare with the memory.
  std::vector<Index> bin_;
  std::vector<Index> rank_;
  std::vector<double> bin_load_;
  std::vector<Index> count_;  // of the node's experts; empty before their first copies
  int appended_ = 0;          // slots whose copies are counted
};

// One lane like OneLane; at every sync() the recorder inspects the memory.
struct WatchedLane {
  static constexpr int width = 1;
  StepRecorder* recorder;

  int rank() const { return 0; }
  void sync() const { recorder->look(); }
  std::uint64_t min(std::uint64_t value) const { return value; }
  std::int32_t sum_before(std::int32_t) const { return 0; }
};

// Overloads the function of balance.hpp, which does nothing.
inline void entering(const WatchedLane& lane, Part part, int node) {
  lane.recorder->enter(part, node);
}

}  // namespace evenkeel
