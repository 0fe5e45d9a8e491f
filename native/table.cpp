#include "native/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace evenkeel {
namespace {

std::string format(const char* pattern, int digits, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, digits, value);
  return text;
}

bool colour_wanted() {
  static const bool wanted = ::isatty(1) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted;
}

}  // namespace

std::string bold(const std::string& text) {
  return colour_wanted() ? "\x1b[1m" + text + "\x1b[0m" : text;
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      line += i == 0 ? row[i] + padding : "  " + padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += (&row == &rows_.front() ? bold(line) : line) + "\n";
  }
  return out;
}

std::string fixed(double value, int digits) { return format("%.*f", digits, value); }

std::string percent(double ratio) { return fixed(ratio * 100, 2) + " %"; }

std::string amount(double value) {
  if (value != 0 && (std::abs(value) >= 1e7 || std::abs(value) < 1e-3)) {
    return format("%.*e", 3, value);
  }
  int digits = 3;
  for (double limit = 10; digits > 0 && std::abs(value) >= limit; limit *= 10) --digits;
  return fixed(value, digits);
}

std::string plural(long long count) { return count == 1 ? "" : "s"; }

}  // namespace evenkeel
