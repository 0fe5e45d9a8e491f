#include "tests/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

namespace evenkeel::test {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::string> required_backends() {
  std::vector<std::string> names;
  std::stringstream list(environment("EVENKEEL_REQUIRE_BACKENDS"));
  for (std::string name; std::getline(list, name, ',');) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

bool is_thread_backend(const std::string& name) { return name.rfind("threads", 0) == 0; }

void add_once(std::vector<std::string>& names, const std::string& name) {
  for (const std::string& known : names) {
    if (known == name) return;
  }
  names.push_back(name);
}

std::vector<std::string> backend_names(bool threads) {
  std::vector<std::string> names;
  for (const Backend& backend : backends()) {
    const std::string name(backend.name);
    if (is_thread_backend(name) == threads) add_once(names, name);
  }
  for (const std::string& name : required_backends()) {
    if (is_thread_backend(name) == threads) add_once(names, name);
  }
  return names;
}

std::string difference_in(const char* array, const std::vector<std::int32_t>& expected,
                          const std::vector<std::int32_t>& actual, std::int32_t width,
                          const char* place) {
  if (expected.size() != actual.size()) {
    return std::string(array) + " has " + std::to_string(actual.size()) + " elements, expected " +
           std::to_string(expected.size());
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i] == actual[i]) continue;
    const auto row = static_cast<std::size_t>(width);
    return std::string(array) + ", layer " + std::to_string(i / row) + ", " + place + " " +
           std::to_string(i % row) + ": expected " + std::to_string(expected[i]) + ", got " +
           std::to_string(actual[i]);
  }
  return "";
}

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

std::vector<std::string> parity_backends() { return backend_names(false); }
std::vector<std::string> thread_backends() { return backend_names(true); }

bool backend_is_required(const std::string& name) {
  for (const std::string& required : required_backends()) {
    if (required == name) return true;
  }
  return false;
}

Result balance_on(const std::string& backend, const Loads& loads, const Shape& shape,
                  const Rules& rules, const Placement* previous) {
  Execution execution;
  execution.threads = 1;
  Result result;
  const Status found = find_backend(backend, execution.backend);
  EXPECT_TRUE(found.ok()) << found.sentence();
  if (!found.ok()) return result;
  const Status status = balance(loads, shape, rules, previous, execution, result);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return result;
}

std::string first_difference(const Placement& expected, const Placement& actual) {
  std::string difference =
      difference_in("phy2log", expected.phy2log, actual.phy2log, expected.slots, "slot");
  if (difference.empty()) {
    difference =
        difference_in("logcnt", expected.logcnt, actual.logcnt, expected.experts, "expert");
  }
  if (difference.empty()) {
    difference = difference_in("log2phy (packed)", expected.log2phy, actual.log2phy, expected.slots,
                               "place");
  }
  return difference;
}

std::string first_difference(const std::vector<LayerMetrics>& expected,
                             const std::vector<LayerMetrics>& actual) {
  if (expected.size() != actual.size()) return "metrics of a different number of layers";
  for (std::size_t layer = 0; layer < expected.size(); ++layer) {
    const LayerMetrics& a = expected[layer];
    const LayerMetrics& b = actual[layer];
    const auto report = [&](const char* what, auto x, auto y) {
      std::ostringstream text;
      text.precision(17);
      text << what << ", layer " << layer << ": expected " << x << ", got " << y;
      return text.str();
    };
    if (!same_bits(a.mean_load, b.mean_load)) return report("mean", a.mean_load, b.mean_load);
    if (!same_bits(a.max_load, b.max_load)) return report("max", a.max_load, b.max_load);
    if (!same_bits(a.lower_bound, b.lower_bound)) {
      return report("lower bound", a.lower_bound, b.lower_bound);
    }
    if (a.hottest_gpu != b.hottest_gpu) return report("hottest", a.hottest_gpu, b.hottest_gpu);
    if (a.same_gpu_copies != b.same_gpu_copies) {
      return report("same-GPU copies", a.same_gpu_copies, b.same_gpu_copies);
    }
    if (a.moved_slots != b.moved_slots) return report("moved", a.moved_slots, b.moved_slots);
  }
  return "";
}

std::string reproduce(const std::string& case_name, const std::string& test) {
  return "run it again: EVENKEEL_CASE='" + case_name + "' evenkeel_tests --gtest_filter='" + test +
         "'";
}

std::string wanted_case() { return environment("EVENKEEL_CASE"); }

std::filesystem::path source_folder() { return EVENKEEL_SOURCE_DIR; }

std::uint64_t cases_of(std::uint64_t count) {
  const char* const asked = std::getenv("EVENKEEL_ONE_IN");
  const int stride = asked == nullptr ? 1 : std::max(1, std::atoi(asked));
  return (count + static_cast<std::uint64_t>(stride) - 1) / static_cast<std::uint64_t>(stride);
}

Rules few_kicks(Rules rules) {
  rules.kicks = std::min(rules.kicks, 12);
  return rules;
}

std::filesystem::path external_data() {
  const std::string set = environment("EVENKEEL_DATA");
  const std::filesystem::path folder =
      set.empty() ? source_folder().parent_path() / "shared" : std::filesystem::path(set);
  std::error_code ignored;
  if (std::filesystem::exists(folder / "golden" / "index.json", ignored)) return folder;
  if (environment("EVENKEEL_REQUIRE_DATA") == "1") {
    ADD_FAILURE() << "EVENKEEL_REQUIRE_DATA=1, but there is no golden/index.json in " << folder;
  } else {
    std::cout << "EXTERNAL DATA NOT CHECKED: no golden/index.json in " << folder
              << "; set EVENKEEL_DATA\n";
  }
  return {};
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << "cannot read " << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace evenkeel::test
