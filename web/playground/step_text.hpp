// A step of the algorithm in words.
#pragma once

#include <string>

#include "core/model/types.hpp"
#include "core/row/steps.hpp"

namespace evenkeel {

// step: nullptr before the first one.
std::string step_text(const Step* step, const Shape& shape);

}  // namespace evenkeel
