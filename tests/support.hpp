// What the suites share: back ends under test, external data, comparing placements.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/model/types.hpp"

namespace evenkeel::test {

// The back ends of this build beside `cpu` are registered by one of backends_native.cpp and
// backends_web.cpp. Call before anything asks for a back end.
void add_test_backends();

// Names for the parity suites. Those that EVENKEEL_REQUIRE_BACKENDS (separated by commas) names are
// always among them, so that an absent one fails by its name.
std::vector<std::string> parity_backends();  // whole case sets
std::vector<std::string> thread_backends();  // a small fixed set: for the race checker
bool backend_is_required(const std::string& name);

// Balances and measures; a failed status is a test failure.
Result balance_on(const std::string& backend, const Loads& loads, const Shape& shape,
                  const Rules& rules, const Placement* previous = nullptr);

// "" if equal; else the first difference: array, layer, place, both values.
std::string first_difference(const Placement& expected, const Placement& actual);
std::string first_difference(const std::vector<LayerMetrics>& expected,
                             const std::vector<LayerMetrics>& actual);

// How to run one failing case again.
std::string reproduce(const std::string& case_name, const std::string& test);
// The case that EVENKEEL_CASE asks for; empty: all.
std::string wanted_case();

// The folder of external data (EVENKEEL_DATA, default ../shared beside the project), or an empty
// path. With EVENKEEL_REQUIRE_DATA=1 absence is a test failure.
std::filesystem::path external_data();
std::filesystem::path source_folder();

std::string read_file(const std::filesystem::path& path);

}  // namespace evenkeel::test
