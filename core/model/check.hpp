// Input checks: finds everything that can be wrong with a problem and reports it in one sentence.
#pragma once

#include <string>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Applies the policy to groups and nodes; call it before check.
//   automatic     if groups are not a multiple of nodes: one node, one group, and a note. One node
//                 with several groups does not change (the groups are packed on one node).
//   hierarchical  this mismatch is an error.
//   global        one node, one group.
// `note` is empty if nothing was changed.
Status resolve_policy(Policy policy, Shape& shape, std::string& note,
                      Vocabulary words = Vocabulary::plain);

// Checks that all sizes are within the limits; slots >= experts; slots are a multiple of GPUs; groups divide
// experts; nodes divide groups and GPUs. The error says which number is wrong and what is valid.
Status check(const Shape& shape);

// Whether check finds nothing, without a sentence: for a search over thousands of shapes.
bool fits(const Shape& shape);

// The part of that error that says what is wrong; empty if nothing is.
std::string what_is_wrong(const Shape& shape);

// The same deployment without redundant experts: as many slots as experts, or the fewest more that the GPUs can share.
// Nodes and groups stay if they fit.
Shape without_redundancy(const Shape& shape);

// Checks that the loads have the layers and experts of the shape, that each load is finite and at least 0,
// and that the sum of each layer is finite in binary32. The shape must have been checked.
Status check_loads(const Loads& loads, const Shape& shape);

}  // namespace evenkeel
