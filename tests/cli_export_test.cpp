// balance --export: engine files from the command line.

#include <nlohmann/json.hpp>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

const std::string kExport = std::string("balance loads.csv") + kShape;

TEST_F(CommandTest, ExportsEngineFilesBesideAllOtherOutputs) {
  const Outcome run = shell("evenkeel " + kExport +
                            "--export sglang:s.json --export tensorrt-llm:t.yaml --export "
                            "vllm-ascend:a.json --export vllm:v.json --out p.json --report r.html "
                            "--first-moe-layer 3");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err, "");
  const auto plan = nlohmann::json::parse(content("p.json"));
  const auto rows = plan.at("phy2log");
  EXPECT_EQ(nlohmann::json::parse(content("v.json")), rows);
  const auto sglang = nlohmann::json::parse(content("s.json"));
  EXPECT_EQ(sglang.size(), 1u) << "SGLang rejects other keys";
  EXPECT_EQ(sglang.at("physical_to_logical_map").size(), 5u);
  EXPECT_EQ(sglang.at("physical_to_logical_map")[3], rows[0]);
  EXPECT_EQ(content("t.yaml").substr(0, 47), "num_slots: 6\ninitial_global_assignments:\n  3: [");
  // score also reads the files of engines.
  for (const char* file : {"a.json", "v.json"}) {
    const Outcome scored =
        shell(std::string("evenkeel score loads.csv ") + file + " --gpus 2 --json");
    EXPECT_EQ(nlohmann::json::parse(scored.out).at("metrics"), plan.at("metrics")) << file;
  }
  // Layers keep their index in the model.
  ASSERT_EQ(shell("evenkeel " + kExport +
                  "--layers 1:2 --export tensorrt-llm:one.yaml "
                  "--first-moe-layer 3")
                .status,
            0);
  EXPECT_NE(content("one.yaml").find("\n  4: ["), std::string::npos);
}

TEST_F(CommandTest, ExportsSayHowTheyCountLayersUnlessTold) {
  const std::string words =
      "evenkeel: note: in engine files, layer 0 of the loads is layer 0 of the model; if dense "
      "layers precede it, give their number with --first-moe-layer (DeepSeek-V3: 3)\n";
  const auto said = [&](const std::string& options) {
    return shell("evenkeel " + kExport + "--force --export " + options).err;
  };
  EXPECT_EQ(said("sglang:s.json"), words);
  EXPECT_EQ(said("tensorrt-llm:t.yaml --export sglang:s.json"), words);
  EXPECT_EQ(said("sglang:s.json --first-moe-layer 0"), "");
  EXPECT_EQ(said("sglang:s.json --quiet"), "");
  EXPECT_EQ(said("vllm:v.json"), "");
}

TEST_F(CommandTest, ExportsAreRefusedBeforeAnythingIsWritten) {
  const std::string both = " both write it; use different files";
  expect_refused(kExport + "--export sglang:x.json --export vllm:./x.json",
                 "x.json: --export sglang and --export vllm" + both);
  expect_refused(kExport + "--out x.json --export vllm:x.json",
                 "x.json: --out and --export vllm" + both);
  expect_refused(kExport + "--export tensorrt-llm:x.yaml --report x.yaml",
                 "x.yaml: --export tensorrt-llm and --report" + both);
  write("mine.json", "mine");
  expect_refused(kExport + "--out p.json --export sglang:mine.json",
                 "mine.json exists; use --force to replace it");
  EXPECT_EQ(content("mine.json"), "mine");
  expect_refused(kExport + "--export vllm:no/x.json",
                 "cannot write no/x.json: the folder no does not exist");
  expect_refused(kExport + "--layers 1:2 --out p.json --export sglang:x.json",
                 "sglang: a file of this format must begin with the first layer, but the placement "
                 "begins with "
                 "layer 1 of the loads; place all layers");
  expect_refused(kExport + "--export x.json",
                 "\"x.json\" has no file name; give FORMAT:PATH, for example sglang:plan.json", 2);
  expect_refused(kExport + "--export sglang:plan",
                 "\"sglang:plan\": the name of a file for sglang must end in .json", 2);
  expect_refused(kExport + "--export ollama:x.json",
                 "unknown engine format \"ollama\"; known: sglang, tensorrt-llm, vllm-ascend, "
                 "vllm",
                 2);
}

}  // namespace
}  // namespace evenkeel::test
