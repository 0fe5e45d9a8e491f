// What engines make of the files that are written for them: the placement, in each layer of their model.
#include "tests/engine_loaders.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/io/placements/engine_files.hpp"
#include "core/model/placement.hpp"

namespace evenkeel::test {
namespace {

using LayerList = std::vector<std::int32_t>;

// A model, its recording, and a deployment.
struct EngineCase {
  const char* what;
  LayerList recorded;   // layers with rows
  LayerList dense;      // of these
  std::int32_t layers;  // of the model
  std::int32_t experts;
  std::int32_t slots;
  std::int32_t gpus;
};

LayerList range(std::int32_t begin, std::int32_t end, std::int32_t step = 1) {
  LayerList numbers;
  for (std::int32_t number = begin; number < end; number += step) numbers.push_back(number);
  return numbers;
}

const EngineCase kCases[] = {
    {"every layer", range(0, 4), {}, 4, 6, 8, 4},
    {"one GPU", range(0, 2), {}, 2, 5, 5, 1},
    {"without redundant experts", range(0, 3), {}, 3, 8, 8, 4},
    {"rows of dense layers", range(0, 6), {0, 1, 2}, 6, 8, 12, 4},
    {"dense layers without rows", range(3, 7), {}, 7, 8, 12, 4},
    {"every second layer", range(1, 8, 2), {}, 8, 8, 10, 2},
    {"rows of every second layer are dense", range(0, 8), {0, 2, 4, 6}, 8, 8, 10, 2},
    {"dense layers at the end", range(0, 5), {0, 4}, 5, 8, 12, 4},
    {"many copies", range(0, 3), {}, 3, 6, 24, 4},
    {"unequal ranges of experts", range(1, 4), {}, 4, 10, 12, 4},
};

// Copies are apart: expert e has one more where e < slots mod experts, and rank r is on GPU r mod G. The slots of a GPU
// are shuffled, differently in each layer.
Placement placed_apart(const EngineCase& c) {
  Placement placement;
  placement.layers = static_cast<std::int32_t>(c.recorded.size());
  placement.experts = c.experts;
  placement.slots = c.slots;
  placement.gpus = c.gpus;
  placement.first_layer = c.recorded.front();
  if (c.recorded.back() - c.recorded.front() >= placement.layers)
    placement.layer_numbers = c.recorded;
  for (std::int32_t layer = 0; layer < placement.layers; ++layer) {
    LayerList ranks;
    for (std::int32_t expert = 0; expert < c.experts; ++expert) {
      const std::int32_t copies = c.slots / c.experts + (expert < c.slots % c.experts ? 1 : 0);
      ranks.insert(ranks.end(), static_cast<std::size_t>(copies), (expert * 7 + layer) % c.experts);
    }
    // Experts that are a multiple of 7 apart are distinct where 7 and their number have no common divisor.
    for (std::int32_t gpu = 0; gpu < c.gpus; ++gpu) {
      LayerList own;
      for (std::int32_t r = gpu; r < c.slots; r += c.gpus)
        own.push_back(ranks[static_cast<std::size_t>(r)]);
      std::rotate(own.begin(), own.begin() + layer % static_cast<std::int32_t>(own.size()),
                  own.end());
      placement.phy2log.insert(placement.phy2log.end(), own.begin(), own.end());
    }
  }
  const Status status = complete_placement(c.what, placement);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return placement;
}

struct LoadingEngine {
  const char* format;
  LoadedModel (*load)(const std::string& file, const EngineSetup& setup);
};
const LoadingEngine kEngines[] = {{"sglang", load_sglang},
                                  {"tensorrt-llm", load_tensorrt_llm},
                                  {"vllm-ascend", load_vllm_ascend},
                                  {"vllm", load_vllm},
                                  {"vllm-assignments", load_vllm_assignments},
                                  {"omni", load_omni},
                                  {"sglang-jax", load_sglang_jax}};

EngineSetup setup_of(const EngineCase& c) {
  EngineSetup setup = {{}, c.layers, 0, c.experts, c.slots - c.experts, c.gpus};
  std::set_difference(c.recorded.begin(), c.recorded.end(), c.dense.begin(), c.dense.end(),
                      std::back_inserter(setup.moe_layers));
  return setup;
}

const EngineFormat& format_named(std::string_view name) {
  const EngineFormat* format = nullptr;
  EXPECT_TRUE(find_engine_format(name, format).ok());
  return *format;
}

// The slots of a row, and the slots of each expert in ascending order.
LoadedLayer row_of(const Placement& placement, std::size_t row) {
  LoadedLayer layer = {{}, std::vector<LayerList>(static_cast<std::size_t>(placement.experts))};
  const auto slots = static_cast<std::size_t>(placement.slots);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    layer.phy2log.push_back(placement.phy2log[row * slots + slot]);
    layer.log2phy[static_cast<std::size_t>(layer.phy2log.back())].push_back(
        static_cast<std::int32_t>(slot));
  }
  return layer;
}

// The engine numbers the slots of a GPU by ascending expert.
Placement in_order_of_experts(Placement placement) {
  const auto width = static_cast<std::ptrdiff_t>(placement.slots / placement.gpus);
  for (auto at = placement.phy2log.begin(); at != placement.phy2log.end(); at += width) {
    std::sort(at, at + width);
  }
  return placement;
}

TEST(EngineLoaders, GetThePlacementOfEveryLayer) {
  for (const EngineCase& c : kCases) {
    const Placement placement = placed_apart(c);
    for (const LoadingEngine& engine : kEngines) {
      SCOPED_TRACE(std::string(c.what) + ", " + engine.format);
      std::string file;
      const EngineMap map = {
          .dense_layers = c.dense, .recorded_layers = c.recorded, .numbered = true};
      const Status status = write_engine_file(format_named(engine.format), placement, map, file);
      ASSERT_TRUE(status.ok()) << status.sentence();
      const EngineMessages said = about_engine_file(format_named(engine.format), placement, map);
      EXPECT_TRUE(said.notes.empty() && said.warnings.empty());
      const EngineSetup setup = setup_of(c);
      const LoadedModel model = engine.load(file, setup);
      ASSERT_EQ(model.problem, "");
      ASSERT_EQ(model.layers.size(), setup.moe_layers.size());
      const Placement wanted =
          engine.load == load_omni ? in_order_of_experts(placement) : placement;
      for (std::size_t row = 0; row < c.recorded.size(); ++row) {
        const auto loaded = model.layers.find(c.recorded[row]);
        if (loaded == model.layers.end()) continue;  // dense
        const LoadedLayer expected = row_of(wanted, row);
        EXPECT_EQ(loaded->second.phy2log, expected.phy2log) << c.recorded[row];
        EXPECT_EQ(loaded->second.log2phy, expected.log2phy) << c.recorded[row];
        EXPECT_EQ(loaded->second.wrong_routes(), 0);
      }
    }
  }
}

// TensorRT-LLM asks for the layers of multi-token prediction, too: after the last one of the model, even if other layers
// are placed.
TEST(EngineLoaders, GetLayersOfMultiTokenPrediction) {
  for (const EngineCase& c : kCases) {
    SCOPED_TRACE(c.what);
    const Placement placement = placed_apart(c);
    EngineSetup setup = setup_of(c);
    setup.mtp = 2;
    EngineMap map = {.dense_layers = c.dense, .recorded_layers = c.recorded, .numbered = true};
    std::string file;
    ASSERT_TRUE(write_engine_file(format_named("tensorrt-llm"), placement, map, file).ok());
    EXPECT_EQ(load_tensorrt_llm(file, setup).problem, "KeyError: " + std::to_string(c.layers));
    map.mtp = 2;
    ASSERT_TRUE(write_engine_file(format_named("tensorrt-llm"), placement, map, file).ok());
    const LoadedModel model = load_tensorrt_llm(file, setup);
    ASSERT_EQ(model.problem, "");
    for (std::int32_t slot = 0; slot < c.slots; ++slot) {
      const std::int32_t per_rank = c.slots / c.gpus;
      const std::int32_t expert =
          (slot / per_rank * c.experts / c.gpus + slot % per_rank) % c.experts;
      for (const std::int32_t layer : {c.layers, c.layers + 1}) {
        EXPECT_EQ(model.layers.at(layer).phy2log[static_cast<std::size_t>(slot)], expert);
      }
    }
  }
}

// Why such a placement is refused: vllm-ascend would start, and send tokens to other experts' weights.
TEST(EngineLoaders, OfVllmAscendMisroutesTwoCopiesOnDeviceZero) {
  const LayerList rows = {0, 0, 1, 2, 3, 1};
  Placement sizes;
  sizes.experts = 4;
  sizes.slots = 6;
  sizes.gpus = 2;
  const GpuSlotTable gpu_slots(6, 2);
  const EngineRow row = {0, rows};
  const EngineSetup setup = {{0}, 1, 0, 4, 2, 2};
  const LoadedModel model =
      load_vllm_ascend(write_vllm_ascend({sizes, gpu_slots.view(), {&row, 1}}), setup);
  EXPECT_EQ(model.problem, "");
  EXPECT_EQ(model.layers.at(0).wrong_routes(), 3);
  // With the second copy on the other device all is well.
  const LayerList apart = {0, 1, 2, 0, 3, 1};
  const EngineRow good = {0, apart};
  EXPECT_EQ(load_vllm_ascend(write_vllm_ascend({sizes, gpu_slots.view(), {&good, 1}}), setup)
                .layers.at(0)
                .wrong_routes(),
            0);
}

}  // namespace
}  // namespace evenkeel::test
