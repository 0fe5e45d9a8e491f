// What to type instead: valid deployments next to one that check() refuses.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel {

// The numbers of a deployment that can be changed; layers and experts are the model's.
enum class ShapeNumber : std::uint8_t { gpus, slots, nodes, groups };

struct ShapeChange {
  ShapeNumber number;
  std::int32_t value;

  friend bool operator==(const ShapeChange&, const ShapeChange&) = default;
};

// One way to a valid deployment: the numbers that change, in the order of ShapeNumber, and the whole.
struct NearestShape {
  std::vector<ShapeChange> changes;
  Shape shape;
};

// Valid shapes near `shape`, the best advice first. Each passes check().
//   - where one number's change suffices: for slots, GPUs, nodes and groups, in this order, the nearest
//     valid number below and above the present one, the nearer one first, the lower one of equals;
//   - else the one shape that GPUs, groups, nodes and slots give when each in turn goes to its nearest
//     number that suits those before it (the limits for GPUs, the experts for groups);
//   - and, where nodes or groups are part of the trouble, one node and one group (`--policy global`).
// Empty where the shape is valid already, and where layers or experts are beyond their limits: no
// deployment mends those. At most 9. Takes up to some milliseconds: for when a number was changed, not
// for every frame.
std::vector<NearestShape> nearest_shapes(const Shape& shape);

}  // namespace evenkeel
