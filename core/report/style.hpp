// How the report looks: light and dark, wide and narrow, on paper.
#pragma once

#include <string_view>

namespace evenkeel::report {

std::string_view style();

}  // namespace evenkeel::report
