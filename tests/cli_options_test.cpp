// Combinations of options: no given option is ignored.

#include <array>
#include <nlohmann/json.hpp>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

TEST_F(CommandTest, SynthTakesEveryOptionThatIsGiven) {
  expect_refused("synth mixtral-8x7b,steps=10 --steps 300 --out x.npy",
                 "synthetic trace: steps is given twice; give it once");
  expect_refused("synth mixtral-8x7b,seed=1 --seed 0 --out x.npy", "seed is given twice");
  expect_refused("synth mixtral-8x7b --seed -1 --out x.npy",
                 "seed=\"-1\"; expected a whole number from 0 to 18446744073709551615");
  for (const char* option : {"--out x.npy", "--steps 5", "--seed 5", "--skew 1", "--force"}) {
    expect_refused(std::string("synth ") + option, "PRESET with --", 2);
  }
  expect_refused("synth '' --out x.npy", "unknown preset \"\"");
  const std::string most = "18446744073709551615";
  const Outcome run = shell("evenkeel synth mixtral-8x7b,steps=2 --out m.npy --seed " + most);
  ASSERT_EQ(run.status, 0) << run.err;
  ASSERT_EQ(shell("evenkeel synth mixtral-8x7b,steps=2,seed=" + most + " --out n.npy").status, 0);
  EXPECT_EQ(content("m.npy"), content("n.npy"));
}

TEST_F(CommandTest, BenchRefusesWhatItWouldIgnore) {
  for (const char* option : {"--trace m.npy", "--layers 2", "--experts 8", "--slots 8", "--gpus 2",
                             "--nodes 2", "--groups 2", "--policy global"}) {
    expect_refused(std::string("bench --standard ") + option,
                   "cannot be combined with --standard, which has its own shapes", 2);
  }
  for (const char* option : {"--layers 2", "--experts 8", "--rows 5", "--repeats 2"}) {
    expect_refused(std::string("bench --trace m.npy ") + option,
                   "cannot be combined with --trace, which has its own loads", 2);
  }
  expect_refused("bench --window 10", "--window: needs --trace FILE", 2);
  expect_refused("balance loads.csv --gpus 2 --slots 6 --out x.npy",
                 "use --format npy and a folder", 2);
  expect_refused("synth gptoss", "unknown preset \"gptoss\"");
}

TEST_F(CommandTest, NodesAndGroupsHaveTheirDefaultsEach) {
  const auto shape_of = [&](const std::string& arguments) {
    const Outcome run = shell("evenkeel " + arguments + " --json");
    EXPECT_EQ(run.status, 0) << arguments << run.err;
    const auto shape = nlohmann::json::parse(run.out).at("shape");
    return std::array<int, 2>{shape.at("nodes"), shape.at("groups")};
  };
  using Shown = std::array<int, 2>;
  // A preset has the groups of its model and the nodes of its usual deployment.
  const std::string compare = "compare synth:deepseek-v3,steps=1 --strategies contiguous ";
  EXPECT_EQ(shape_of(compare), (Shown{4, 8}));
  EXPECT_EQ(shape_of(compare + "--nodes 2"), (Shown{2, 8}));
  EXPECT_EQ(shape_of(compare + "--groups 16"), (Shown{4, 16}));
  EXPECT_EQ(shape_of(compare + "--gpus 64 --redundant 64 --nodes 8"), (Shown{8, 8}));
  EXPECT_EQ(shape_of(compare + "--gpus 64 --redundant 64"), (Shown{1, 1}));
  // The same for a placement file.
  write("wide.csv", "100,90,80,70,1,1,1,1\n");
  ASSERT_EQ(shell("evenkeel balance wide.csv --gpus 4 --slots 8 --nodes 2 --groups 4 --out p.json")
                .status,
            0);
  EXPECT_EQ(shape_of("score wide.csv p.json"), (Shown{2, 4}));
  EXPECT_EQ(shape_of("score wide.csv p.json --nodes 1"), (Shown{1, 4}));
  EXPECT_EQ(shape_of("score wide.csv p.json --groups 2"), (Shown{1, 1}));  // not kept whole
}

TEST_F(CommandTest, APlacementOfSomeLayersSaysWhich) {
  write("four.csv", "1,2,3,4\n90,1,1,1\n1,90,1,1\n1,1,90,1\n");
  const std::string balance = std::string("balance four.csv") + kShape;
  const auto json = [&](const std::string& arguments) {
    const Outcome run = shell("evenkeel " + arguments + " --json");
    EXPECT_EQ(run.status, 0) << arguments << run.err;
    return nlohmann::json::parse(run.out);
  };
  const auto written = json(balance + "--layers 1:3 --out p.json");
  EXPECT_EQ(written.at("first_layer"), 1);
  EXPECT_EQ(nlohmann::json::parse(content("p.json")).at("first_layer"), 1);
  EXPECT_EQ(json("score four.csv p.json --layers 1:3").at("hash"), written.at("hash"));
  EXPECT_EQ(json("score four.csv p.json --layers 2:3").at("metrics").at("layers")[0],
            written.at("metrics").at("layers")[1]);
  const std::string rows =
      "p.json: places rows 1:3 of a recording without layer numbers, but the loads ";
  const std::string advice = "; select rows that are in both with --layers ";
  expect_refused("score four.csv p.json", rows + "are rows 0:4" + advice + "1:3");
  expect_refused("score four.csv p.json --layers 2:4", rows + "are rows 2:4" + advice + "2");
  expect_refused("score four.csv --moe-layers 0:4 --layers 2:4 p.json",
                 rows + "have the model's, 0:4; make it again with --moe-layers");
  // A file that does not say that its numbers count rows.
  shell("grep -v numbering p.json > silent.json");
  const std::string words =
      "silent.json: places layers 1:3 of the model, but the 4 layers of the loads have no numbers; "
      "say which layers of the model they are with --moe-layers; if the placement counts the same "
      "rows, select those in both with --layers ";
  expect_refused("score four.csv silent.json", words + "1:3");
  expect_refused("score four.csv silent.json --layers 2:4", words + "2");
  expect_refused("score four.csv --moe-layers 0:4 --layers 2:4 silent.json",
                 "silent.json: places layers 1:3 of the model, but the loads are of layers 2:4; "
                 "select layers that are in both with --layers 2");
  for (const std::string command : {"balance", "compare"}) {
    expect_refused(command + " four.csv --layers 0:2 --previous p.json" + kShape,
                   rows + "are rows 0:2" + advice + "1");
  }
  EXPECT_EQ(json(balance + "--layers 1:3 --previous p.json").at("metrics").at("moved_slots"), 0);
  // A file without layer numbers is assumed to have the layers of the loads.
  shell("grep -v first_layer p.json > old.json");
  json("score four.csv old.json --layers 2:4");
  expect_refused("score four.csv old.json",
                 "old.json: places 2 layers, but the recording has 4 layers");
  // A placement of all layers, numbered or not, can be used for a slice of layers.
  json(balance + "--out all.json");
  shell("grep -v first_layer all.json > old_all.json");
  EXPECT_EQ(json("score four.csv all.json --layers 2:3"),
            json("score four.csv old_all.json --layers 2:3"));
}

TEST_F(CommandTest, AScoreBalancesNothing) {
  ASSERT_EQ(shell(std::string("evenkeel balance loads.csv --out p.json") + kShape).status, 0);
  EXPECT_EQ(shell("evenkeel score loads.csv p.json --nodes 2 --groups 1").err,
            "evenkeel: note: 1 group cannot be shared equally by 2 nodes: nodes and groups are "
            "ignored, as with --policy global\n");
}

}  // namespace
}  // namespace evenkeel::test
