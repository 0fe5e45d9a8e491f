// The memory of one row, and its stages one by one, for tests of single stages.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/lanes/random.hpp"
#include "core/model/types.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/pack.hpp"
#include "core/row/stages/refine.hpp"
#include "core/row/stages/replicate.hpp"

namespace evenkeel::test {

// Loads of one node, replicated, then packed onto `gpus`.
class StageBench {
 public:
  StageBench(std::vector<float> loads, int slots, int gpus)
      : loads_(std::move(loads)),
        shape_{1, static_cast<int>(loads_.size()), slots, gpus, 1, 1},
        block_(new std::byte[Scratch::bytes<OneLane>(shape_, ScratchNeeds())]) {
    Carver carver(block_.get());
    scratch_ = Scratch::carve<OneLane>(carver, shape_, ScratchNeeds());
  }

  // Fix-ups are explicit here: replicate leaves out those that never fire.
  void replicate(const Rules& rules) {
    Random random(rules.seed);
    evenkeel::replicate(OneLane{}, rules, loads_.data(), shape_.experts, shape_.slots, random,
                        scratch_.copies, copies());
  }
  int fix_up(Fixup rule) {
    return evenkeel::fix_up(OneLane{}, rule, loads_.data(), shape_.experts, shape_.slots, copies());
  }
  // From now on slots are packed like groups: without experts.
  void treat_as_groups() { groups_ = true; }

  void pack(Packing rule) {
    for (int i = 0; i < shape_.slots; ++i) {
      scratch_.weight[i] =
          average(loads_[scratch_.owner[i]], scratch_.node_count[scratch_.owner[i]]);
    }
    Random random(1);
    evenkeel::pack(OneLane{}, rule, items(), random, scratch_.pack, packed());
  }
  void refine(Refinement rule) {
    evenkeel::refine(OneLane{}, rule, items(), scratch_.pack, packed());
  }

  std::vector<int> counts() const {
    return {scratch_.node_count, scratch_.node_count + shape_.experts};
  }
  std::vector<int> owners() const { return {scratch_.owner, scratch_.owner + shape_.slots}; }
  std::vector<int> bins() const { return {scratch_.bin, scratch_.bin + shape_.slots}; }
  std::vector<int> ranks() const { return {scratch_.rank, scratch_.rank + shape_.slots}; }
  float highest_average() const {
    float highest = 0;
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      highest = std::max(highest, average(loads_[i], scratch_.node_count[i]));
    }
    return highest;
  }
  std::vector<double> gpu_loads() const {
    std::vector<double> loads(static_cast<std::size_t>(shape_.gpus), 0.0);
    for (int i = 0; i < shape_.slots; ++i) {
      loads[scratch_.bin[i]] += static_cast<double>(scratch_.weight[i]);
    }
    return loads;
  }

 private:
  Copies copies() const { return {scratch_.owner, scratch_.copy, scratch_.node_count}; }
  Items items() const {
    return {scratch_.weight,   shape_.slots,
            shape_.gpus,       groups_ ? nullptr : scratch_.owner,
            shape_.experts,    groups_ ? nullptr : slots_.view().first_slot,
            slots_.view().most};
  }
  Packed packed() const { return {scratch_.bin, scratch_.rank}; }

  std::vector<float> loads_;
  Shape shape_;
  GpuSlotTable slots_{shape_};
  bool groups_ = false;
  std::unique_ptr<std::byte[]> block_;
  Scratch scratch_;
};

}  // namespace evenkeel::test
