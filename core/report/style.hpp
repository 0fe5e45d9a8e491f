// The style of the report: light and dark, wide and narrow, print.
#pragma once

#include <string_view>

namespace evenkeel::report {

std::string_view style();

}  // namespace evenkeel::report
