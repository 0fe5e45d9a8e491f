// The wording of errors: one sentence from its parts, with hostile text made harmless. And two more things
// that texts share: whole numbers and words for a shell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/base/status.hpp"

namespace evenkeel {

// `text` in quotation marks, shortened to 40 characters, bytes that a terminal might obey replaced.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) out += c >= ' ' && c < '\x7f' ? c : '?';
  if (text.size() > kLongest) out += "...";
  return out + "\"";
}

// The name the caller gave to the file: control bytes replaced, the tail kept when it is long,
// because the end of a path says more than its beginning.
std::string shown_name(std::string_view name);

// The shortest of a few roundings that reads back as the same number; "nan", "inf", "-inf".
std::string number_text(double value);

// Decimal digits only; false if there are none, others, or too large a number, and then `out` stays.
bool parse_whole(std::string_view digits, std::uint64_t& out);

// The word as a POSIX shell takes it for one, in quotation marks where it would otherwise take it apart.
std::string shell_word(std::string_view word);

inline void append_part(std::string& sentence, std::string_view part) { sentence += part; }
inline void append_part(std::string& sentence, double part) { sentence += number_text(part); }
template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
void append_part(std::string& sentence, Integer part) {
  sentence += std::to_string(part);
}

// "NAME: " and the parts, which are texts and numbers.
template <class... Parts>
Status refuse(std::string_view name, const Parts&... parts) {
  std::string sentence = shown_name(name);
  sentence += ": ";
  (append_part(sentence, parts), ...);
  return Status::error(std::move(sentence));
}

}  // namespace evenkeel
