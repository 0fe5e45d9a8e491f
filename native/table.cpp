#include "native/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace evenkeel {
namespace {

constexpr std::size_t kColumns = 80;

bool colour_wanted() {
  static const bool wanted = ::isatty(1) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted;
}

}  // namespace

std::string wrapped(std::string_view words, std::size_t indent) {
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

std::size_t Table::width(std::size_t column) const {
  std::size_t width = 0;
  for (const auto& row : rows_) width = std::max(width, row[column].size());
  return width;
}

std::string Table::block(const std::vector<std::size_t>& columns) const {
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (const std::size_t i : columns) {
      const std::string padding(width(i) - row[i].size(), ' ');
      line += i == 0 ? row[i] + padding : "  " + padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += (&row == &rows_.front() ? bold(line) : line) + "\n";
  }
  return out;
}

std::string Table::text() const {
  std::string out;
  std::vector<std::size_t> columns = {0};
  std::size_t used = width(0);
  for (std::size_t i = 1; i < rows_.front().size(); ++i) {
    if (used + 2 + width(i) > kColumns && columns.size() > 1) {
      out += block(columns) + "\n";
      columns = {0};
      used = width(0);
    }
    columns.push_back(i);
    used += 2 + width(i);
  }
  return out + block(columns);
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
