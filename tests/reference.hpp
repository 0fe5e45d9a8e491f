// A plain reference of the published strategies: standard containers, standard sorts, linear scans.
//
// It shares only the types with the core, so that a bug in one shows up as a difference from the other.
// `speed` compares the core with its baseline.
#pragma once

#include <string_view>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel::test {

// The specification's SUM, transcribed literally over whole vectors, unlike the core's.
float reference_sum(const std::vector<float>& x);

// Whether a strategy of this name (not its alias) has a reference.
bool has_reference(std::string_view strategy);

// Balances all layers with a strategy that has a reference; shape: after the policy; apart: with that stage. The second
// form writes into a placement of the right size.
Placement reference_placement(const Loads& loads, const Shape& shape,
                              std::string_view strategy = "deepseek", bool apart = false);
void reference_placement_into(const Loads& loads, const Shape& shape, Placement& out,
                              std::string_view strategy = "deepseek", bool apart = false);

}  // namespace evenkeel::test
