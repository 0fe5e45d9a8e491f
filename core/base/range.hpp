// A range of steps or layers, counted from 0.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace evenkeel {

// From begin up to, but without, end; everything by default.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = std::numeric_limits<std::int64_t>::max();

  friend bool operator==(const Range&, const Range&) = default;
};

// "A:B", of which either side may be missing; false if it is none, and then `out` stays.
bool parse_range(std::string_view text, Range& out);
// The text that parse_range reads.
std::string range_text(const Range& range);

}  // namespace evenkeel
