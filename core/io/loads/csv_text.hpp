// The text of CSV files: lines, cells and numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

// The lines of a text, without LF or CRLF; skips a UTF-8 byte order mark.
class CsvLines {
 public:
  CsvLines() = default;
  explicit CsvLines(std::span<const std::byte> bytes);

  bool next();  // false at the end of the text
  std::string_view line() const { return line_; }
  std::int64_t number() const { return number_; }  // from 1
  std::size_t consumed() const { return at_; }

  bool is_blank() const { return is_blank_; }
  bool skipped_blank() const { return skipped_blank_; }  // the line before this one was blank

 private:
  std::string_view text_;
  std::string_view line_;
  std::size_t at_ = 0;
  std::int64_t number_ = 0;
  bool is_blank_ = false;
  bool skipped_blank_ = false;
};

// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

// What separates the cells of a file, by its first line: ',', ';', a tab, or ' ' for runs of spaces and tabs. Commas
// between digits are decimal commas only if spaces or tabs separate such numbers.
char find_separator(std::string_view line);

// How sentences name it.
std::string_view separator_name(char separator);

// Splits the line, trims the cells, and removes quotes around whole cells. A cell with other quotes is an error.
Status split_cells(std::string_view name, const CsvLines& lines, char separator,
                   std::int32_t most_experts, std::vector<std::string_view>& cells);

// Takes the first cell of a line off it; false if the cell has quotes, or if it is the last one.
bool take_cell(std::string_view& line, char separator, std::string_view& cell);

// Parses cells that are all plain numbers of at least 0 without spaces and quotes, as most files have them. False if
// there are others, or more than `most`.
bool parse_plain_row(std::string_view cells, char separator, std::size_t most,
                     std::vector<Number>& out);

// A whole number that names a step, a layer or an expert: "3", or "3.0", which spreadsheets make of it.
bool parse_key(std::string_view cell, std::uint64_t& out);

// The numbers of one file. They have decimal points, or, if cells are not separated by commas, decimal commas.
class CsvNumbers {
 public:
  explicit CsvNumbers(char separator) : separator_(separator) {}

  // Parses a decimal number with an optional fraction and exponent, or inf or nan, which the caller checks. Whole
  // numbers below 2^64 are exact.
  bool parse(std::string_view cell, Number& out, std::int64_t line = 0, std::int64_t column = 0);
  // A whole number that was parsed elsewhere.
  void add_whole(std::uint64_t number);
  // Why `cell` is not a number, as the end of a sentence.
  std::string fault(std::string_view cell) const;

  // At the end of a file: an error if all points may separate thousands, as spreadsheets of some countries write them.
  Status check_points(std::string_view name) const;

 private:
  bool parse_with_comma(std::string_view cell, Number& out);

  char separator_;
  char mark_ = '\0';  // the decimal mark that was used
  bool has_whole_ = false;
  bool has_decimals_ = false;  // without a doubt
  std::string doubtful_;  // the first number that may have a separator of thousands, and its place
  std::int64_t doubtful_line_ = 0;
  std::int64_t doubtful_column_ = 0;
};

}  // namespace evenkeel
