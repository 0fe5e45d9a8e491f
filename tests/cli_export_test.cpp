// balance --export: engine files from the command line.

#include <nlohmann/json.hpp>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

const std::string kExport = std::string("balance loads.csv") + kShape;

TEST_F(CommandTest, ExportsEngineFilesBesideAllOtherOutputs) {
  const Outcome run =
      shell("evenkeel " + kExport +
            "--export sglang:s.json --export tensorrt-llm:t.yaml --export "
            "vllm-assignments:b.json --export vllm:v.json --export sglang-jax:j.npy "
            "--out p.json --report r.html --quiet");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err, "");
  const auto plan = nlohmann::json::parse(content("p.json"));
  const auto rows = plan.at("phy2log");
  EXPECT_EQ(nlohmann::json::parse(content("v.json")), rows);
  const auto sglang = nlohmann::json::parse(content("s.json"));
  EXPECT_EQ(sglang.size(), 1u) << "SGLang rejects other keys";
  EXPECT_EQ(sglang.at("physical_to_logical_map"), rows);
  EXPECT_EQ(content("t.yaml").substr(0, 47), "num_slots: 6\ninitial_global_assignments:\n  0: [");
  const auto assignments =
      nlohmann::json::parse(content("b.json")).at("initial_global_assignments");
  EXPECT_EQ(assignments.at("1"), rows[1]);
  // score also reads the files of engines.
  for (const char* file : {"s.json", "v.json", "j.npy"}) {
    const Outcome scored =
        shell(std::string("evenkeel score loads.csv ") + file + " --gpus 2 --json");
    EXPECT_EQ(nlohmann::json::parse(scored.out).at("metrics"), plan.at("metrics")) << file;
  }
}

// Copies are apart here, which vllm-ascend and OmniPlacement need.
const std::string kApart = "balance loads.csv --gpus 2 --slots 4 ";

TEST_F(CommandTest, ExportsExpertsOfDevices) {
  ASSERT_EQ(
      shell("evenkeel " + kApart + "--out p.json --export vllm-ascend:a.json --export omni:o.npy")
          .status,
      0);
  const auto plan = nlohmann::json::parse(content("p.json"));
  const Outcome scored = shell("evenkeel score loads.csv a.json --json");
  EXPECT_EQ(nlohmann::json::parse(scored.out).at("metrics"), plan.at("metrics"));
  EXPECT_NE(content("o.npy").find("'shape': (2,2,4,)"), std::string::npos);
  expect_refused(
      kExport + "--replicate random --pack in_order --seed 5 --export vllm-ascend:x.json",
      " has two copies of expert ");
}

TEST_F(CommandTest, ExportsSayHowTheEngineIsStarted) {
  const std::string numbers =
      "evenkeel: note: the loads have no layer numbers: engines' files count them from 0; if the "
      "model has dense layers, give the numbers of the recorded layers with --moe-layers, for "
      "example --moe-layers 3:5\n";
  const std::string sglang =
      "evenkeel: note: start SGLang with: python -m sglang.launch_server ... --ep-size 2 "
      "--ep-num-redundant-experts 2 --init-expert-location s.json\n";
  const std::string tensorrt =
      "evenkeel: note: start TensorRT-LLM with: trtllm-serve ... --ep_size 2 "
      "--extra_llm_api_options OPTIONS.yaml, which has moe_config: {backend: WIDEEP, "
      "load_balancer: t.yaml}\n";
  const auto said = [&](const std::string& options) {
    return shell("evenkeel " + kExport + "--force --export " + options).err;
  };
  EXPECT_EQ(said("sglang:s.json"), numbers + sglang);
  EXPECT_EQ(said("tensorrt-llm:t.yaml --export sglang:s.json"), numbers + tensorrt + sglang);
  EXPECT_EQ(said("sglang:s.json --quiet"), "");
  EXPECT_EQ(said("vllm:v.json"),
            "evenkeel: note: no release of vLLM reads v.json; with its proposal #49572: vllm serve "
            "... --enable-expert-parallel --enable-eplb --eplb-config.num_redundant_experts 2 "
            "--eplb-config.initial_expert_map_path v.json\n");
  // A layer that is not placed.
  EXPECT_NE(
      said("sglang:s.json --layers 0:1")
          .find(
              "evenkeel: warning: sglang: the placement lacks layer 1 of the recording, where the "
              "engine starts as without a file\n"),
      std::string::npos);
  // A failed run says nothing of its files.
  const Outcome failed =
      shell("evenkeel " + kExport + "--export sglang:new.json --report no/r.html");
  EXPECT_EQ(failed.err, "evenkeel: cannot write no/r.html: the folder no does not exist\n");
}

TEST_F(CommandTest, ExportsLayersOfMultiTokenPrediction) {
  const Outcome run =
      shell("evenkeel " + kExport + "--export tensorrt-llm:t.yaml --export sglang:s.json --mtp 1");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(content("t.yaml").find("\n  2: [0, 1, 2, 2, 3, 0]\nlayer_updates_per_iter: 0\n"),
            std::string::npos)
      << content("t.yaml");
  EXPECT_NE(run.err.find("tensorrt-llm: added layer 2 for multi-token prediction, after layer 1, "),
            std::string::npos)
      << run.err;
  for (const char* number : {"-1", "129", "99999999999"}) {
    expect_refused(kExport + "--export tensorrt-llm:x.yaml --mtp " + number,
                   std::string("--mtp is ") + number + "; expected 0 to 128");
  }
  // A layer is not placed; what the sentence advises is right.
  expect_refused(kExport + "--export tensorrt-llm:x.yaml --mtp 1 --layers 0:1",
                 "tensorrt-llm: layers for multi-token prediction follow layer 1, the last one of "
                 "the recording, but the placement lacks layer 1; place all layers, without "
                 "--layers");
  expect_refused(kExport + "--mtp 1", "--mtp: needs --export tensorrt-llm:PATH", 2);
  expect_refused(kExport + "--export sglang:x.json --mtp 1",
                 "--mtp: needs --export tensorrt-llm:PATH", 2);
}

// Rows of dense layers have no load, as SGLang records them.
TEST_F(CommandTest, ExportsMoeLayersOfRecordingsWithDenseOnes) {
  write("rows.csv", "0,0,0,0\n0,0,0,0\n90,132,40,61\n4,73,56,183\n61,4,90,7\n");
  const auto numbers = [&](const std::string& yaml) {
    std::string found;
    for (int number = 0; number < 9; ++number) {
      if (yaml.find("\n  " + std::to_string(number) + ": [") != std::string::npos) {
        found += std::to_string(number);
      }
    }
    return found;
  };
  const std::string rows =
      "evenkeel balance rows.csv --gpus 2 --slots 4 --force --export vllm-ascend:a.json --export "
      "vllm:v.json --export sglang:s.json --export tensorrt-llm:t.yaml ";
  const Outcome all = shell(rows);
  ASSERT_EQ(all.status, 0) << all.err;
  EXPECT_EQ(all.err.find("layer numbers"), std::string::npos) << all.err;
  EXPECT_EQ(nlohmann::json::parse(content("a.json")).at("moe_layer_count"), 3);
  EXPECT_EQ(nlohmann::json::parse(content("v.json")).size(), 3u);
  EXPECT_EQ(nlohmann::json::parse(content("s.json")).at("physical_to_logical_map").size(), 5u);
  EXPECT_EQ(numbers(content("t.yaml")), "234");
  const std::string device_lists = content("a.json");
  const std::string assignments = content("t.yaml");
  // Their numbers are the model's in --layers, too.
  ASSERT_EQ(shell(rows + "--layers 2:5").status, 0);
  EXPECT_EQ(content("a.json"), device_lists);
  EXPECT_EQ(content("t.yaml"), assignments);
  EXPECT_EQ(nlohmann::json::parse(content("s.json")).at("physical_to_logical_map").size(), 5u);
  // The last ones may be missing, where the engine does not need them.
  const Outcome less = shell(rows + "--layers 2:4");
  EXPECT_NE(less.err.find("vllm: the placement lacks layer 4 of the recording"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(content("v.json")).size(), 2u);
  EXPECT_EQ(numbers(content("t.yaml")), "23");
  // The files are read back for what was placed; for all layers the sentence says what to select.
  for (const char* file : {"a.json", "v.json"}) {
    const std::string score =
        std::string("evenkeel score rows.csv --gpus 2 --json --quiet ") + file;
    const Outcome scored = shell(score + " --layers 2:4");
    ASSERT_EQ(scored.status, 0) << scored.err;
    EXPECT_EQ(nlohmann::json::parse(scored.out).at("map_hash"),
              nlohmann::json::parse(shell(rows + "--layers 2:4 --json --quiet").out).at("map_hash"))
        << file;
    EXPECT_EQ(shell(score + " --layers 0:4").status, 0);
  }
  expect_refused("score rows.csv --gpus 2 --quiet a.json",
                 "a.json: places 2 MoE layers, but the recording has 5 layers, 3 of them with "
                 "load; if it lacks the last ones, select the others with --layers 2:4");
  expect_refused("score rows.csv --gpus 2 --quiet a.json --layers 3:5",
                 "of which 2 are selected; if it lacks the last ones, select the others with "
                 "--layers 2:4");
  // Others may not; what the sentence advises is right.
  expect_refused("balance rows.csv --gpus 2 --slots 4 --layers 3:5 --export vllm:x.json",
                 "but the placement lacks layer 2; place all layers, without --layers");
}

const std::string kAllExports =
    " --export sglang:s.json --export tensorrt-llm:t.yaml --export vllm-ascend:a.json --export "
    "vllm:v.json --export vllm-assignments:b.json --export omni:o.npy --export sglang-jax:j.npy";
constexpr const char* kReadExports[] = {"s.json", "t.yaml", "a.json", "v.json",
                                        "b.json", "o.npy",  "j.npy"};

// The hash is the same, too: copies are numbered by slot here, as in files that do not say otherwise, and dense layers,
// which files of MoE layers leave out, have the initial placement.
TEST_F(CommandTest, ExportsAreReadBackAsTheSamePlacement) {
  write("moe.csv", "90,132,40,61\n4,73,56,183\n61,4,90,7\n");
  write("rows.csv", "0,0,0,0\n90,132,40,61\n0,0,0,0\n4,73,56,183\n61,4,90,7\n");
  write("numbers.csv", "layer,e0,e1,e2,e3\n2,9,1,1,4\n4,1,9,1,4\n6,1,1,9,4\n");
  for (const std::string loads : {"moe.csv", "moe.csv --moe-layers 3:6",
                                  "moe.csv --moe-layers 1:6:2", "rows.csv", "numbers.csv"}) {
    const Outcome made =
        shell("evenkeel balance " + loads +
              " --gpus 2 --slots 4 --strategy contiguous --json --quiet --force" + kAllExports);
    ASSERT_EQ(made.status, 0) << made.err;
    const auto placed = nlohmann::json::parse(made.out);
    for (const char* file : kReadExports) {
      const Outcome run =
          shell("evenkeel score " + loads + " " + file + " --gpus 2 --json --quiet");
      ASSERT_EQ(run.status, 0) << loads << ", " << file << ": " << run.err;
      const auto scored = nlohmann::json::parse(run.out);
      EXPECT_EQ(scored.at("metrics"), placed.at("metrics")) << loads << ", " << file;
      EXPECT_EQ(scored.at("hash"), placed.at("hash")) << loads << ", " << file;
    }
  }
}

// With any strategy the map hash is the same: it is about MoE layers alone, without the order of copies and of a GPU's
// slots.
TEST_F(CommandTest, ExportsHaveTheSameMapHash) {
  write("rows.csv", "0,0,0,0\n90,132,40,61\n0,0,0,0\n4,73,56,183\n61,4,90,7\n");
  write("moe.csv", "90,132,40,61\n4,73,56,183\n61,4,90,7\n");
  // By the default, rows of dense layers are not like an engine's initial placement: files that have these rows do not
  // say by themselves which layers are the MoE layers.
  ASSERT_EQ(shell("evenkeel balance rows.csv --gpus 2 --slots 6 --quiet --out k.json").status, 0);
  const Outcome asked = shell("evenkeel score moe.csv --json --quiet --gpus 2 k.json");
  EXPECT_NE(asked.err.find("say which layers of the model they are with --moe-layers"),
            std::string::npos)
      << asked.err;
  EXPECT_EQ(shell("evenkeel score moe.csv --quiet --moe-layers 1,3,4 k.json").status, 0);

  const Outcome made = shell(
      "evenkeel balance rows.csv --gpus 2 --slots 6 --strategy deepseek --apart --json "
      "--quiet --out p.json" +
      kAllExports);
  ASSERT_EQ(made.status, 0) << made.err;
  const auto placed = nlohmann::json::parse(made.out);
  for (const std::string file :
       {"p.json", "s.json", "t.yaml", "a.json", "v.json", "b.json", "o.npy", "j.npy"}) {
    const Outcome run = shell("evenkeel score rows.csv " + file + " --gpus 2 --json --quiet");
    ASSERT_EQ(run.status, 0) << file << ": " << run.err;
    const auto scored = nlohmann::json::parse(run.out);
    EXPECT_EQ(scored.at("metrics").at("balancedness"), placed.at("metrics").at("balancedness"));
    EXPECT_EQ(scored.at("map_hash"), placed.at("map_hash")) << file;
    // The next recording has the MoE layers alone; the sentence says what is missing.
    const Outcome next =
        shell("evenkeel score moe.csv --moe-layers 1,3,4 " + file + " --gpus 2 --json");
    ASSERT_EQ(next.status, 0) << file << ": " << next.err;
    const auto again = nlohmann::json::parse(next.out);
    EXPECT_EQ(again.at("map_hash"), scored.at("map_hash")) << file;
    const Outcome unnumbered = shell("evenkeel score moe.csv --json --quiet --gpus 2 " + file);
    if (unnumbered.status == 0) {
      EXPECT_EQ(nlohmann::json::parse(unnumbered.out).at("map_hash"), scored.at("map_hash"));
    } else {
      EXPECT_EQ(file, "j.npy");
      EXPECT_NE(
          unnumbered.err.find("if the model has dense layers, give the numbers of the recorded "
                              "layers with --moe-layers"),
          std::string::npos)
          << unnumbered.err;
    }
  }
}

// What the note advises gives the file that the engine needs.
TEST_F(CommandTest, ExportsFollowTheNumbersThatTheNoteAsksFor) {
  const std::string words = "evenkeel " + kExport + "--force --export tensorrt-llm:t.yaml ";
  const std::string said = shell(words).err;
  const std::string advice = "for example ";
  ASSERT_NE(said.find(advice), std::string::npos) << said;
  const std::size_t begin = said.find(advice) + advice.size();
  const Outcome run = shell(words + said.substr(begin, said.find('\n') - begin));
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err.find("layer numbers"), std::string::npos) << run.err;
  EXPECT_NE(content("t.yaml").find("assignments:\n  3: ["), std::string::npos);
  EXPECT_NE(content("t.yaml").find("\n  4: ["), std::string::npos);
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
  expect_refused(kExport + "--layers 1:2 --out p.json --export vllm:x.json",
                 "vllm: a file of this format begins with the first MoE layer of the model and has "
                 "all that follow, but the placement lacks layer 0; place all layers, without "
                 "--layers");
  expect_refused(kExport + "--export x.json",
                 "\"x.json\" has no file name; give FORMAT:PATH, for example sglang:plan.json", 2);
  expect_refused(kExport + "--export sglang:plan",
                 "\"sglang:plan\": the name of a file for sglang must end in .json", 2);
  expect_refused(kExport + "--export ollama:x.json",
                 "unknown engine format \"ollama\"; known: sglang, tensorrt-llm, vllm-ascend, "
                 "vllm, vllm-assignments, omni, sglang-jax",
                 2);
}

}  // namespace
}  // namespace evenkeel::test
