// LayersOfModel of layers: their lists, what recordings say, and which row of a placement is for which layer.
#include "core/model/layers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/base/number_list.hpp"
#include "core/model/pair_layers.hpp"
#include "core/model/placement.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using LayersOfModel = std::vector<std::int32_t>;

// ---- lists

TEST(NumberList, ReadsRangesStepsAndSingleNumbers) {
  const auto numbers = [](std::string_view text) {
    NumberList list;
    EXPECT_TRUE(parse_numbers(text, list)) << text;
    const auto first = list.first(9);
    for (const std::int64_t number : first) EXPECT_TRUE(list.contains(number)) << text;
    return LayersOfModel(first.begin(), first.end());
  };
  EXPECT_EQ(numbers("3:6"), (LayersOfModel{3, 4, 5}));
  EXPECT_EQ(numbers("1:8:2"), (LayersOfModel{1, 3, 5, 7}));
  EXPECT_EQ(numbers("5"), (LayersOfModel{5}));
  EXPECT_EQ(numbers("0,2:4,9:12:3"), (LayersOfModel{0, 2, 3, 9}));
  EXPECT_EQ(numbers(":2"), (LayersOfModel{0, 1}));
  EXPECT_EQ(numbers("7:"), (LayersOfModel{7, 8, 9, 10, 11, 12, 13, 14, 15}));
  EXPECT_EQ(numbers("1::40"), (LayersOfModel{1, 41, 81, 121, 161, 201, 241, 281, 321}));
}

TEST(NumberList, RefusesOtherTexts) {
  for (const char* text :
       {"",      ",",      "1,",   ",1",      "x",   "1.5", "-1",    "3:3",  "4:3",
        "1:5:0", "1:5:-1", "1:5:", "1:5:2:1", "2,1", "1,1", "1:5,4", "3:,9", "99999999999999999999",
        "1:2 ",  " 1"}) {
    NumberList list(7, 9);
    EXPECT_FALSE(parse_numbers(text, list)) << text;
    EXPECT_EQ(list, NumberList(7, 9)) << "an error changes nothing";
  }
}

TEST(NumberList, TextsReadBackAndAreShort) {
  EXPECT_EQ(numbers_text(LayersOfModel{3, 4, 5}), "3:6");
  EXPECT_EQ(numbers_text(LayersOfModel{3, 5}), "3,5");
  EXPECT_EQ(layers_text(LayersOfModel{3}), "layer 3");
  EXPECT_EQ(layers_text(LayersOfModel{3, 4}), "layers 3:5");
  EXPECT_EQ(numbers_text(LayersOfModel{1, 3, 5, 8}), "1:6:2,8");
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::set<std::int32_t> drawn;
    while (drawn.size() < 1 + random() % 12) drawn.insert(static_cast<std::int32_t>(random() % 20));
    const LayersOfModel numbers(drawn.begin(), drawn.end());
    const NumberList list = NumberList::of(numbers);
    NumberList again;
    ASSERT_TRUE(parse_numbers(list.text(), again)) << list.text();
    EXPECT_EQ(again.count(), std::ssize(numbers)) << list.text();
    for (std::int32_t number = -1; number < 22; ++number) {
      EXPECT_EQ(again.contains(number), drawn.count(number) == 1) << list.text() << " " << number;
    }
  }
  LayersOfModel many;
  for (std::int32_t i = 0; i < 400; ++i) many.push_back(i * i);
  EXPECT_LE(numbers_text(many).size(), 64u);
  EXPECT_TRUE(numbers_text(many).ends_with(",..."));
}

// ---- recordings and placements of a model

// Loads of some layers of a model; layer n has the load n + 1, a dense one none.
Loads recording(const LayersOfModel& layers, const LayersOfModel& dense, bool numbered) {
  Loads loads;
  loads.layers = static_cast<std::int32_t>(layers.size());
  loads.experts = 2;
  LayersOfModel rows;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool is_dense = std::binary_search(dense.begin(), dense.end(), layers[i]);
    const float load = is_dense ? 0.0f : static_cast<float>(layers[i] + 1);
    loads.values.insert(loads.values.end(), {load, load});
    rows.push_back(numbered ? layers[i] : static_cast<std::int32_t>(i));
  }
  set_numbers(rows, loads);
  find_dense_layers(loads);
  loads.numbered = numbered || says_numbers(loads);
  return loads;
}

// A placement whose row for layer n begins with the bits of n, so that it says which layer it is for.
Placement placement_of(const LayersOfModel& layers, LayerOrder order) {
  constexpr std::int32_t kBits = 7;
  Placement placement;
  placement.layers = static_cast<std::int32_t>(layers.size());
  placement.experts = 2;
  placement.slots = kBits + 3;
  placement.order = order;
  for (const std::int32_t layer : layers) {
    for (std::int32_t bit = 0; bit < kBits; ++bit) placement.phy2log.push_back(layer >> bit & 1);
    placement.phy2log.insert(placement.phy2log.end(), {1, 1, 0});  // not the initial placement
  }
  if (order == LayerOrder::numbered) {
    placement.first_layer = layers.front();
    if (layers.back() - layers.front() != std::ssize(layers) - 1) placement.layer_numbers = layers;
  }
  EXPECT_TRUE(complete_placement("p", placement).ok());
  return placement;
}

std::int32_t layer_said_by(const Placement& placement, std::size_t row) {
  std::int32_t layer = 0;
  const auto slots = static_cast<std::size_t>(placement.slots);
  for (std::size_t bit = 0; bit < 7; ++bit) {
    layer |= placement.phy2log[row * slots + bit] << bit;
  }
  return layer;
}

// Every row with load is paired with the row for its layer.
void expect_paired(const Placement& placement, const Loads& loads, const std::string& what) {
  ASSERT_EQ(placement.layers, loads.layers) << what;
  EXPECT_TRUE(check_placement("p", placement).ok()) << what;
  EXPECT_EQ(placement.first_layer, loads.first_layer) << what;
  EXPECT_EQ(placement.layer_numbers, loads.layer_numbers) << what;
  for (std::size_t i = 0; i < static_cast<std::size_t>(loads.layers); ++i) {
    const float load = loads.values[2 * i];
    if (load == 0) continue;
    EXPECT_EQ(layer_said_by(placement, i) + 1, static_cast<std::int32_t>(load)) << what;
  }
}

TEST(PairLayers, FindsTheRowOfEachLayerOrRefuses) {
  std::mt19937 random(11);
  int paired = 0;
  for (int i = 0; i < 3000; ++i) {
    LayersOfModel all, moe, dense;
    const std::int32_t layers = 1 + static_cast<std::int32_t>(random() % 12);
    const std::int32_t first_dense = static_cast<std::int32_t>(random() % 4);
    const bool every_second = random() % 4 == 0;
    for (std::int32_t layer = 0; layer < layers + first_dense; ++layer) {
      const bool is_dense = layer < first_dense || (every_second && layer % 2 == 0);
      all.push_back(layer);
      (is_dense ? dense : moe).push_back(layer);
    }
    if (moe.empty()) continue;
    const bool with_dense = random() % 2 == 0;
    const bool numbered = random() % 2 == 0;
    Loads loads = recording(with_dense ? all : moe, dense, numbered);
    if (loads.numbered && random() % 2 == 0) {
      const auto from = static_cast<std::int64_t>(random() % all.size());
      if (!select_layers("l", NumberList(from, NumberList::kOpen), loads).ok()) continue;
    }
    const auto order = static_cast<LayerOrder>(random() % 3);
    const bool has_dense = order != LayerOrder::moe && random() % 2 == 0;
    Placement placement = placement_of(has_dense ? all : moe, order);
    const std::string what = "loads " + std::string(with_dense ? "with" : "without") +
                             " dense rows, " + (numbered ? "numbered" : "counted") +
                             "; placement order " + std::to_string(static_cast<int>(order)) +
                             (has_dense ? " with dense rows" : "") + "; MoE " + numbers_text(moe);
    std::vector<std::string> notes;
    const Loads before = loads;
    const Status status = pair_layers("p", placement, loads, notes);
    if (status.ok()) {
      // A numbered placement with dense rows may look like one of other layers only if rows were counted.
      expect_paired(placement, loads, what);
      ++paired;
      EXPECT_EQ(notes.empty(), loads.numbers()[0] == before.numbers()[0] &&
                                   loads.layer_numbers == before.layer_numbers)
          << what;
    } else {
      EXPECT_EQ(loads.recorded_layers, before.recorded_layers) << "an error changes nothing";
    }
  }
  EXPECT_GT(paired, 2000);
}

TEST(PairLayers, RepeatsTheOneRowForAllLayers) {
  Loads loads = recording({3, 5, 6}, {}, true);
  Placement placement = placement_of({77}, LayerOrder::same);
  std::vector<std::string> notes;
  ASSERT_TRUE(pair_layers("p", placement, loads, notes).ok());
  EXPECT_EQ(placement.layers, 3);
  EXPECT_EQ(placement.layer_numbers, (LayersOfModel{3, 5, 6}));
  for (std::size_t row = 0; row < 3; ++row) EXPECT_EQ(layer_said_by(placement, row), 77);
}

TEST(PairLayers, GivesDenseLayersTheInitialPlacement) {
  Loads loads = recording({0, 1, 2}, {0}, true);
  Placement placement = placement_of({1, 2}, LayerOrder::moe);
  std::vector<std::string> notes;
  ASSERT_TRUE(pair_layers("p", placement, loads, notes).ok());
  const LayersOfModel first(placement.phy2log.begin(), placement.phy2log.begin() + placement.slots);
  EXPECT_EQ(first, (LayersOfModel{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}));
  expect_paired(placement, loads, "dense row filled");
}

// An engine's map of all layers has the initial placement for dense ones.
TEST(PairLayers, TakesExportedRowsOfDenseLayersForWhatTheyAre) {
  Placement placement = placement_of({0, 1, 2, 3}, LayerOrder::numbered);
  for (std::int32_t slot = 0; slot < placement.slots; ++slot) {
    placement.phy2log[static_cast<std::size_t>(slot)] = slot % 2;
  }
  ASSERT_TRUE(complete_placement("p", placement).ok());
  Loads loads = recording({1, 2, 3}, {}, false);
  std::vector<std::string> notes;
  ASSERT_TRUE(pair_layers("p", placement, loads, notes).ok());
  EXPECT_EQ(notes.size(), 1u);
  EXPECT_EQ(loads.first_layer, 1);
  expect_paired(placement, loads, "exported");
}

// The advice to select layers that are in both must not lead to dense layers alone.
TEST(PairLayers, NeedsAMoeLayerInBoth) {
  std::vector<std::string> notes;
  Loads loads = recording({0, 1, 2, 3}, {0, 1}, true);
  Placement placement = placement_of({0, 1, 4}, LayerOrder::numbered);
  EXPECT_EQ(pair_layers("p", placement, loads, notes).sentence(),
            "p: places layers 0:2,4 of the model, but the loads are of layers 0:4: no MoE layer is "
            "in both");
  placement = placement_of({0, 1, 3}, LayerOrder::numbered);
  EXPECT_EQ(pair_layers("p", placement, loads, notes).sentence(),
            "p: places layers 0:2,3 of the model, but the loads are of layers 0:4; select layers "
            "that are in both "
            "with --layers 0:2,3");
}

TEST(SelectLayers, KeepsRowsAndKnowsTheWholeRecording) {
  Loads loads = recording({0, 1, 2, 3, 4}, {0, 2}, true);
  ASSERT_TRUE(select_layers("l", NumberList(1, 5, 2), loads).ok());
  EXPECT_EQ(loads.layers, 2);
  EXPECT_EQ(loads.layer_numbers, (LayersOfModel{1, 3}));
  EXPECT_EQ(loads.values, (std::vector<float>{2, 2, 4, 4}));
  EXPECT_EQ(moe_layers_of(loads), (LayersOfModel{1, 3, 4}));
}

}  // namespace
}  // namespace evenkeel::test
