#include "core/base/text.hpp"

#include <limits>

namespace evenkeel {
namespace {

constexpr std::size_t kNameShown = 120;
constexpr std::string_view kCut = "...";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// Whether the byte continues a UTF-8 character; a name must not be cut before such a byte.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80; }

}  // namespace

std::string shown_name(std::string_view name) {
  std::string shown;
  if (name.size() > kNameShown) {
    name.remove_prefix(name.size() - (kNameShown - kCut.size()));
    while (!name.empty() && is_continuation(name.front())) name.remove_prefix(1);
    shown = kCut;
  }
  shown += name;
  for (char& c : shown) {
    if (is_control(c)) c = '?';
  }
  return shown;
}

bool parse_whole(std::string_view digits, std::uint64_t& out) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMost - digit) / 10) return false;
    value = value * 10 + digit;
  }
  if (digits.empty()) return false;
  out = value;
  return true;
}

bool parse_integer(std::string_view text, std::int64_t& out) {
  constexpr std::uint64_t kMost = 999'999'999'999'999'999;
  const bool negative = text.starts_with('-');
  std::uint64_t value = 0;
  if (!parse_whole(negative ? text.substr(1) : text, value) || value > kMost) return false;
  out = negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
  return true;
}

std::string shell_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace evenkeel
