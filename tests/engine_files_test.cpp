// Files of serving engines: each is compared with a literal example, and read back if there is a reader.
#include "core/io/placements/engine_files.hpp"

#include <gtest/gtest.h>

#include "core/io/placements/placement_io.hpp"
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

std::string written(std::string_view name, const Placement& placement, std::int32_t first = 0) {
  std::string text;
  const Status status = write_engine_file(format_of(name), placement, first, text);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return text;
}

std::string refusal(std::string_view name, const Placement& placement, std::int32_t first = 0) {
  std::string text;
  const Status status = write_engine_file(format_of(name), placement, first, text);
  EXPECT_EQ(text, "");
  return status.sentence();
}

TEST(EngineFiles, OfSglangHoldOneKey) {
  EXPECT_EQ(written("sglang", small_placement()),
            "{\"physical_to_logical_map\": [\n[0, 1, 2, 1],\n[2, 2, 0, 1]\n]}\n");
  // Two dense layers come first: the file has rows for them, which the engine does not use.
  EXPECT_EQ(written("sglang", small_placement(), 2),
            "{\"physical_to_logical_map\": [\n[0, 1, 2, 0],\n[0, 1, 2, 0],\n"
            "[0, 1, 2, 1],\n[2, 2, 0, 1]\n]}\n");
}

TEST(EngineFiles, OfTensorRtLlmNumberLayersAsTheModelDoes) {
  EXPECT_EQ(written("tensorrt-llm", small_placement(), 3),
            "num_slots: 4\n"
            "initial_global_assignments:\n"
            "  3: [0, 1, 2, 1]\n"
            "  4: [2, 2, 0, 1]\n"
            "layer_updates_per_iter: 0\n");
  Placement later = small_placement();
  later.first_layer = 7;
  EXPECT_NE(written("tensorrt-llm", later, 3).find("\n  10: [0, 1, 2, 1]\n  11: ["),
            std::string::npos);
  later.first_layer = -1;  // unknown: from the first
  EXPECT_EQ(written("tensorrt-llm", later, 3), written("tensorrt-llm", small_placement(), 3));
}

TEST(EngineFiles, OfVllmAscendListDevices) {
  EXPECT_EQ(written("vllm-ascend", small_placement(), 3),
            "{\"moe_layer_count\": 2, \"layer_list\": [\n"
            "{\"layer_id\": 0, \"device_count\": 2, \"device_list\": ["
            "{\"device_id\": 0, \"device_expert\": [0, 1]}, "
            "{\"device_id\": 1, \"device_expert\": [2, 1]}]},\n"
            "{\"layer_id\": 1, \"device_count\": 2, \"device_list\": ["
            "{\"device_id\": 0, \"device_expert\": [2, 2]}, "
            "{\"device_id\": 1, \"device_expert\": [0, 1]}]}\n]}\n");
}

TEST(EngineFiles, OfVllmAreLists) {
  EXPECT_EQ(written("vllm", small_placement(), 3), "[\n[0, 1, 2, 1],\n[2, 2, 0, 1]\n]\n");
}

TEST(EngineFiles, AreReadBack) {
  const Loads loads = skewed_loads(5, 24, 1);
  for (const Strategy& strategy : strategies()) {
    const Placement made = balance_on("cpu", loads, {5, 24, 40, 8, 2, 4}, strategy.rules).placement;
    for (const char* name : {"sglang", "vllm-ascend", "vllm"}) {
      Placement read;
      const Status status = read_placement(as_bytes(written(name, made)), name, 24, read);
      ASSERT_TRUE(status.ok()) << status.sentence();
      EXPECT_EQ(read.phy2log, made.phy2log) << name;
      EXPECT_EQ(read.logcnt, made.logcnt) << name;
      EXPECT_EQ(read.gpus, format_of(name).names_gpus ? 8 : 0);
    }
    Placement read;
    ASSERT_TRUE(read_placement(as_bytes(written("sglang", made, 3)), "sglang", 24, read).ok());
    EXPECT_EQ(read.layers, 8);
    EXPECT_TRUE(
        std::equal(made.phy2log.begin(), made.phy2log.end(), read.phy2log.begin() + 3 * 40));
  }
}

TEST(EngineFiles, AreRefusedWhereTheFormatCannotSayIt) {
  Placement later = small_placement();
  later.first_layer = 7;
  for (const char* name : {"sglang", "vllm-ascend", "vllm"}) {
    EXPECT_EQ(refusal(name, later), std::string(name) +
                                        ": a file of this format must begin with the first layer, "
                                        "but the placement begins with layer "
                                        "7 of the loads; place all layers");
  }
  Placement unsaid = small_placement();
  unsaid.gpus = 0;
  EXPECT_EQ(
      refusal("vllm-ascend", unsaid),
      "vllm-ascend: a file of this format lists GPUs, but the placement does not say how many "
      "there are");
  EXPECT_NE(written("vllm", unsaid), "");
  for (const std::int32_t first : {-1, 129}) {
    EXPECT_EQ(refusal("sglang", small_placement(), first),
              "sglang: first MoE layer " + std::to_string(first) + "; expected 0 to 128");
  }
  Placement broken = small_placement();
  broken.phy2log[0] = 3;
  EXPECT_EQ(refusal("tensorrt-llm", broken),
            "tensorrt-llm: layer 0, slot 0: expert 3 does not exist; expected 0 to 2");
}

TEST(EngineFiles, UnknownFormatsListTheKnown) {
  const EngineFormat* format = nullptr;
  EXPECT_EQ(find_engine_format("vllm2", format).sentence(),
            "unknown engine format \"vllm2\"; known: sglang, tensorrt-llm, vllm-ascend, vllm");
  EXPECT_EQ(format, nullptr);
  for (const EngineFormat& known : engine_formats()) {
    ASSERT_TRUE(find_engine_format(known.name, format).ok());
    EXPECT_EQ(format, &known);
    EXPECT_TRUE(known.extension.starts_with('.'));
  }
}

}  // namespace
}  // namespace evenkeel::test
