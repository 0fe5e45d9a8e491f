#include "core/io/csv_text.hpp"

#include <algorithm>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <string>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSpaces = " \t";

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool take_digits(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  text.remove_prefix(digits);
  return digits > 0;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  text.remove_prefix(1);
  return true;
}

// Whether the text is 12, 12.5, 12. or .5, with or without an exponent: what strtod reads, without its
// extensions.
bool is_decimal(std::string_view text) {
  take_sign(text);
  bool digits = take_digits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    digits = take_digits(text) || digits;
  }
  if (digits && !text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    take_sign(text);
    digits = take_digits(text);
  }
  return digits && text.empty();
}

// `word` is in lower case.
bool equals_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != word[i]) return false;
  }
  return true;
}

// strtod expects the decimal point of the locale, which a window toolkit may have set.
double decimal_value(std::string_view cell) {
  std::string text(cell);
  const std::size_t point = text.find('.');
  if (point != std::string::npos) text.replace(point, 1, std::localeconv()->decimal_point);
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace

CsvLines::CsvLines(std::span<const std::byte> bytes)
    : text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {
  if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
}

bool CsvLines::next() {
  if (at_ >= text_.size()) return false;
  const std::size_t end = std::min(text_.find('\n', at_), text_.size());
  line_ = text_.substr(at_, end - at_);
  if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
  at_ = std::min(end + 1, text_.size());
  ++number_;
  skipped_blank_ = is_blank_;
  is_blank_ = line_.find_first_not_of(kSpaces) == std::string_view::npos;
  return true;
}

Status split_cells(std::string_view name, const CsvLines& lines, std::size_t most,
                   std::vector<std::string_view>& cells) {
  cells.clear();
  std::string_view rest = lines.line();
  for (bool more = true; more;) {
    if (cells.size() == most) {
      return refuse(name, "line ", lines.number(), ": more than ", most, " columns; at most ",
                    kMaxExperts, " experts can be read");
    }
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    cells.push_back(trim(rest.substr(0, comma)));
    if (more) rest.remove_prefix(comma + 1);
    if (!cells.back().empty() && cells.back()[0] == '"') {
      return refuse(name, "line ", lines.number(), ", column ", cells.size(), ": ",
                    in_quotes(cells.back()), " has quotes; expected plain cells without quotes");
    }
  }
  return {};
}

bool parse_number(std::string_view cell, Number& out) {
  out.is_whole = parse_whole(cell, out.whole);
  if (out.is_whole) {
    out.real = static_cast<double>(out.whole);
    return true;
  }
  out.whole = 0;
  if (is_decimal(cell)) {
    out.real = decimal_value(cell);
    return true;
  }
  std::string_view word = cell;
  const bool negative = take_sign(word) && cell[0] == '-';
  if (equals_word(word, "nan")) {
    out.real = std::nan("");
  } else if (equals_word(word, "inf") || equals_word(word, "infinity")) {
    out.real = negative ? -HUGE_VAL : HUGE_VAL;
  } else {
    return false;
  }
  return true;
}

}  // namespace evenkeel
