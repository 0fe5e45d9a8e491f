// The UI's font in two weights, embedded when it is built (web/sources/make_font.py).
#pragma once

#include <cstddef>

namespace evenkeel {

struct FontFile {
  const unsigned char* bytes;  // a TrueType file
  std::size_t size;
};
extern const FontFile kRegularFont;
extern const FontFile kMediumFont;

}  // namespace evenkeel
