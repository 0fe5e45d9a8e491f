// Formats numbers with the C library.

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/base/text.hpp"

namespace evenkeel {

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const bool is_binary32 = std::abs(value) < 0x1p127 && static_cast<float>(value) == value;
  char text[32];
  for (const int digits : {6, 9, 15, 17}) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    const double back = std::strtod(text, nullptr);
    if (back == value || (is_binary32 && static_cast<float>(back) == value)) break;
  }
  return text;
}

}  // namespace evenkeel
