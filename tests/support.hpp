// Shared by the suites: back ends under test, external data, comparison of placements.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/model/types.hpp"

namespace evenkeel::test {

// Registers the back ends of this build other than `cpu`; defined in backends_native.cpp or backends_web.cpp.
// Call it before any use of back ends.
void add_test_backends();

// Names for the parity suites. They include all names in EVENKEEL_REQUIRE_BACKENDS (separated by commas), so
// that a missing back end fails by its name.
std::vector<std::string> parity_backends();  // whole case sets
std::vector<std::string> thread_backends();  // a small fixed set: for the race detector
bool backend_is_required(const std::string& name);

// Balances and measures; an error is a test failure.
Result balance_on(const std::string& backend, const Loads& loads, const Shape& shape,
                  const Rules& rules, const Placement* previous = nullptr);

// "" if equal; otherwise the first difference: array, layer, place, both values.
std::string first_difference(const Placement& expected, const Placement& actual);
std::string first_difference(const std::vector<LayerMetrics>& expected,
                             const std::vector<LayerMetrics>& actual);

// A command that repeats a failing case.
std::string reproduce(const std::string& case_name, const std::string& test);
// The case named by EVENKEEL_CASE; empty for all.
std::string wanted_case();

// How many of `count` generated cases to run: one in EVENKEEL_ONE_IN, for builds that take ten times as long.
std::uint64_t cases_of(std::uint64_t count);

// The rules with at most 12 kicks. More kicks are more of the same; emulated lanes and references are slow.
Rules few_kicks(Rules rules);

// The folder of external data (EVENKEEL_DATA, default ../shared next to the project), or an empty path if it
// does not exist. With EVENKEEL_REQUIRE_DATA=1 a missing folder is a test failure.
std::filesystem::path external_data();
std::filesystem::path source_folder();

std::string read_file(const std::filesystem::path& path);

}  // namespace evenkeel::test
