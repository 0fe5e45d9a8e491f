// Placements in an array of three axes, one of which is that of GPUs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/npy.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Integers of a .npy or of lists.
struct IntegerArray {
  std::array<std::int64_t, 3> shape;  // each at least 1
  const NpyArray* npy;                // null: the numbers are in `values`
  std::span<const std::int32_t> values;

  std::int64_t at(std::size_t index) const {
    return npy != nullptr ? integer_at(*npy, index) : values[index];
  }
};

// Reads one of three forms:
//   [layers, GPUs, slots of a GPU]: the expert in each slot;
//   [layers, GPUs, experts]: the slot of each expert on the GPU, or -1 where it is not (vLLM's and vllm-ascend's map);
//   [GPUs, MoE layers, experts]: 1 where the expert is on the GPU, else 0 (OmniPlacement), in slots by ascending expert.
// The form is the one in which the array is a placement of out.experts experts (0: any number). An array that is a
// placement in two forms, and not the same one, is an error. Fills all but the inverse arrays, and adds a note.
Status read_gpu_array(std::string_view name, const IntegerArray& array, Placement& out);

// One row of slots for all layers.
void set_same_layers(std::string_view name, std::vector<std::int32_t> slots, Placement& out);

}  // namespace evenkeel
