// Tables and figures for a terminal of 80 columns.
#pragma once

#include <string>
#include <vector>

namespace evenkeel {

// A text table: the first column is left-aligned, the others right-aligned; the heading is bold if the output
// is a terminal and NO_COLOR is not set.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "0.9312": a ratio with `digits` decimals.
std::string fixed(double value, int digits);
// "3.2 %"
std::string percent(double ratio);
// Tokens, microseconds and rates: four significant digits, no exponent below 10^7.
std::string amount(double value);
// "s" unless count is 1.
std::string plural(long long count);

// Text in bold if standard output is a terminal.
std::string bold(const std::string& text);

}  // namespace evenkeel
