#include "core/base/numbers.hpp"

#include <cstdio>
#include <iterator>

namespace evenkeel {
namespace {

constexpr const char* kSpace = "\xc2\xa0";  // U+00A0
constexpr int kMostRatioDigits = 4;
constexpr double kLargestExact = 9e15;  // all smaller integers are exact

std::string format(const char* pattern, int digits, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, digits, value);
  return text;
}

// Whether a value other than 1 would be shown as 1 with this many digits.
bool hides_distance_to_one(double value, int digits) {
  return value != 1 && fixed(value, digits) == fixed(1, digits);
}

}  // namespace

std::string fixed(double value, int digits) {
  // Loads can be as large as 3e38: not written in full.
  return value < kLargestExact ? format("%.*f", digits, value) : format("%.*e", digits, value);
}

std::string ratio(double value) { return ratios(value, value).first; }

RatioPair ratios(double first, double second) {
  int digits = 2;
  const auto unclear = [&] {
    return hides_distance_to_one(first, digits) || hides_distance_to_one(second, digits) ||
           (first != second && fixed(first, digits) == fixed(second, digits));
  };
  while (digits < kMostRatioDigits && unclear()) ++digits;
  return {fixed(first, digits), fixed(second, digits)};
}

std::string percent(double part) {
  const double value = part * 100;
  return fixed(value, value < 100 ? 2 : value < 1000 ? 1 : 0) + kSpace + "%";
}

std::string grouped(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string amount(double value) {
  if (value >= kLargestExact) return format("%.*e", 3, value);
  if (value >= 100 || value == static_cast<double>(static_cast<std::int64_t>(value))) {
    return grouped(static_cast<std::int64_t>(value + 0.5));
  }
  return format("%.*g", 3, value);
}

std::string microseconds(double value) {
  if (value >= 9999.5) {
    const double ms = value / 1000;
    return (ms >= 100 ? amount(ms) : fixed(ms, 1)) + kSpace + "ms";
  }
  const std::string number = value >= 100 ? amount(value) : fixed(value, value >= 10 ? 1 : 2);
  return number + kSpace + "\xc2\xb5s";
}

std::string tokens(double value) { return amount(value) + kSpace + "tokens"; }

std::string short_load(double value) {
  constexpr const char* kUnits[] = {"", "k", "M", "G", "T"};
  if (value >= kLargestExact) return format("%.*e", 1, value);
  if (value < 1) return format("%.*g", 3, value);
  std::size_t unit = 0;
  // 999.5 would be rounded to 1000, which is 1 in the next unit.
  for (; value >= 999.5 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  const int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const std::string number = shortest(value, digits);
  return unit == 0 ? number : number + kSpace + kUnits[unit];
}

std::string counted(std::int64_t count, std::string_view what) {
  return grouped(count) + kSpace + std::string(what) + (count == 1 ? "" : "s");
}

std::string shortest(double value, int digits) {
  std::string text = fixed(value, digits);
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace evenkeel
