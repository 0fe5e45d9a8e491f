// Number formats of the report. The space before a unit is a no-break space.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel::report {

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
// "3.2 %"
std::string percent(double part);
// "12,345"
std::string grouped(std::int64_t value);
// A load: "12,345", "12.5".
std::string load(double value);
// "12,345 tokens"
std::string tokens(double value);
// A load in little space: "12.3 k", "1.25 M", at most three digits.
std::string short_load(double value);
// "1 layer", "24 layers"
std::string counted(std::int64_t count, std::string_view what);
// A length in an SVG with at most two decimals: "12.5".
std::string px(double value);
// A fraction of the width of an SVG: "12.5%".
std::string share(double part);

}  // namespace evenkeel::report
