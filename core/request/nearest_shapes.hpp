// Suggestions: valid deployments near one that check() rejects.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel {

// The numbers of a deployment that can be changed; layers and experts belong to the model.
enum class ShapeNumber : std::uint8_t { gpus, slots, nodes, groups };

struct ShapeChange {
  ShapeNumber number;
  std::int32_t value;

  friend bool operator==(const ShapeChange&, const ShapeChange&) = default;
};

// One suggestion: the numbers that change, in the order of ShapeNumber, and the complete shape.
struct NearestShape {
  std::vector<ShapeChange> changes;
  Shape shape;
};

// Valid shapes near `shape`, the best suggestion first. Each passes check().
//   - if changing one number is enough: for slots, GPUs, nodes and groups, in this order, the nearest
//     valid number below and above the current one, the nearer one first, the lower one of two equally near;
//   - otherwise one shape, in which GPUs, groups, nodes and slots are changed in turn, each to the nearest
//     number that suits the numbers before it (the limits for GPUs, the experts for groups);
//   - and, if nodes or groups are part of the problem, one node and one group (`--policy global`).
// Empty if the shape is valid, and if layers or experts exceed their limits: no deployment can fix that.
// At most 9. Takes up to a few milliseconds: call it when a number has changed, not for every frame.
std::vector<NearestShape> nearest_shapes(const Shape& shape);

}  // namespace evenkeel
