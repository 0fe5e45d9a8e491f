// Shared by the tests of readers of placements.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/placements/placement_io.hpp"
#include "core/model/placement.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {

using Integers = std::vector<std::int32_t>;

inline Placement placement_of(std::string_view text, std::int32_t experts) {
  Placement placement;
  const Status status = read_placement(as_bytes(text), "plan", experts, placement);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return placement;
}

inline std::string plan_error(std::string_view text, std::int32_t experts) {
  Placement placement;
  const Status status = read_placement(as_bytes(text), "plan", experts, placement);
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(placement.phy2log.empty());
  EXPECT_EQ(status.sentence().find('\n'), std::string::npos);
  return status.sentence();
}

// Two layers, three experts, four slots.
inline constexpr std::string_view kLists = "[[0, 1, 2, 1], [2, 2, 0, 1]]";

inline void expect_lists(const Placement& placement) {
  EXPECT_EQ(placement.layers, 2);
  EXPECT_EQ(placement.experts, 3);
  EXPECT_EQ(placement.slots, 4);
  EXPECT_EQ(placement.phy2log, (Integers{0, 1, 2, 1, 2, 2, 0, 1}));
  EXPECT_EQ(placement.logcnt, (Integers{1, 2, 1, 1, 1, 2}));
  EXPECT_EQ(placement.log2phy, (Integers{0, 1, 3, 2, 2, 3, 0, 1}));
}

}  // namespace evenkeel::test
