// Tables for a terminal of 80 columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

// A text table in ASCII: the first column is left-aligned, the others right-aligned; the heading is bold if the
// output is a terminal and NO_COLOR is not set. Columns that do not fit follow below, beside the first column again.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) { add(std::move(heading)); }
  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::string block(const std::vector<std::size_t>& columns) const;
  std::size_t width(std::size_t column) const;

  std::vector<std::vector<std::string>> rows_;
};

// Text of core/base/numbers.hpp in ASCII, so that a column is as wide as its text has bytes: no-break spaces
// become spaces, and the signs for minus, times, micro and "not known" become -, x, u and -.
std::string ascii(std::string_view text);

// Words in lines of at most 80 columns, each ended; all but the first are indented by `indent` spaces. A longer word
// has a line of its own.
std::string wrapped(std::string_view words, std::size_t indent);

// Text in bold if standard output is a terminal.
std::string bold(const std::string& text);

}  // namespace evenkeel
