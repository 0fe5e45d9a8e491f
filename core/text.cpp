#include "core/text.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace evenkeel {
namespace {

constexpr std::size_t kNameShown = 120;
constexpr std::string_view kCut = "...";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// A byte inside a UTF-8 character, at which a name must not be cut.
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

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const bool is_binary32 = std::abs(value) < 0x1p127 && static_cast<float>(value) == value;
  char text[32];
  for (const int digits : {6, 9, 15, 17}) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    const double back = std::strtod(text, nullptr);
    if (back == value || (is_binary32 && static_cast<float>(back) == value)) break;
  }
  return text;
}

}  // namespace evenkeel
