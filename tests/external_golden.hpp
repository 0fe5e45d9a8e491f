// The golden data beside the project: inputs and exact results of the published strategies.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel::test {

struct ExternalAnswer {
  Placement placement;
  int log2phy_width = 0;
};

struct ExternalCase {
  std::string id;
  std::string kind;
  Shape shape;  // as passed to the call: before the policy
  Loads loads;
  std::map<std::string, ExternalAnswer> expected;  // by the data's name of the strategy
};

// All cases of `data`/golden, read once, because that takes longer than most tests; a malformed file is a test
// failure.
const std::vector<ExternalCase>& external_cases(const std::filesystem::path& data);

}  // namespace evenkeel::test
