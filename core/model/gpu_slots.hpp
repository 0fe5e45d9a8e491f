// The slots of each GPU. Only this file knows that all GPUs have the same number of slots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/lanes/lanes.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Whether this number of slots can be shared by this number of GPUs.
constexpr bool can_share_slots(std::int32_t slots, std::int32_t gpus) { return slots % gpus == 0; }
// The largest number of slots on one GPU or node.
HD constexpr std::int32_t most_slots_per_gpu(const Shape& shape) {
  return shape.slots / shape.gpus;
}
HD constexpr std::int32_t most_slots_per_node(const Shape& shape) {
  return shape.slots / shape.nodes;
}

// The slots of each GPU are consecutive, in the order of GPUs. A view of a GpuSlotTable, for rows on any back
// end.
struct GpuSlots {
  const Index* first_slot = nullptr;  // [G + 1]; the last one is P
  const Index* gpu_at = nullptr;      // [P]
  std::int32_t most = 0;              // slots of one GPU

  HD int first(int gpu) const { return first_slot[gpu]; }
  HD int end(int gpu) const { return first_slot[gpu + 1]; }
  HD int count(int gpu) const { return end(gpu) - first(gpu); }
  HD int gpu_of(int slot) const { return gpu_at[slot]; }
};

// Owns the data of a GpuSlots; O(P + G) memory. One table is used for all rows of a batch.
class GpuSlotTable {
 public:
  GpuSlotTable() = default;
  explicit GpuSlotTable(const Shape& shape) : GpuSlotTable(shape.slots, shape.gpus) {}
  // can_share_slots must hold. Further GPUs, up to `with_empty` in all, have no slots.
  GpuSlotTable(std::int32_t slots, std::int32_t gpus, std::int32_t with_empty = 0)
      : most_(slots / gpus) {
    const std::int32_t all = with_empty > gpus ? with_empty : gpus;
    first_slot_.reserve(static_cast<std::size_t>(all) + 1);
    gpu_at_.reserve(static_cast<std::size_t>(slots));
    for (std::int32_t gpu = 0; gpu < gpus; ++gpu) {
      first_slot_.push_back(static_cast<Index>(gpu_at_.size()));
      gpu_at_.insert(gpu_at_.end(), static_cast<std::size_t>(most_), static_cast<Index>(gpu));
    }
    const auto ends = static_cast<std::size_t>(all - gpus + 1);
    first_slot_.insert(first_slot_.end(), ends, static_cast<Index>(gpu_at_.size()));
  }

  // Valid until the table is destroyed or assigned to.
  GpuSlots view() const { return {first_slot_.data(), gpu_at_.data(), most_}; }

 private:
  std::vector<Index> first_slot_;
  std::vector<Index> gpu_at_;
  std::int32_t most_ = 0;
};

}  // namespace evenkeel
