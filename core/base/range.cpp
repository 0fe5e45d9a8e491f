#include "core/base/range.hpp"

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

// An empty bound keeps its default.
bool parse_bound(std::string_view text, std::int64_t& out) {
  return text.empty() || parse_integer(text, out);
}

}  // namespace

bool parse_range(std::string_view text, Range& out) {
  const std::size_t colon = text.find(':');
  Range range;
  if (colon == std::string_view::npos || !parse_bound(text.substr(0, colon), range.begin) ||
      !parse_bound(text.substr(colon + 1), range.end)) {
    return false;
  }
  out = range;
  return true;
}

std::string range_text(const Range& range) {
  std::string text = std::to_string(range.begin) + ":";
  if (range.end != Range().end) text += std::to_string(range.end);
  return text;
}

}  // namespace evenkeel
