// The border: everything that can be wrong with a problem is found here, and said in a sentence.
#pragma once

#include <string>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Turns the groups and nodes that were asked for into those that count; call before check.
//   automatic     groups no multiple of nodes: one node, one group, and a note that says so. One node
//                 with several groups stays as it is (the groups are packed, on one node).
//   hierarchical  the same mismatch is an error.
//   global        one node, one group.
// note stays empty where nothing was changed.
Status resolve_policy(Policy policy, Shape& shape, std::string& note,
                      Vocabulary words = Vocabulary::plain);

// All sizes within the limits; slots >= experts; slots a multiple of GPUs; groups divide experts;
// nodes divide groups and GPUs. The sentence says which number is wrong and what would be right.
Status check(const Shape& shape);

// Whether check finds nothing, without a sentence: for a search over thousands of shapes.
bool fits(const Shape& shape);

// The part of that sentence that says what is wrong; empty: nothing is.
std::string what_is_wrong(const Shape& shape);

// The loads are of this shape's layers and experts, every one is finite and at least 0, and the sum of
// each layer is finite in binary32. shape was checked before.
Status check_loads(const Loads& loads, const Shape& shape);

}  // namespace evenkeel
