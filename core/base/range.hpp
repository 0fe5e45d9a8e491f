// A range of steps or layers, counted from 0, or from the end with numbers below 0.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace evenkeel {

// begin .. end-1; everything by default.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = std::numeric_limits<std::int64_t>::max();

  friend bool operator==(const Range&, const Range&) = default;
};

// Parses "A:B"; either number may be missing, or below 0. Returns false, and leaves `out` unchanged, if the text is not a
// range.
bool parse_range(std::string_view text, Range& out);
// The text of a range for parse_range.
std::string range_text(const Range& range);

// Whether a number counts from the end.
inline bool is_relative(const Range& range) { return range.begin < 0 || range.end < 0; }

}  // namespace evenkeel
