// A plain reference of the published strategies: standard containers, standard sorts, linear scans.
//
// It shares no code with the core but the types, so that a slip in one shows against the other. For
// the baseline it is also what `speed` measures the core against.
#pragma once

#include <string_view>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel::test {

// The specification's SUM, transcribed word by word over whole vectors, as the core's is not.
float reference_sum(const std::vector<float>& x);

// Whether a strategy of this name (not its alias) has a reference.
bool has_reference(std::string_view strategy);

// All layers by a strategy that has one; shape: after the policy. The second form writes into a
// placement of the right size.
Placement reference_placement(const Loads& loads, const Shape& shape,
                              std::string_view strategy = "deepseek");
void reference_placement_into(const Loads& loads, const Shape& shape, Placement& out,
                              std::string_view strategy = "deepseek");

}  // namespace evenkeel::test
