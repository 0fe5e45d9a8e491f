// The text of CSV files: lines, cells and numbers, parsed strictly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/window_sum.hpp"

namespace evenkeel {

// The lines of a text, without LF or CRLF; skips a UTF-8 byte order mark.
class CsvLines {
 public:
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

// Splits the line at its commas and trims the cells. Quoted cells are an error.
Status split_cells(std::string_view name, const CsvLines& lines, std::size_t most,
                   std::vector<std::string_view>& cells);

// Parses a decimal number with an optional fraction and exponent, or inf or nan, which the caller checks.
// Whole numbers below 2^64 are exact.
bool parse_number(std::string_view cell, Number& out);

}  // namespace evenkeel
