// Files of serving engines: each is compared with a literal example, and read back if there is a reader.
#include "core/io/placements/engine_files.hpp"

#include <gtest/gtest.h>

#include "core/io/placements/placement_io.hpp"
#include "core/model/hash.hpp"
#include "core/model/placement.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/example.hpp"
#include "tests/npy_builder.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// Two layers of three experts in four slots on two GPUs.
Placement small_placement() {
  Placement placement;
  placement.layers = 2;
  placement.experts = 3;
  placement.slots = 4;
  placement.gpus = 2;
  placement.first_layer = 0;
  placement.phy2log = {0, 1, 2, 1, 2, 2, 0, 1};
  EXPECT_TRUE(complete_placement("small", placement).ok());
  return placement;
}

const EngineFormat& format_of(std::string_view name) {
  const EngineFormat* format = nullptr;
  EXPECT_TRUE(find_engine_format(name, format).ok());
  return *format;
}

// The model's numbers are known, unless said otherwise.
std::string written(std::string_view name, const Placement& placement,
                    const EngineMap& map = {.numbered = true}) {
  std::string bytes;
  const Status status = write_engine_file(format_of(name), placement, map, bytes);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return bytes;
}
EngineMessages said_of(std::string_view name, const Placement& placement,
                       const EngineMap& map = {.numbered = true}) {
  EXPECT_NE(written(name, placement, map), "");
  return about_engine_file(format_of(name), placement, map);
}

std::string refusal(std::string_view name, const Placement& placement,
                    const EngineMap& map = {.numbered = true}) {
  std::string bytes;
  const Status status = write_engine_file(format_of(name), placement, map, bytes);
  EXPECT_EQ(bytes, "");
  return status.sentence();
}

// The same without two copies on a GPU.
Placement apart_placement() {
  Placement placement = small_placement();
  placement.phy2log = {0, 1, 2, 1, 0, 2, 1, 0};
  EXPECT_TRUE(complete_placement("apart", placement).ok());
  return placement;
}

using LayerList = std::vector<std::int32_t>;

TEST(EngineFiles, OfSglangHoldOneKeyAndAllLayers) {
  EXPECT_EQ(written("sglang", small_placement()),
            "{\"physical_to_logical_map\": [\n[0, 1, 2, 1],\n[2, 2, 0, 1]\n]}\n");
  // Two dense layers come first: the file has rows for them, which the engine does not use.
  Placement later = small_placement();
  later.first_layer = 2;
  const std::string all =
      "{\"physical_to_logical_map\": [\n[0, 1, 2, 0],\n[0, 1, 2, 0],\n"
      "[0, 1, 2, 1],\n[2, 2, 0, 1]\n]}\n";
  EXPECT_EQ(written("sglang", later), all);
  // Rows of dense layers are written as they are, and the file goes to the last layer of the model.
  const LayerList dense = {0, 3};
  EXPECT_EQ(written("sglang", small_placement(), {.dense_layers = dense, .numbered = true}),
            "{\"physical_to_logical_map\": [\n[0, 1, 2, 1],\n[2, 2, 0, 1],\n[0, 1, 2, 0],\n"
            "[0, 1, 2, 0]\n]}\n");
}

TEST(EngineFiles, OfTensorRtLlmNumberLayersAsTheModelDoes) {
  Placement later = small_placement();
  later.first_layer = 3;
  EXPECT_EQ(written("tensorrt-llm", later),
            "num_slots: 4\n"
            "initial_global_assignments:\n"
            "  3: [0, 1, 2, 1]\n"
            "  4: [2, 2, 0, 1]\n"
            "layer_updates_per_iter: 0\n");
  later.layer_numbers = {3, 5};
  EXPECT_NE(written("tensorrt-llm", later).find("\n  3: [0, 1, 2, 1]\n  5: ["), std::string::npos);
  const LayerList dense = {3};
  EXPECT_EQ(written("tensorrt-llm", later, {.dense_layers = dense, .numbered = true}).find("3: ["),
            std::string::npos);
  later.layer_numbers.clear();
  later.first_layer = -1;  // without numbers, layers count from 0
  EXPECT_EQ(written("tensorrt-llm", later), written("tensorrt-llm", small_placement()));
}

TEST(EngineFiles, OfTensorRtLlmHaveLayersOfMultiTokenPrediction) {
  const LayerList recorded = {0, 1, 2, 3};
  const LayerList dense = {2, 3};
  EngineMap map = {.dense_layers = dense, .recorded_layers = recorded, .numbered = true, .mtp = 2};
  const std::string bytes = written("tensorrt-llm", small_placement(), map);
  EXPECT_NE(bytes.find("  1: [2, 2, 0, 1]\n  4: [0, 1, 1, 2]\n  5: [0, 1, 1, 2]\nlayer_"),
            std::string::npos)
      << bytes;
  EXPECT_EQ(said_of("tensorrt-llm", small_placement(), map).notes,
            std::vector<std::string>{
                "tensorrt-llm: added layers 4:6 for multi-token prediction, after layer 3, placed "
                "as the engine itself does; if the recording has such layers, leave out --mtp"});
  map.words = Vocabulary::plain;
  EXPECT_EQ(said_of("tensorrt-llm", small_placement(), map).notes,
            std::vector<std::string>{
                "tensorrt-llm: added layers 4:6 for multi-token prediction, after layer 3, placed "
                "as the engine itself does; if the recording has such layers, set Layers for "
                "multi-token prediction to 0"});
  EXPECT_EQ(refusal("tensorrt-llm", small_placement(),
                    {.recorded_layers = recorded, .numbered = true, .mtp = 1}),
            "tensorrt-llm: layers for multi-token prediction follow layer 3, the last one of the "
            "recording, but the placement lacks layer 2; place all layers, without --layers");
  EXPECT_EQ(refusal("tensorrt-llm", small_placement(), {.mtp = 129}),
            "tensorrt-llm: mtp is 129; expected 0 to 128");
  EXPECT_EQ(refusal("sglang", small_placement(), {.mtp = 1}),
            "sglang: a file of this format has no layers for multi-token prediction");
}

TEST(EngineFiles, OfVllmAscendListDevices) {
  EXPECT_EQ(written("vllm-ascend", apart_placement()),
            "{\"moe_layer_count\": 2, \"layer_list\": [\n"
            "{\"layer_id\": 0, \"device_count\": 2, \"device_list\": ["
            "{\"device_id\": 0, \"device_expert\": [0, 1]}, "
            "{\"device_id\": 1, \"device_expert\": [2, 1]}]},\n"
            "{\"layer_id\": 1, \"device_count\": 2, \"device_list\": ["
            "{\"device_id\": 0, \"device_expert\": [0, 2]}, "
            "{\"device_id\": 1, \"device_expert\": [1, 0]}]}\n]}\n");
  // A dense layer is not counted.
  const LayerList dense = {0};
  EXPECT_EQ(written("vllm-ascend", apart_placement(), {.dense_layers = dense, .numbered = true}),
            "{\"moe_layer_count\": 1, \"layer_list\": [\n"
            "{\"layer_id\": 0, \"device_count\": 2, \"device_list\": ["
            "{\"device_id\": 0, \"device_expert\": [0, 2]}, "
            "{\"device_id\": 1, \"device_expert\": [1, 0]}]}\n]}\n");
}

TEST(EngineFiles, OfVllmAreListsOrAssignments) {
  Placement later = small_placement();
  later.first_layer = 3;
  const LayerList recorded = {3, 4};
  EXPECT_EQ(written("vllm", later, {.recorded_layers = recorded, .numbered = true}),
            "[\n[0, 1, 2, 1],\n[2, 2, 0, 1]\n]\n");
  EXPECT_EQ(written("vllm-assignments", later),
            "{\"initial_global_assignments\": {\n\"3\": [0, 1, 2, 1],\n\"4\": [2, 2, 0, 1]\n}}\n");
}

TEST(EngineFiles, AreReadBack) {
  const Loads loads = skewed_loads(5, 24, 1);
  for (const Strategy& strategy : strategies()) {
    const Placement placed =
        balance_on("cpu", loads, {5, 24, 40, 8, 2, 4}, strategy.rules).placement;
    Placement by_slot = placed;  // the files do not say in which order copies were numbered
    ASSERT_TRUE(complete_placement("placed", by_slot).ok());
    for (const char* name : {"sglang", "vllm", "sglang-jax"}) {
      Placement read;
      const Status status = read_placement(as_bytes(written(name, placed)), name, 24, read);
      ASSERT_TRUE(status.ok()) << status.sentence();
      EXPECT_EQ(read.gpus, 0);
      read.gpus = placed.gpus;
      EXPECT_EQ(result_hash(read), result_hash(by_slot)) << name;
    }
  }
  const Placement apart = apart_placement();
  Placement read;
  ASSERT_TRUE(read_placement(as_bytes(written("vllm-ascend", apart)), "it", 3, read).ok());
  EXPECT_EQ(result_hash(read), result_hash(apart));
  EXPECT_EQ(read.gpus, 2);
}

TEST(EngineFiles, OfMoeLayersNeedAllOfThem) {
  Placement later = apart_placement();
  later.first_layer = 7;
  const std::string missing =
      ": a file of this format begins with the first MoE layer of the model and has all that "
      "follow, but the placement lacks ";
  const LayerList recorded = {0, 2, 3, 4, 5, 6, 7, 8};
  const LayerList dense = {0, 2};
  for (const std::string name : {"vllm-ascend", "vllm", "omni"}) {
    EXPECT_EQ(refusal(name, later, {.dense_layers = dense, .recorded_layers = recorded}),
              name + missing + "layer 3; place all layers, without --layers");
    EXPECT_EQ(refusal(name, later, {.recorded_layers = recorded, .words = Vocabulary::plain}),
              name + missing + "layer 0; place all layers");
    // What was recorded is not known.
    EXPECT_EQ(refusal(name, later, {.words = Vocabulary::script}),
              name + missing +
                  "layer 0; place all layers, or name those without experts in dense_layers");
    const LayerList before = {0, 1, 2, 3, 4, 5, 6};
    EXPECT_NE(written(name, later, {.dense_layers = before}), "");
    // A layer at the end may be one that the engine does not count.
    const LayerList longer = {7, 8, 9};
    EXPECT_EQ(
        said_of(name, later, {.recorded_layers = longer}).warnings,
        std::vector<std::string>{name + ": the placement lacks layer 9 of the recording, and so "
                                        "does the file: the engine must not have experts there"});
    const LayerList all = {7, 8};
    EXPECT_EQ(refusal(name, later, {.dense_layers = all}),
              name + ": all layers of the placement are dense; place MoE layers");
  }
}

TEST(EngineFiles, WarnOfLayersThatAreNotPlaced) {
  const LayerList recorded = {0, 1, 2, 3};
  const EngineMap map = {.recorded_layers = recorded, .numbered = true};
  const EngineMessages rows = said_of("sglang", small_placement(), map);
  EXPECT_EQ(rows.warnings,
            std::vector<std::string>{"sglang: the placement lacks layers 2:4 of the recording, "
                                     "where the engine starts as without a file"});
  EXPECT_EQ(said_of("tensorrt-llm", small_placement(), map).warnings,
            std::vector<std::string>{
                "tensorrt-llm: the placement lacks layers 2:4 of the recording, and so "
                "does the file: the engine must not have experts there"});
}

TEST(EngineFiles, SayWhatTheNumbersAreIfNobodyDid) {
  const std::string note =
      "the loads have no layer numbers: engines' files count them from 0; if the model has dense "
      "layers, give the numbers of the recorded layers ";
  const LayerList recorded = {0, 1, 2};
  for (const EngineFormat& format : engine_formats()) {
    const auto said = [&](const EngineMap& map) {
      const std::vector<std::string> notes = said_of(format.name, apart_placement(), map).notes;
      return notes.empty() ? "" : notes.front();
    };
    const bool numbers = format.layers != EngineLayers::moe;
    EXPECT_EQ(said({}), numbers ? note + "with --moe-layers, for example --moe-layers 3:5" : "");
    EXPECT_EQ(said({.recorded_layers = recorded}),
              numbers ? note +
                            "with --moe-layers, for example --moe-layers 3:6; --layers then "
                            "selects by them"
                      : "");
    EXPECT_EQ(said({.words = Vocabulary::plain}),
              numbers ? note + "in the field Layers under Traffic, for example 3:5" : "");
    EXPECT_EQ(said({.numbered = true}), "");
  }
}

TEST(EngineFiles, NeverHaveTwoCopiesOnAGpuWhereTheEngineTakesOne) {
  const std::string pair = ": layer 4: GPU 0 has two copies of expert 2, but ";
  Placement placement = small_placement();
  placement.first_layer = 3;
  const LayerList recorded = {3, 4};
  const std::string ascend =
      "vllm-ascend" + pair + "the engine would send tokens to the weights of other experts; use ";
  EXPECT_EQ(refusal("vllm-ascend", placement, {.recorded_layers = recorded}), ascend + "--apart");
  EXPECT_EQ(
      refusal("vllm-ascend", placement, {.recorded_layers = recorded, .words = Vocabulary::plain}),
      ascend + "the stage \"apart\"");
  EXPECT_EQ(refusal("omni", placement, {.recorded_layers = recorded}),
            "omni" + pair + "the file only says which GPUs have an expert; use --apart");
  // In a dense layer they do no harm.
  const LayerList dense = {4};
  EXPECT_NE(written("omni", placement, {.dense_layers = dense, .recorded_layers = recorded}), "");
  Placement full = small_placement();
  full.slots = 8;
  full.layers = 1;
  full.phy2log = {0, 1, 2, 0, 0, 1, 2, 0};
  ASSERT_TRUE(complete_placement("full", full).ok());
  EXPECT_EQ(refusal("vllm-ascend", full),
            "vllm-ascend: layer 0: GPU 0 has two copies of expert 0, but the engine would send "
            "tokens to the weights of other experts; some must share with more than 6 slots a "
            "layer (experts x GPUs), so use fewer");
}

TEST(EngineFiles, AreRefusedWhereTheFormatCannotSayIt) {
  Placement unsaid = small_placement();
  unsaid.gpus = 0;
  const std::string words =
      ": a file of this format depends on the number of GPUs, but the placement does not say how "
      "many there are";
  EXPECT_EQ(refusal("vllm-ascend", unsaid), "vllm-ascend" + words);
  EXPECT_EQ(refusal("omni", unsaid), "omni" + words);
  EXPECT_EQ(refusal("tensorrt-llm", unsaid, {.mtp = 1}), "tensorrt-llm" + words);
  EXPECT_NE(written("tensorrt-llm", unsaid), "");
  EXPECT_NE(written("vllm", unsaid), "");
  Placement far = small_placement();
  far.first_layer = 255;
  EXPECT_EQ(refusal("sglang", far), "sglang: layer number 256; expected numbers below 256");
  Placement broken = small_placement();
  broken.phy2log[0] = 3;
  EXPECT_EQ(refusal("tensorrt-llm", broken),
            "tensorrt-llm: layer 0, slot 0: expert 3 does not exist; expected 0 to 2");
  Placement large = {128, 512, 1024, 1024, {}, {}, {}};
  for (std::int32_t i = 0; i < 128 * 1024; ++i) large.phy2log.push_back(i % 512);
  ASSERT_TRUE(complete_placement("large", large).ok());
  EXPECT_EQ(
      refusal("omni", large),
      "omni: an array of GPUs, layers and experts has 67108864 numbers; expected at most 33554432");
  EXPECT_NE(written("sglang-jax", large), "");
}

TEST(EngineFiles, SayHowTheEngineIsStarted) {
  const Placement placement = apart_placement();
  const auto start = [&](const char* name, const char* path) {
    return how_to_start(format_of(name), placement, {}, path);
  };
  EXPECT_EQ(start("sglang", "my plan.json"),
            "start SGLang with: python -m sglang.launch_server ... --ep-size 2 "
            "--ep-num-redundant-experts 1 --init-expert-location 'my plan.json'");
  EXPECT_EQ(start("tensorrt-llm", "GPUS.yaml"),
            "start TensorRT-LLM with: trtllm-serve ... --ep_size 2 --extra_llm_api_options "
            "OPTIONS.yaml, which has moe_config: {backend: WIDEEP, load_balancer: GPUS.yaml}");
  EXPECT_EQ(start("omni", "p.npy"),
            "start Omni-Infer with use_omni_placement: true; in the file of its "
            "omni_placement_config_path: pattern_path: p.npy, max_moe_layer_num: 2");
  for (const EngineFormat& format : engine_formats()) {
    const std::string path = "x" + std::string(format.extension);
    EXPECT_NE(start(std::string(format.name).c_str(), path.c_str()).find(path), std::string::npos);
  }
}

TEST(EngineFiles, UnknownFormatsListTheKnown) {
  const EngineFormat* format = nullptr;
  EXPECT_EQ(find_engine_format("vllm2", format).sentence(),
            "unknown engine format \"vllm2\"; known: sglang, tensorrt-llm, vllm-ascend, vllm, "
            "vllm-assignments, omni, sglang-jax");
  EXPECT_EQ(format, nullptr);
  for (const EngineFormat& known : engine_formats()) {
    ASSERT_TRUE(find_engine_format(known.name, format).ok());
    EXPECT_EQ(format, &known);
    EXPECT_TRUE(known.extension.starts_with('.'));
  }
}

}  // namespace
}  // namespace evenkeel::test
