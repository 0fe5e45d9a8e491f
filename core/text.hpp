// Words for sentences: hostile text made harmless.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel {

// `text` in quotation marks, shortened to 40 characters, bytes that a terminal might obey replaced.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) out += c >= ' ' && c < '\x7f' ? c : '?';
  if (text.size() > kLongest) out += "...";
  return out + "\"";
}

}  // namespace evenkeel
