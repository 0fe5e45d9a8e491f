// A step of the algorithm in words.
#pragma once

#include <string>

#include "core/steps.hpp"
#include "core/types.hpp"

namespace evenkeel {

// step: nullptr before the first one.
std::string step_text(const Step* step, const Shape& shape);

}  // namespace evenkeel
