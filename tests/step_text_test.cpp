// The sentences about the steps of keel, from recorded rows.
#include "web/playground/step_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/model/strategies.hpp"
#include "tests/cases.hpp"

namespace evenkeel::test {
namespace {

std::vector<std::string> step_texts(std::string_view name, const Shape& shape,
                                    int most_kept = 4000) {
  const Loads loads = Case{"counts", shape, 5}.loads();
  const Strategy* strategy = nullptr;
  EXPECT_TRUE(find_strategy(name, strategy).ok());
  RowSteps steps;
  EXPECT_TRUE(record_steps(loads, shape, strategy->rules, 0, steps, most_kept).ok());
  double mean = 0;
  for (const float load : loads.values) mean += static_cast<double>(load) / shape.gpus;
  std::vector<std::string> texts;
  for (const Step& step : steps.steps()) {
    texts.push_back(step_text(&step, shape, strategy->rules, mean));
  }
  return texts;
}

void expect_told(const std::vector<std::string>& texts, const std::vector<std::string>& expected) {
  for (const std::string& sentence : expected) {
    EXPECT_EQ(std::count(texts.begin(), texts.end(), sentence), 1) << sentence;
  }
}

TEST(StepText, StartsAndExchanges) {
  expect_told(
      step_texts("keel:fast", {1, 24, 32, 8, 1, 1}),
      {"Start by differencing: lists of 8 copies, one for each GPU, are added so that heavy meets "
       "light: hottest GPU 1.023 (the mean is 1)",
       "Swap expert 2 (GPU 0) with expert 13 (GPU 5): hottest GPU 1.023 -> 1.011 (the mean is 1)"});
  expect_told(step_texts("keel", {1, 24, 32, 8, 1, 1}),
              {"Swap experts 22 and 16 (GPU 0) with experts 14 and 4 (GPU 7): hottest GPU 1.005 -> "
               "1.004 (the mean is 1)"});
  expect_told(
      step_texts("keel:fast", {1, 12, 36, 12, 1, 1}),
      {"Start with the heaviest copy first, each to the lightest GPU with room: hottest GPU 1.065 "
       "(the mean is 1)",
       "Match again: the GPUs give back one copy each, and the one with the least left gets the "
       "heaviest; the same for each slot: hottest GPU 1.065 -> 1.063 (the mean is 1)",
       "Swap expert 10 (GPU 2) with expert 8 (GPU 1), so that copies of an expert are apart: "
       "hottest GPU 1.063 -> 1.063 (the mean is 1)"});
}

TEST(StepText, KicksOfANode) {
  expect_told(step_texts("keel", {1, 24, 32, 8, 2, 4}),
              {"Group 1 (experts 6-11) goes to node 0 (0 to 4,111,911\u00a0tokens)",
               "Node 1. Kick 1: one more copy of expert 12 instead of one of expert 21 (GPU 5): "
               "hottest GPU of the node 1.030 -> 1.129 (the mean is 1)",
               "Node 1. After kick 1: swap expert 21 (GPU 6) with expert 20 (GPU 5): hottest GPU "
               "of the node 1.129 -> 1.044 (the mean is 1)",
               "Node 1. The copies of each expert are numbered; none moves"});
}

TEST(StepText, TwoSlotsPerGpu) {
  expect_told(step_texts("keel:fast", {1, 24, 36, 18, 1, 1}),
              {"Start by folding: the heaviest copy shares a GPU with the lightest, the second "
               "with the second lightest, and so on: hottest GPU 1.048 (the mean is 1)"});
}

TEST(StepText, TheLimit) {
  const std::vector<std::string> texts = step_texts("keel:max", {1, 24, 32, 8, 1, 1}, 10);
  const bool told = std::any_of(texts.begin(), texts.end(), [](const std::string& text) {
    return text.find("The placement after ") == 0 && text.find(" more kicks; ") != text.npos;
  });
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace evenkeel::test
