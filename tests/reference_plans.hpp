// The planner of the mean of maxima, written plainly from its description: every candidate is scored from nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/plan_cases.hpp"

namespace evenkeel::test {

// phy2log
std::vector<std::int32_t> reference_plan(const PlanCase& c);

}  // namespace evenkeel::test
