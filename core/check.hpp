// The border: everything that can be wrong with a problem is found here, and said in a sentence.
#pragma once

#include <span>
#include <string>

#include "core/status.hpp"
#include "core/types.hpp"

namespace evenkeel {

// Turns the groups and nodes that were asked for into those that count; call before check.
//   automatic     groups no multiple of nodes: one node, one group, and a note that says so. One
//   node
//                 with several groups stays as it is (the groups are packed, on one node).
//   hierarchical  the same mismatch is an error.
//   global        one node, one group.
// note stays empty where nothing was changed.
Status resolve_policy(Policy policy, Shape& shape, std::string& note);

// All sizes within the limits; slots >= experts; slots a multiple of GPUs; groups divide experts;
// nodes divide groups and GPUs. The sentence says which number is wrong and what would be right.
Status check(const Shape& shape);

// loads: [layers, experts] for a shape that is fine: every load finite and at least 0, and the sum
// of each layer finite in binary32. name is the source's, for the sentence; first_layer is added to
// the layer's number in it.
Status check_loads(std::span<const float> loads, const Shape& shape, const std::string& name,
                   int first_layer);

}  // namespace evenkeel
