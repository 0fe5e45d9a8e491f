// One row of recorded steps as binary64, which represents counts up to 2^53 exactly.
#pragma once

#include <cstdint>
#include <span>

#include "core/batch/raw_steps.hpp"

namespace evenkeel {

// Writes the loads of one layer in one step to `out` ([raw.experts]); returns their sum. They have been checked.
double read_step_row(const RawSteps& raw, std::int64_t step, std::int32_t layer,
                     std::span<double> out);

}  // namespace evenkeel
