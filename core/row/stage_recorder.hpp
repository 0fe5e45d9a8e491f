// Converts what the stages tell (events.hpp) to steps. Only for step_recorder.hpp.
#pragma once

#include <cstddef>
#include <vector>

#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "core/row/events.hpp"
#include "core/row/scratch.hpp"
#include "core/row/steps.hpp"

namespace evenkeel {

class StageRecorder {
 public:
  StageRecorder(const Shape& shape, const GpuSlots& gpu_slots, const Scratch& scratch,
                RowSteps& out)
      : shape_(shape), gpu_slots_(gpu_slots), s_(scratch), out_(out) {}

  void on(const PartBegins& e);
  void on(const CopiesAppended&);
  void on(const FirstCopies&);
  void on(const CopyAdded& e);
  void on(const CopyMoved& e);
  void on(const ItemPlaced& e);
  void on(const AllPlaced&);
  void on(const ItemsSwapped& e);
  void on(const PlacesRenumbered&) { is_renumbered_ = true; }
  void on(const ItemsDealt&);

 protected:
  // Only the steps that concern groups belong to no node.
  Step& add(StepKind kind);
  bool packs_groups() const { return part_ == Part::groups; }
  int node() const { return node_; }
  // Convert numbers within the node to numbers within the layer.
  int global_expert(int expert) const {
    return s_.expert_at[node_ * shape_.experts_per_node() + expert];
  }
  int global_gpu(int gpu) const { return node_ * shape_.gpus_per_node() + gpu; }
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  const Shape& shape_;
  const GpuSlots gpu_slots_;
  const Scratch& s_;
  RowSteps& out_;

 private:
  // The items to pack: groups onto nodes, or one node's slots onto its GPUs.
  int items() const { return packs_groups() ? shape_.groups : node_slots(); }
  int node_slots() const {
    return gpu_slots_.first(global_gpu(shape_.gpus_per_node())) - gpu_slots_.first(global_gpu(0));
  }
  int bins() const { return packs_groups() ? shape_.nodes : shape_.gpus_per_node(); }
  double weight(int item) const;
  int global_slot(int item) const {
    return gpu_slots_.first(global_gpu(bin_[index(item)])) + rank_[index(item)];
  }

  void add_first_copies();
  void add_last(StepKind kind);

  Part part_ = Part::groups;
  int node_ = 0;
  bool is_renumbered_ = false;
  // The state after the steps so far.
  std::vector<Index> bin_;
  std::vector<Index> rank_;
  std::vector<double> bin_load_;
  std::vector<Index> count_;  // of the node's experts
};

}  // namespace evenkeel
