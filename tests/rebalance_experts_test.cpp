// The counterpart of DeepSeek's rebalance_experts: dense arrays with the padding of the reference.

#include <gtest/gtest.h>

#include "core/evenkeel.hpp"
#include "tests/external_golden.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// The example printed in the README of github.com/deepseek-ai/EPLB.
const std::vector<float> kWeight = {90, 132, 40,  61, 104, 165, 39,  4,   73,  56, 183, 86,
                                    20, 107, 104, 64, 19,  197, 187, 157, 172, 86, 16,  27};

TEST(RebalanceExperts, GivesThePublishedExample) {
  RebalancedExperts out;
  const Status status = rebalance_experts(kWeight, 2, 12, 16, 4, 2, 8, "deepseek", {}, out);
  ASSERT_TRUE(status.ok()) << status.sentence();
  const std::vector<std::int64_t> expected = {5, 6,  5, 7, 8, 4,  3, 4, 10, 9, 10, 2, 0, 1, 11, 1,
                                              7, 10, 6, 8, 6, 11, 8, 9, 2,  4, 5,  1, 5, 0, 3,  1};
  EXPECT_EQ(out.phy2log, expected);
  EXPECT_EQ(out.width, 2);
  EXPECT_EQ(out.logcnt[5], 2);
  EXPECT_EQ(out.log2phy[0], 12);
  EXPECT_EQ(out.log2phy[1], -1);
  EXPECT_EQ(out.log2phy.size(), 2u * 12u * 2u);
}

TEST(RebalanceExperts, RefusesWeightsOfAnotherSize) {
  RebalancedExperts out;
  const Status status = rebalance_experts(kWeight, 3, 12, 16, 4, 2, 8, "deepseek", {}, out);
  EXPECT_EQ(status.sentence(), "weight has 24 elements; 3 layers of 12 experts are 36");
}

TEST(RebalanceExperts, PadsAsTheExternalGoldenDataSay) {
  const std::filesystem::path data = external_data();
  if (data.empty()) GTEST_SKIP() << "external golden data not found";
  for (const ExternalCase& c : external_cases(data)) {
    for (const auto& [name, expected] : c.expected) {
      RebalancedExperts out;
      const Shape& s = c.shape;
      const Status status = rebalance_experts(c.loads.values, s.layers, s.experts, s.slots,
                                              s.groups, s.nodes, s.gpus, name, {}, out);
      ASSERT_TRUE(status.ok()) << c.id << ": " << status.sentence();
      EXPECT_EQ(out.width, expected.log2phy_width) << name << ", " << c.id;
    }
  }
}

}  // namespace
}  // namespace evenkeel::test
