// Numbers as the report shows them. Spaces before units do not break.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel::report {

// "0.9312"
std::string fixed(double value, int digits);
// "0.97", with as many more digits (up to 4) as it takes for 1.00 to mean exactly 1, and for two
// different values to look different.
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
// A load where space is short: "12.3 k", "1.25 M", up to three digits.
std::string short_load(double value);
// "1 layer", "24 layers"
std::string counted(std::int64_t count, std::string_view what);
// A length in an SVG, at most two digits behind the point: "12.5".
std::string px(double value);
// A share of the width of an SVG: "12.5%".
std::string share(double part);

}  // namespace evenkeel::report
