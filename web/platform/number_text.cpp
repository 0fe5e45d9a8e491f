// Formats numbers with JavaScript (number_text.js), because the C library's functions would add 20 KB.
#include "core/base/text.hpp"

// Writes at most 32 bytes; returns their number.
extern "C" int write_number(double value, char* out);

namespace evenkeel {

std::string number_text(double value) {
  char text[32];
  return std::string(text, static_cast<std::size_t>(write_number(value, text)));
}

}  // namespace evenkeel
