// The loop over the rows of a PlanBatch, on any lanes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/batch/plans.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/row/carver.hpp"
#include "core/row/mean_of_max/mean_of_max.hpp"

namespace evenkeel {

// Allocated once per thread and used for all its rows.
template <class Lanes>
class PlanMemory {
 public:
  PlanMemory(const Shape& shape, std::int32_t chunks)
      : block_(new std::byte[mean_of_max::PlanScratch::bytes<Lanes>(shape, chunks)]) {
    Carver carver(block_.get());
    scratch_ = mean_of_max::PlanScratch::carve<Lanes>(carver, shape, chunks);
  }
  const mean_of_max::PlanScratch& get() const { return scratch_; }

 private:
  std::shared_ptr<std::byte[]> block_;  // shared, because std::function copies its target
  mean_of_max::PlanScratch scratch_;
};

// Plans rows begin .. end-1. slots: of the shape.
template <class Lanes>
void plan_rows(const Lanes& lanes, const PlanBatch& batch, const PlanRules& rules,
               const GpuSlots& slots, const PlanMemory<Lanes>& memory, std::int64_t begin,
               std::int64_t end) {
  const Shape& shape = batch.shape;
  const std::int64_t chunks = batch.history.chunks;
  const mean_of_max::Effort effort = {rules.kicks, rules.seed, rules.price};
  for (std::int64_t i = begin; i < end; ++i) {
    const mean_of_max::RowHistory history = {batch.history.chunks,
                                             batch.history.tokens + i * chunks * shape.experts,
                                             batch.history.weights + i * chunks};
    const std::int32_t* previous =
        batch.previous_phy2log == nullptr ? nullptr : batch.previous_phy2log + i * shape.slots;
    const RowPlacement<std::int32_t> out = {batch.placement.phy2log + i * shape.slots,
                                            batch.placement.logcnt + i * shape.experts,
                                            batch.placement.log2phy + i * shape.slots};
    mean_of_max::plan_row(lanes, history, previous, shape, slots, effort, memory.get(), out);
    lanes.sync();  // before the next row reuses the memory
  }
}

}  // namespace evenkeel
