// A step of the algorithm as text.
#pragma once

#include <string>

#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "core/row/steps.hpp"

namespace evenkeel {

// step: nullptr before the first step. mean: the mean GPU load, in tokens; loads of keel's steps are told as multiples
// of it.
std::string step_text(const Step* step, const Shape& shape, const Rules& rules, double mean);

}  // namespace evenkeel
