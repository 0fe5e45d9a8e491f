#include "core/base/text.hpp"

#include <limits>

#include "core/base/utf8.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kCut = "...";

// Whether the byte continues a UTF-8 character; a text must not be cut before such a byte.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80; }

// The number of a valid character.
std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0);
  std::uint32_t code = byte(0) & (0xffu >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i) code = code << 6 | (byte(i) & 0x3fu);
  return code;
}

// Characters that have an effect instead of a shape.
bool has_effect(std::uint32_t code) {
  const auto within = [&](std::uint32_t first, std::uint32_t last) {
    return code >= first && code <= last;
  };
  return code < 0x20 || within(0x7f, 0x9f) || code == 0xad || code == 0x61c || code == 0x180e ||
         within(0x200b, 0x200f) || within(0x2028, 0x202e) || within(0x2060, 0x206f) ||
         code == 0xfeff || within(0xfff9, 0xfffb) || within(0xe0000, 0xe007f);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const bool good = length > 0 && !has_effect(code_point(text.substr(0, length)));
    good ? shown.append(text.substr(0, length)) : shown.append(1, '?');
    text.remove_prefix(length > 0 ? length : 1);
  }
  return shown;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::size_t end = text.size();
  if (end > kLongest) {
    end = kLongest;
    while (end > kLongest - 3 && is_continuation(text[end])) --end;
  }
  return "\"" + printable(text.substr(0, end)) + std::string(end < text.size() ? kCut : "") + "\"";
}

std::string shown_name(std::string_view name, std::size_t most) {
  if (name.size() <= most) return printable(name);
  name.remove_prefix(name.size() - (most - kCut.size()));
  for (int i = 0; i < 3 && !name.empty() && is_continuation(name.front()); ++i) {
    name.remove_prefix(1);
  }
  return std::string(kCut) + printable(name);
}

std::string several(std::int64_t count, std::string_view unit) {
  std::string text = std::to_string(count) + " " + std::string(unit);
  if (count == 1) return text;
  if (!unit.ends_with('y')) return text + "s";
  text.pop_back();
  return text + "ies";
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
