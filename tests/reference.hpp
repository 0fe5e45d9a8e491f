// A plain reference of the baseline strategy: standard containers, standard sort, linear scans.
//
// It shares no code with the core but the types, so that a slip in one shows against the other, and
// it is what `speed` measures the core against.
#pragma once

#include <vector>

#include "core/types.hpp"

namespace evenkeel::test {

// The specification's SUM, transcribed word by word over whole vectors, as the core's is not.
float reference_sum(const std::vector<float>& x);

// One row of DeepSeek's strategy. loads: [E]; phy2log, log2phy: [P]; logcnt: [E].
void reference_row(const float* loads, const Shape& shape, std::int32_t* phy2log,
                   std::int32_t* logcnt, std::int32_t* log2phy);

// All layers; the second form writes into a placement of the right size.
Placement reference_placement(const Loads& loads, const Shape& shape);
void reference_placement_into(const Loads& loads, const Shape& shape, Placement& out);

}  // namespace evenkeel::test
