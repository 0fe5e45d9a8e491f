#include "native/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace evenkeel {
namespace {

bool colour_wanted() {
  static const bool wanted = ::isatty(1) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted;
}

}  // namespace

std::string wrapped(std::string_view words, std::size_t indent) {
  constexpr std::size_t kColumns = 80;
  std::string text;
  std::size_t column = 0;
  while (!words.empty()) {
    const std::size_t end =
        std::min(words.find(' ', 1), words.size());  // a word with the space before it
    std::string_view word = words.substr(0, end);
    words.remove_prefix(end);
    if (column > indent && column + word.size() > kColumns) {
      if (word.front() == ' ') word.remove_prefix(1);
      text += "\n" + std::string(indent, ' ');
      column = indent;
    }
    text += word;
    column += word.size();
  }
  return text + "\n";
}

std::string bold(const std::string& text) {
  return colour_wanted() ? "\x1b[1m" + text + "\x1b[0m" : text;
}

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = ascii(cell);
  rows_.push_back(std::move(cells));
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

std::string ascii(std::string_view text) {
  constexpr std::string_view kSigns[][2] = {{"\xc2\xa0", " "},
                                            {"\xc2\xb5", "u"},
                                            {"\xc3\x97", "x"},
                                            {"\xe2\x88\x92", "-"},
                                            {"\xe2\x80\x93", "-"}};
  std::string out(text);
  for (const auto& [sign, letter] : kSigns) {
    for (std::size_t at = 0; (at = out.find(sign, at)) != std::string::npos;) {
      out.replace(at, sign.size(), letter);
    }
  }
  return out;
}

}  // namespace evenkeel
