// The suggestions for an invalid deployment.
#include "core/request/nearest_shapes.hpp"

#include <gtest/gtest.h>

#include "core/lanes/random.hpp"
#include "core/model/check.hpp"

namespace evenkeel::test {
namespace {

// "slots=280", "nodes=1 groups=1": one word per change of a suggestion.
std::vector<std::string> advice(const Shape& shape) {
  constexpr const char* kNames[] = {"gpus=", "slots=", "nodes=", "groups="};
  std::vector<std::string> texts;
  for (const NearestShape& near : nearest_shapes(shape)) {
    std::string text;
    for (const ShapeChange& change : near.changes) {
      text += (text.empty() ? "" : " ") +
              std::string(kNames[static_cast<std::size_t>(change.number)]) +
              std::to_string(change.value);
    }
    texts.push_back(text);
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(NearestShapes, OneNumberBelowAndAbove) {
  // layers, experts, slots, gpus, nodes, groups
  EXPECT_EQ(advice({58, 256, 290, 32, 4, 8}), (Texts{"slots=288", "slots=320"}));
  EXPECT_EQ(advice({58, 256, 300, 32, 1, 1}),
            (Texts{"slots=288", "slots=320", "gpus=30", "gpus=50"}));
  EXPECT_EQ(advice({58, 256, 200, 32, 1, 1}), (Texts{"slots=256"}));
  EXPECT_EQ(advice({58, 256, 0, 32, 1, 1}), (Texts{"slots=256"}));
  EXPECT_EQ(advice({58, 256, 9999, 32, 1, 1}), (Texts{"slots=4096"}));
  EXPECT_EQ(advice({58, 256, 288, 0, 1, 1}), (Texts{"gpus=1"}));
  EXPECT_EQ(advice({58, 256, 288, 32, 3, 8}), (Texts{"nodes=2", "nodes=4", "nodes=1 groups=1"}));
  EXPECT_EQ(advice({58, 256, 288, 32, 4, 7}), (Texts{"groups=8", "groups=4", "nodes=1 groups=1"}));
  EXPECT_EQ(advice({58, 256, 288, 32, 1, 7}), (Texts{"groups=8", "groups=4"}));
}

TEST(NearestShapes, SeveralNumbersAtOnce) {
  EXPECT_EQ(advice({58, 256, 290, 32, 3, 7}), (Texts{"slots=288 nodes=2 groups=8"}));
  EXPECT_EQ(advice({1, 1, -5, -5, -5, -5}), (Texts{"gpus=1 slots=1 nodes=1 groups=1"}));
}

TEST(NearestShapes, NoneWhereNothingIsWrongOrNothingHelps) {
  EXPECT_EQ(advice({58, 256, 288, 32, 4, 8}), Texts());
  EXPECT_EQ(advice({0, 256, 290, 32, 4, 8}), Texts());
  EXPECT_EQ(advice({58, 1025, 2050, 32, 1, 1}), Texts());
}

TEST(NearestShapes, AreValidNearAndNeverMissing) {
  Random random(1);
  const auto number = [&](std::uint32_t most) {
    return static_cast<std::int32_t>(random.below(most + 2)) - 1;
  };
  const auto any = [&] { return static_cast<std::int32_t>(random.next() >> 32); };
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    Shape shape = {1,           1 + static_cast<std::int32_t>(random.below(64)),
                   number(160), number(12),
                   number(5),   number(9)};
    if (i % 10 == 0) shape.slots = any();
    if (i % 11 == 0) shape.gpus = any();
    if (i % 13 == 0) shape.groups = any();
    const auto found = nearest_shapes(shape);
    const bool valid = check(shape).ok();
    ASSERT_EQ(found.empty(), valid);
    ASSERT_EQ(fits(shape), valid);
    ASSERT_LE(found.size(), 9u);
    refused += valid ? 0 : 1;
    for (const NearestShape& near : found) {
      EXPECT_TRUE(check(near.shape).ok()) << check(near.shape).sentence();
      EXPECT_EQ(near.shape.experts, shape.experts);
      Shape changed = shape;
      for (const ShapeChange& change : near.changes) {
        std::int32_t Shape::*const members[] = {&Shape::gpus, &Shape::slots, &Shape::nodes,
                                                &Shape::groups};
        changed.*members[static_cast<std::size_t>(change.number)] = change.value;
      }
      EXPECT_EQ(changed, near.shape) << "the changes are complete";
    }
  }
  EXPECT_GT(refused, 2000);
}

}  // namespace
}  // namespace evenkeel::test
