// The figures, on placements that are small enough to check by hand, and the result hash.

#include "core/model/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/io/result_json.hpp"
#include "core/model/figures.hpp"
#include "core/model/hash.hpp"
#include "core/model/placement.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

Placement placement_of(Shape shape, std::vector<std::int32_t> phy2log) {
  Placement placement = {
      shape.layers, shape.experts, shape.slots, shape.gpus, std::move(phy2log), {}, {}};
  const Status status = complete_placement("test", placement);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return placement;
}

std::vector<LayerMetrics> score_of(const Loads& loads, const Shape& shape,
                                   const Placement& placement, const Placement* previous) {
  std::vector<LayerMetrics> metrics;
  const Status status = score(loads, placement, shape, previous, {}, metrics);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return metrics;
}

TEST(Metrics, OfAPlacementDoneByHand) {
  const Shape shape = {2, 3, 6, 3, 1, 1};
  const Loads loads = {2, 3, {12, 6, 3, 0, 0, 0}, 0, 1};
  //                                           GPU:  0     1     2
  const Placement placement = placement_of(shape, {0, 0, 0, 1, 1, 2, 0, 1, 2, 0, 1, 2});
  const Placement before = placement_of(shape, {0, 1, 1, 2, 2, 0, 0, 1, 2, 0, 1, 2});
  const auto metrics = score_of(loads, shape, placement, &before);
  // The loads of copies are 4, 3 and 3: GPU loads 8, 7, 6.
  EXPECT_EQ(metrics[0].mean_load, 7);
  EXPECT_EQ(metrics[0].max_load, 8);
  EXPECT_EQ(metrics[0].hottest_gpu, 0);
  EXPECT_EQ(metrics[0].balancedness(), 7.0 / 8);
  EXPECT_EQ(metrics[0].imbalance(), 1.0 / 7);
  EXPECT_EQ(metrics[0].lower_bound, 7);
  EXPECT_EQ(metrics[0].same_gpu_copies, 1);  // two copies of expert 0 on GPU 0
  // GPU 0 had 0: its two copies of 0 stay. GPU 1 gets 0; it had 1. GPU 2 gets 1; it had 2.
  EXPECT_EQ(metrics[0].moved_slots, 2);
  // No load at all: perfect, and nothing moved.
  EXPECT_EQ(metrics[1].balancedness(), 1);
  EXPECT_EQ(metrics[1].imbalance(), 0);
  EXPECT_EQ(metrics[1].gap_to_bound(), 0);
  EXPECT_EQ(metrics[1].moved_slots, 0);

  const Summary all = summarize({metrics});
  EXPECT_EQ(all["balancedness"], (7.0 / 8 + 1) / 2);
  EXPECT_EQ(all["worst_layer"], 0);
  EXPECT_EQ(all["same_gpu_copies"], 1);
  EXPECT_EQ(all["moved_slots"], 2);
  EXPECT_EQ(all["empty_layers"], 1);
  const auto without_previous = score_of(loads, shape, placement, nullptr);
  EXPECT_TRUE(std::isnan(summarize({without_previous})["moved_slots"]));
}

TEST(Metrics, CompareWithAPlacementOfOtherSlots) {
  const Shape shape = {1, 4, 8, 2, 1, 1};
  const Loads loads = {1, 4, {1, 1, 1, 1}, 0, 1};
  const Placement now = placement_of(shape, {0, 1, 2, 3, 0, 1, 2, 3});
  const Placement before = placement_of({1, 4, 4, 2, 1, 1}, {0, 1, 2, 3});
  EXPECT_EQ(score_of(loads, shape, now, &before)[0].moved_slots, 4);
}

TEST(Metrics, CompareWithAPlacementOfOtherGpus) {
  const Loads loads = {1, 4, {1, 1, 1, 1}, 0, 1};
  //                                                        GPU:  0     1     2
  const Placement three = placement_of({1, 4, 6, 3, 1, 1}, {0, 1, 2, 3, 0, 2});
  const Placement two = placement_of({1, 4, 6, 2, 1, 1}, {0, 2, 3, 1, 2, 0});
  // GPU 0 had 0, 2, 3 and gets 1; GPU 1 had 1, 2, 0 and gets 3; GPU 2 is new and gets 0 and 2.
  EXPECT_EQ(score_of(loads, {1, 4, 6, 3, 1, 1}, three, &two)[0].moved_slots, 4);
  // GPU 0 had 0, 1 and gets 2 and 3; GPU 1 had 2, 3 and gets 1 and 0; that GPU 2 is gone changes nothing.
  EXPECT_EQ(score_of(loads, {1, 4, 6, 2, 1, 1}, two, &three)[0].moved_slots, 4);
}

TEST(Metrics, EqualLoadsAreNeverAboveOne) {
  for (int gpus = 1; gpus <= 64; ++gpus) {
    const Shape shape = {1, gpus, gpus, gpus, 1, 1};
    Loads loads = {1, gpus, std::vector<float>(static_cast<std::size_t>(gpus), 0.1f), 0, 1};
    const Result result = balance_on("cpu", loads, shape, Rules());
    EXPECT_LE(result.metrics[0].balancedness(), 1.0) << gpus;
    EXPECT_GE(result.metrics[0].gap_to_bound(), 0.0) << gpus;
  }
}

TEST(Hash, IsFnv1a) {
  // Test vectors of the algorithm's authors.
  Fnv1a empty;
  EXPECT_EQ(empty.value(), 0xcbf29ce484222325u);
  Fnv1a foobar;
  for (const char c : {'f', 'o', 'o', 'b', 'a', 'r'}) {
    foobar.add_byte(static_cast<std::uint8_t>(c));
  }
  EXPECT_EQ(foobar.value(), 0x85944171f73967e8u);
}

TEST(Hash, CoversSizesAndArraysLayerByLayer) {
  Placement placement = {2, 1, 2, 1, {0, 0, 0, 0}, {2, 2}, {0, 1, 1, 0}};
  Fnv1a expected;
  for (const int value : {2, 1, 2, 1, /*layer 0*/ 0, 0, 2, 0, 1, /*layer 1*/ 0, 0, 2, 1, 0}) {
    for (const int byte : {value, 0, 0, 0}) expected.add_byte(static_cast<std::uint8_t>(byte));
  }
  EXPECT_EQ(result_hash(placement), expected.value());
  const std::uint64_t before = result_hash(placement);
  placement.log2phy = {1, 0, 1, 0};
  EXPECT_NE(result_hash(placement), before);
  placement.gpus = 2;
  EXPECT_EQ(hash_text(placement).size(), 16u);
}

}  // namespace
}  // namespace evenkeel::test
