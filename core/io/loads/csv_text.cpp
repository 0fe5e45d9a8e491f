#include "core/io/loads/csv_text.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSpaces = " \t";

// Index, step, layer and rank.
constexpr std::size_t kMostKeys = 4;

// Whole numbers from here on show that nothing separates thousands.
constexpr std::uint64_t kThousand = 1000;

// As many digits always fit into 64 bits.
constexpr std::ptrdiff_t kExactDigits = 19;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool separates(char c, char separator) { return c == separator || (separator == ' ' && c == '\t'); }

std::size_t take_digits(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  text.remove_prefix(digits);
  return digits;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  text.remove_prefix(1);
  return true;
}

// Whether the text is 12, 12.5, 12. or .5, with or without an exponent, and with this decimal mark.
bool is_decimal(std::string_view text, char mark) {
  take_sign(text);
  std::size_t digits = take_digits(text);
  if (!text.empty() && text[0] == mark) {
    text.remove_prefix(1);
    digits += take_digits(text);
  }
  if (digits > 0 && !text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    take_sign(text);
    digits = take_digits(text);
  }
  return digits > 0 && text.empty();
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

// `text` must be a decimal. Too large numbers become infinite.
double decimal_value(std::string_view text, char mark) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  fast_float::from_chars_advanced(
      text.data(), text.data() + text.size(), value,
      fast_float::parse_options(fast_float::chars_format::general, mark));
  return value;
}

// The number of groups of three digits after the first separator of thousands, 0 if the text is not such a number:
// 1,234 or 1'234'567 or 1.234.567,8.
int thousands_groups(std::string_view text) {
  take_sign(text);
  if (text.empty() || text[0] == '0') return 0;
  const std::size_t first = take_digits(text);
  if (first == 0 || first > 3) return 0;
  // Among them the spaces and the apostrophe of Unicode that spreadsheets write.
  std::string_view mark;
  for (const std::string_view known :
       {",", ".", "'", " ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x99"}) {
    if (text.starts_with(known)) mark = known;
  }
  if (mark.empty()) return 0;
  int groups = 0;
  while (text.starts_with(mark)) {
    text.remove_prefix(mark.size());
    if (take_digits(text) != 3) return 0;
    ++groups;
  }
  if (!text.empty() && (text[0] == '.' || text[0] == ',')) {
    text.remove_prefix(1);
    // 1.234,5 has thousands without a doubt.
    if (take_digits(text) > 0) groups = std::max(groups, 2);
  }
  return text.empty() ? groups : 0;
}

constexpr std::string_view kHasThousands =
    " has a thousands separator; write the number without it";

// Whether commas occur only inside numbers, which spaces or tabs separate.
bool has_decimal_commas(std::string_view line) {
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(kSpaces), line.size());
    const std::string_view piece = line.substr(0, end);
    if (!is_decimal(piece, ',') || piece.front() == ',' || piece.back() == ',') return false;
    line = trimmed(line.substr(end));
  }
  return true;
}

// Removes the quotes of a cell that begins with one. `rest` is the line from this cell on.
Status remove_quotes(std::string_view name, std::int64_t line, std::size_t column,
                     std::string_view rest, std::string_view& cell) {
  if (cell.size() >= 2 && cell.find('"', 1) == cell.size() - 1) {
    cell = trimmed(cell.substr(1, cell.size() - 2));
    return {};
  }
  rest.remove_prefix(rest.find('"') + 1);
  const std::string_view quoted = rest.substr(0, std::min(rest.find('"'), rest.size()));
  if (thousands_groups(quoted) > 0) {
    return refuse(name, "line ", line, ", column ", column, ": ", in_quotes(quoted), kHasThousands);
  }
  if (quoted.find(',') != std::string_view::npos && is_decimal(quoted, ',')) {
    return refuse(name, "line ", line, ", column ", column, ": ", in_quotes(quoted),
                  " has a decimal comma; write it with a point, or separate the cells by ;");
  }
  return refuse(name, "line ", line, ", column ", column, ": ", in_quotes(cell),
                " has quotes; expected a plain cell, or quotes around a whole cell");
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

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

char find_separator(std::string_view line) {
  line = trimmed(line);
  const auto has = [&](char c) { return line.find(c) != std::string_view::npos; };
  if (has(';')) return ';';
  const char blank = has('\t') ? '\t' : has(' ') ? ' ' : ',';
  return has(',') && !has_decimal_commas(line) ? ',' : blank;
}

std::string_view separator_name(char separator) {
  switch (separator) {
    case ',':
      return "a comma";
    case ';':
      return "a semicolon";
    case '\t':
      return "a tab";
    default:
      return "a space";
  }
}

Status split_cells(std::string_view name, const CsvLines& lines, char separator,
                   std::int32_t most_experts, std::vector<std::string_view>& cells) {
  cells.clear();
  const std::size_t most = kMostKeys + static_cast<std::size_t>(most_experts);
  std::string_view rest = separator == ' ' ? trimmed(lines.line()) : lines.line();
  for (bool more = true; more;) {
    if (cells.size() == most) {
      return refuse(name, "line ", lines.number(), ": more than ", most, " columns; at most ",
                    most_experts, " experts can be read");
    }
    std::size_t end = 0;
    while (end < rest.size() && !separates(rest[end], separator)) ++end;
    more = end < rest.size();
    std::string_view cell = trimmed(rest.substr(0, end));
    if (cell.starts_with('"')) {
      Status status = remove_quotes(name, lines.number(), cells.size() + 1, rest, cell);
      if (!status.ok()) return status;
    }
    cells.push_back(cell);
    if (more) rest.remove_prefix(end + 1);
    if (separator == ' ') rest = trimmed(rest);
  }
  return {};
}

bool take_cell(std::string_view& line, char separator, std::string_view& cell) {
  std::size_t end = 0;
  while (end < line.size() && !separates(line[end], separator)) ++end;
  if (end == line.size()) return false;
  cell = trimmed(line.substr(0, end));
  line.remove_prefix(end + 1);
  return !cell.starts_with('"');
}

bool parse_plain_row(std::string_view cells, char separator, std::size_t most,
                     std::vector<Number>& out) {
  out.clear();
  const char* at = cells.data();
  const char* const end = at + cells.size();
  while (out.size() < most) {
    const char* const begin = at;
    std::uint64_t whole = 0;
    for (; at != end && is_digit(*at); ++at) whole = whole * 10 + static_cast<unsigned>(*at - '0');
    if (at == begin || at - begin > kExactDigits) return false;
    Number number = {0, whole, true};
    if (at == end || *at == separator) {
      number.real = static_cast<double>(whole);
    } else if (separator == ',') {
      number = {0, 0, false};
      const auto [stop, error] = fast_float::from_chars(begin, end, number.real);
      if (stop == at || (stop != end && *stop != separator)) return false;
      at = stop;
    } else {
      return false;
    }
    out.push_back(number);
    if (at == end) return true;
    ++at;
  }
  return false;
}

bool parse_key(std::string_view cell, std::uint64_t& out) {
  if (const std::size_t point = cell.find('.'); point != std::string_view::npos) {
    if (cell.find_first_not_of('0', point + 1) != std::string_view::npos) return false;
    cell = cell.substr(0, point);
  }
  return parse_whole(cell, out);
}

bool CsvNumbers::parse_with_comma(std::string_view cell, Number& out) {
  if (mark_ == '.' || !is_decimal(cell, ',') || thousands_groups(cell) > 0) return false;
  mark_ = ',';
  out.real = decimal_value(cell, ',');
  return true;
}

void CsvNumbers::add_whole(std::uint64_t number) {
  has_whole_ = true;
  has_decimals_ = has_decimals_ || number >= kThousand;
}

Status CsvNumbers::check_points(std::string_view name) const {
  if (doubtful_.empty() || has_decimals_ || !has_whole_) return {};
  std::string without = doubtful_;
  without.erase(without.find('.'), 1);
  return refuse(name, "line ", doubtful_line_, ", column ", doubtful_column_, ": ",
                in_quotes(doubtful_),
                " may have a thousands separator, as all numbers with a point in the file; write ",
                without, ", or ", doubtful_, "0 if it is a decimal point");
}

bool CsvNumbers::parse(std::string_view cell, Number& out, std::int64_t line, std::int64_t column) {
  out.is_whole = parse_whole(cell, out.whole);
  if (out.is_whole) {
    add_whole(out.whole);
    out.real = static_cast<double>(out.whole);
    return true;
  }
  out.whole = 0;
  if (separator_ != ',' && cell.find(',') != std::string_view::npos) {
    return parse_with_comma(cell, out);
  }
  if (is_decimal(cell, '.')) {
    if (cell.find('.') != std::string_view::npos) {
      if (mark_ == ',') return false;
      mark_ = '.';
      const bool is_doubtful =
          (separator_ == ';' || separator_ == '\t') && thousands_groups(cell) == 1;
      if (is_doubtful && doubtful_.empty()) {
        doubtful_ = cell;
        doubtful_line_ = line;
        doubtful_column_ = column;
      }
      has_decimals_ = has_decimals_ || !is_doubtful;
    }
    out.real = decimal_value(cell, '.');
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

std::string CsvNumbers::fault(std::string_view cell) const {
  if (cell.empty()) return "empty; expected a number";
  const std::string shown = in_quotes(cell);
  if (cell[0] == '#') return shown + " is not a number; remove lines of comments";
  const int groups = thousands_groups(cell);
  if (groups == 1 && cell.find(',') != std::string_view::npos) {
    return shown + " has a decimal comma or a thousands separator; write it with a point, or " +
           "without a separator";
  }
  if (mark_ == ',' && is_decimal(cell, '.')) {
    return shown + " has a point, but numbers before it have decimal commas";
  }
  if (mark_ == '.' && separator_ != ',' && groups == 0 && is_decimal(cell, ',')) {
    return shown + " has a decimal comma, but numbers before it have points";
  }
  if (groups > 0) return shown + std::string(kHasThousands);
  return shown + " is not a number";
}

}  // namespace evenkeel
