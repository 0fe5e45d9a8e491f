// Builds error messages from parts and makes text from outside safe to print. Also parses whole numbers and
// quotes words for a shell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/base/status.hpp"

namespace evenkeel {

// `text` as a terminal may show it: control characters (C0, C1, delete), controls of the writing direction, invisible
// characters, line separators, and bytes that are not UTF-8 become '?'. All text from outside passes through it.
std::string printable(std::string_view text);

// The beginning of `text`, printable and in quotation marks: at most 40 bytes of whole characters, then "...".
std::string in_quotes(std::string_view text);

// A file name for messages: printable; of a long name the last `most` bytes at most, in whole characters, because the
// end of a path says more than its beginning.
std::string shown_name(std::string_view name, std::size_t most = 120);

// The shortest of a few decimal roundings that reads back as the same number; "nan", "inf", "-inf".
std::string number_text(double value);

// "1 layer", "2 copies", in sentences.
std::string several(std::int64_t count, std::string_view unit);

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
