// Builds error messages from parts and makes text from outside safe to print. Also parses whole numbers and
// quotes words for a shell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/base/status.hpp"

namespace evenkeel {

// `text` in quotation marks, cut to 40 characters; bytes outside printable ASCII become '?', so that they
// cannot control a terminal.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) out += c >= ' ' && c < '\x7f' ? c : '?';
  if (text.size() > kLongest) out += "...";
  return out + "\"";
}

// A file name for messages: control bytes become '?', and of a long name the end is kept because the end of a
// path says more than its beginning.
std::string shown_name(std::string_view name);

// The shortest of a few decimal roundings that reads back as the same number; "nan", "inf", "-inf".
std::string number_text(double value);

// Parses decimal digits. Returns false, and leaves `out` unchanged, if there are no digits, if there are
// other characters, or if the number is too large.
bool parse_whole(std::string_view digits, std::uint64_t& out);

// The same with a minus before it, of up to 18 digits: "010" is ten, and "0x10" no number.
bool parse_integer(std::string_view text, std::int64_t& out);

// `word` quoted, where necessary, so that a POSIX shell reads it as one word.
std::string shell_word(std::string_view word);

inline void append_part(std::string& sentence, std::string_view part) { sentence += part; }
inline void append_part(std::string& sentence, double part) { sentence += number_text(part); }
template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
void append_part(std::string& sentence, Integer part) {
  sentence += std::to_string(part);
}

// An error "NAME: " followed by the parts (texts and numbers).
template <class... Parts>
Status refuse(std::string_view name, const Parts&... parts) {
  std::string sentence = shown_name(name);
  sentence += ": ";
  (append_part(sentence, parts), ...);
  return Status::error(std::move(sentence));
}
// The same failure, "NAME: " before its sentence.
inline Status refuse(std::string_view name, const Status& failure) {
  return failure.reworded(shown_name(name) + ": " + failure.sentence());
}

}  // namespace evenkeel
