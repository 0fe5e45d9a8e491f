// The number formats of the command, the report and the page. The space before a unit is a no-break space.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel {

// "0.9312"
std::string fixed(double value, int digits);
// "0.97", with more digits (up to 4) where needed: "1.00" then means exactly 1, and two different values look
// different.
std::string ratio(double value);
struct RatioPair {
  std::string first;
  std::string second;
};
RatioPair ratios(double first, double second);
// "6.88 %", "182.4 %", "1025 %"
std::string percent(double part);
// "12,345"
std::string grouped(std::int64_t value);
// Tokens, times, sizes: whole numbers and those from 100 without a fraction, others with three significant
// digits: "12,345", "12.5", "0.00123".
std::string amount(double value);
// "1.83 µs", "18.0 µs", "1,234 µs", from 10,000 on "12.3 ms": columns of tables stay narrow.
std::string microseconds(double value);
// "12,345 tokens"
std::string tokens(double value);
// A load in little space: "12.3 k", "1.25 M", at most three digits.
std::string short_load(double value);
// "1 layer", "24 layers"
std::string counted(std::int64_t count, std::string_view what);
// At most `digits` decimals, without zeros at the end: "12.5".
std::string shortest(double value, int digits);

}  // namespace evenkeel
