// Numbers of layers on the command line: what recordings say, --moe-layers and --layers.

#include <nlohmann/json.hpp>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

class CommandLayersTest : public CommandTest {
 protected:
  nlohmann::json json(const std::string& arguments) const {
    const Outcome run = shell("evenkeel " + arguments + " --json");
    EXPECT_EQ(run.status, 0) << arguments << "\n" << run.err;
    return nlohmann::json::parse(run.out, nullptr, false);
  }
  std::string said(const std::string& arguments) const {
    const Outcome run = shell("evenkeel " + arguments + " --json");
    EXPECT_EQ(run.status, 0) << arguments << "\n" << run.err;
    return run.err;
  }
};

TEST_F(CommandLayersTest, FiguresLeaveDenseLayersOut) {
  write("moe.csv", "9,3,2,1\n1,1,5,8\n");
  write("sglang.csv", "0,0,0,0\n0,0,0,0\n9,3,2,1\n1,1,5,8\n");
  EXPECT_EQ(said(std::string("balance sglang.csv") + kShape),
            "evenkeel: note: layers 0:2 have no load in any step: taken for dense layers, which "
            "figures and maps of MoE layers leave out\n");
  const auto all = json(std::string("balance sglang.csv") + kShape);
  const auto moe = json(std::string("balance moe.csv --moe-layers 2:4") + kShape);
  EXPECT_EQ(all.at("metrics").at("layers").size(), 4u) << "JSON has all rows";
  EXPECT_EQ(all.at("metrics").at("layers")[2], moe.at("metrics").at("layers")[0]);
  for (const auto& [name, value] : moe.at("metrics").items()) {
    if (name == "layers") continue;
    EXPECT_EQ(all.at("metrics").at(name), value) << name;
  }
  write("no.csv", "0,0,0,0\n0,0,0,0\n");
  EXPECT_EQ(json(std::string("balance no.csv") + kShape).at("metrics").at("empty_layers"), 2)
      << "without any load nothing is left out";
}

TEST_F(CommandLayersTest, ALayerWithLoadInOtherStepsIsNotDense) {
  write("steps.csv", "step,layer,e0,e1\n0,0,0,0\n0,1,4,3\n1,0,1,1\n1,1,1,1\n");
  write("steps.json", "[[[0, 0], [4, 3]], [[1, 1], [1, 1]]]");
  for (const char* file : {"steps.csv", "steps.json"}) {
    const std::string balance = std::string("balance ") + file + " --gpus 2 --slots 2 ";
    EXPECT_EQ(said(balance + "--steps 0:1"),
              "evenkeel: warning: 1 of 2 layers has no load; any placement of it is as good as "
              "another, and it counts as balanced\n");
    EXPECT_EQ(said(balance), "");
  }
}

TEST_F(CommandLayersTest, LayersAreSelectedByTheModelsNumbers) {
  write("four.csv", "1,2,3,4\n90,1,1,1\n1,90,1,1\n1,1,90,1\n");
  const auto numbers = [&](const std::string& options) {
    std::string text;
    const auto result = json("balance four.csv " + options + kShape);
    for (const auto& layer : result.at("metrics").at("layers")) {
      text += std::to_string(layer.at("layer").get<int>()) + " ";
    }
    return text;
  };
  EXPECT_EQ(numbers("--layers 1:3"), "1 2 ");
  EXPECT_EQ(numbers("--layers 2"), "2 ");
  EXPECT_EQ(numbers("--layers 0,2:4"), "0 2 3 ");
  EXPECT_EQ(numbers("--layers 1::2"), "1 3 ");
  EXPECT_EQ(numbers("--moe-layers 3:7"), "3 4 5 6 ");
  EXPECT_EQ(numbers("--moe-layers 1:8:2 --layers 3:6"), "3 5 ");
  EXPECT_EQ(numbers("--first-moe-layer 3 --layers 5"), "5 ");
  const std::string balance = std::string("balance four.csv") + kShape;
  expect_refused(balance + "--moe-layers 3:6",
                 "four.csv: 3:6 are 3 layers, but the recording has 4; expected a number for each");
  expect_refused(balance + "--layers 2:5",
                 "four.csv: layers 2:5 are not within the available layers 0:4");
  expect_refused(balance + "--moe-layers 3:7 --layers 1",
                 "four.csv: layer 1 is not within the available layers 3:7");
  expect_refused(balance + "--layers 3:1",
                 "--layers is \"3:1\"; expected layers A:B, A:B:STEP, single numbers, or several "
                 "of these with commas, ascending; for example 3:61",
                 2);
  expect_refused(balance + "--moe-layers x", "--moe-layers is \"x\"; expected layers such as", 2);
  for (const char* number : {"-1", "129", "99999999999", "x"}) {
    expect_refused(balance + "--first-moe-layer " + number,
                   std::string("--first-moe-layer is \"") + number + "\"; expected 0 to 128", 2);
  }
}

TEST_F(CommandLayersTest, NumbersThatTheRecordingSaysStay) {
  write("three.csv", "layer,e0,e1\n3,1,2\n4,3,4\n5,5,1\n");
  const std::string balance = "balance three.csv --gpus 2 --slots 2 ";
  EXPECT_EQ(json(balance).at("first_layer"), 3);
  EXPECT_NE(said(balance + "--first-moe-layer 3").find("saying them again changes nothing"),
            std::string::npos);
  expect_refused(balance + "--moe-layers 0:3",
                 "three.csv: the recording says that its layers are 3:6, not 0:3");
  // Rows of dense layers say it, too.
  write("dense.csv", "0,0\n0,0\n4,3\n1,2\n3,9\n");
  const std::string dense = "balance dense.csv --gpus 2 --slots 2 ";
  EXPECT_NE(said(dense + "--layers 2:4 --first-moe-layer 2").find("changes nothing"),
            std::string::npos);
  EXPECT_EQ(json(dense + "--layers 2:4 --first-moe-layer 2").at("first_layer"), 2);
  expect_refused(dense + "--moe-layers 1:4",
                 "dense.csv: the recording has a row for each of 5 layers, dense ones too: those "
                 "with load are 2:5, not 1:4");
}

// ---- a placement of one recording on another of the same model

TEST_F(CommandLayersTest, PlacementsMeetOtherRecordingsByNumber) {
  write("moe.csv", "9,3,2,1\n1,1,5,8\n7,1,1,1\n");
  write("sglang.csv", "0,0,0,0\n9,3,2,1\n1,1,5,8\n7,1,1,1\n");
  const auto written = json(std::string("balance sglang.csv --layers 1:4 --out p.json") + kShape);
  // Rows without numbers, as many as the placement has, are taken for its layers.
  const auto scored = json("score moe.csv p.json");
  EXPECT_EQ(scored.at("hash"), written.at("hash"));
  EXPECT_EQ(scored.at("metrics"), written.at("metrics"));
  EXPECT_NE(said("score moe.csv p.json").find("taken for layers 1:4 of the model, which p.json"),
            std::string::npos);
  // Of a part of them nobody knows which they are; what the sentence advises is right.
  expect_refused("score moe.csv p.json --layers 1:3",
                 "p.json: places layers 1:4 of the model, but the 3 layers of the loads have no "
                 "numbers; say which layers of the model they are with --moe-layers");
  EXPECT_EQ(json("score moe.csv p.json --moe-layers 1:4 --layers 1:3").at("metrics"),
            json("score sglang.csv p.json --layers 1:3").at("metrics"));
  // Dense layers need no row in the placement.
  EXPECT_EQ(json("score sglang.csv p.json").at("metrics").at("balancedness"),
            written.at("metrics").at("balancedness"));
  EXPECT_EQ(json(std::string("balance sglang.csv --previous p.json") + kShape)
                .at("metrics")
                .at("moved_slots"),
            0);
  // The other way round: numbers that only counted rows.
  json(std::string("balance moe.csv --out counted.json") + kShape);
  expect_refused(
      "score sglang.csv counted.json --quiet",
      "counted.json: places rows 0:3 of a recording without layer numbers, but the loads "
      "have the model's, 0:4; make it again with --moe-layers 1:4");
  // A file that does not say that its numbers count rows.
  shell("grep -v numbering counted.json > silent.json");
  expect_refused(
      "score sglang.csv silent.json --quiet",
      "silent.json: places layers 0:3 of the model, but the loads are of layers 0:4; if "
      "it was made from rows without layer numbers, make it again with --moe-layers 1:4");
  json(std::string("balance moe.csv --moe-layers 1:4 --force --out counted.json") + kShape);
  EXPECT_EQ(json("score sglang.csv counted.json").at("metrics").at("balancedness"),
            written.at("metrics").at("balancedness"));
}

// Row numbers of one recording are not the numbers of another.
TEST_F(CommandLayersTest, PlacementsOfRowsWithoutNumbersSaySo) {
  write("moe.csv", "9,3,2,1\n1,1,5,8\n7,1,1,1\n");
  write("numbered.csv", "layer,e0,e1,e2,e3\n1,9,3,2,1\n2,1,1,5,8\n3,7,1,1,1\n");
  json(std::string("balance moe.csv --layers 1:3 --out rows.json") + kShape);
  EXPECT_NE(content("rows.json").find("\"numbering\": \"rows\""), std::string::npos);
  json("score moe.csv rows.json --layers 1:3");
  expect_refused("score numbered.csv rows.json --layers 1:3",
                 "rows.json: places rows 1:3 of a recording without layer numbers, but the loads "
                 "have the model's, 1:4; make it again with --moe-layers");
  const auto written =
      json(std::string("balance moe.csv --moe-layers 1:4 --layers 2:4 --force --out rows.json") +
           kShape);
  EXPECT_EQ(content("rows.json").find("numbering"), std::string::npos);
  EXPECT_EQ(json("score numbered.csv rows.json --layers 2:4").at("metrics"), written.at("metrics"));
  write("odd.json", R"({"phy2log": [[0, 1, 2, 3]], "first_layer": 0, "numbering": 3})");
  expect_refused("score moe.csv odd.json --gpus 2",
                 "odd.json: \"numbering\" is a number; expected \"rows\" or \"model\"");
}

TEST_F(CommandLayersTest, CountsOfSlotsMeetNumberedMaps) {
  write("map.json", R"({"phy2log": [[0, 1, 0], [1, 0, 1]], "first_layer": 3})");
  write("slots.csv", "1,2,3\n4,5,6\n");
  const std::string balance = "balance slots.csv --gpus 1 --slots 2 --counted-under map.json ";
  expect_refused(balance,
                 "slots.csv: line 1 (step 0, layer 0): the map under which slots were counted has "
                 "no layer 0; say with --moe-layers which layers of the model the rows are, or "
                 "give a map of all layers with load");
  expect_refused(balance + "--moe-layers 4:6",
                 "slots.csv: line 2 (step 0, layer 1): the map under which slots were counted has "
                 "no layer 5; expected a map of all layers with load");
  expect_refused(balance + "--moe-layers 3:4",
                 "slots.csv: line 2 (step 0, layer 1): --moe-layers 3 has no number for it");
  write("folded.csv", "4,2\n5,10\n");
  EXPECT_EQ(json(balance + "--moe-layers 3:5").at("metrics"),
            json("balance folded.csv --gpus 1 --slots 2 --moe-layers 3:5").at("metrics"));
}

TEST_F(CommandLayersTest, ASentenceAboutRowsWithoutNumbersLeadsToTheRightLayers) {
  // Every second layer has experts; the map places the first of them.
  write("maverick.csv", "9,3,2,1\n1,1,5,8\n7,1,1,1\n");
  write("map.yaml", "initial_global_assignments:\n  1: [0, 1, 2, 3, 0, 0]\n");
  expect_refused("score maverick.csv map.yaml --gpus 2",
                 "map.yaml: places layer 1 of the model, but the 3 layers of the loads have no "
                 "numbers; say which layers of the model they are with --moe-layers; if the "
                 "placement counts the same rows, select those in both with --layers 1");
  expect_refused("score maverick.csv map.yaml --gpus 2 --moe-layers 1:6:2",
                 "map.yaml: places layer 1 of the model, but the loads are of layers 1:6:2; select "
                 "layers that are in both with --layers 1");
  write("first.csv", "9,3,2,1\n");
  EXPECT_EQ(
      json("score maverick.csv map.yaml --gpus 2 --moe-layers 1:6:2 --layers 1").at("metrics"),
      json("score first.csv map.yaml --gpus 2 --moe-layers 1").at("metrics"));
  // Without the model's numbers --layers counts rows, which is said.
  EXPECT_EQ(
      said("score maverick.csv map.yaml --gpus 2 --layers 1"),
      "evenkeel: note: the loads have no layer numbers: taken for layers 0:3 of the model, of "
      "which map.yaml places 1; if they are others, say which layers of the model they are "
      "with --moe-layers\n");
}

TEST_F(CommandLayersTest, AMoeLayerWithoutLoadIsNotReasonToShiftAPlacement) {
  write("moe.csv", "9,3,2,1\n0,0,0,0\n7,1,1,1\n");
  const std::string moe = std::string("balance moe.csv") + kShape;
  json(moe + "--moe-layers 3:6 --out p.json");
  expect_refused("score moe.csv p.json --quiet",
                 "p.json: places layers 3:6 of the model, but the loads are of layers 0:3; if the "
                 "rows are the same layers, of which 1 had no load, say so with --moe-layers 3:6");
  const auto scored = json("score moe.csv p.json --moe-layers 3:6");
  EXPECT_EQ(scored.at("metrics"), json(moe + "--moe-layers 3:6").at("metrics"));
  // Part of a model: both ways are said.
  json(moe + "--moe-layers 2:5 --layers 2:4 --force --out p.json");
  expect_refused("score moe.csv p.json --quiet",
                 "p.json: places layers 2:4 of the model, but the loads are of layers 0:3; select "
                 "layers that are in both with --layers 2; if the rows are other layers of the "
                 "model, say which with --moe-layers");
  EXPECT_EQ(json("score moe.csv p.json --moe-layers 2:5 --layers 2:4").at("metrics"),
            json(moe + "--moe-layers 2:5 --layers 2:4").at("metrics"));
}

TEST_F(CommandLayersTest, NumbersThatMayCountRowsAreSaidWhereSomeFit) {
  write("moe.csv", "9,3,2,1\n1,1,5,8\n7,1,1,1\n");
  write("sglang.csv", "0,0,0,0\n9,3,2,1\n1,1,5,8\n7,1,1,1\n");
  json(std::string("balance moe.csv --out counted.json") + kShape);
  expect_refused(
      "score sglang.csv counted.json --layers 1:3",
      "counted.json: places rows 0:3 of a recording without layer numbers, but the loads "
      "have the model's, 0:4; make it again with --moe-layers 1:4");
  shell("grep -v numbering counted.json > silent.json");
  EXPECT_EQ(said("score sglang.csv silent.json --layers 1:3"),
            "evenkeel: note: silent.json places layers 0:3 of the model, while the MoE layers of "
            "the recording are 1:4; if it was made from rows without layer numbers, make it again "
            "with --moe-layers 1:4\n");
  json(std::string("balance moe.csv --moe-layers 1:4 --force --out counted.json") + kShape);
  EXPECT_EQ(said("score sglang.csv counted.json --layers 1:3"), "");
}

TEST_F(CommandLayersTest, ThePreviousPlacementMaySayTheNumbersOfAll) {
  write("moe.csv", "9,3,2,1\n1,1,5,8\n");
  write("rows.json", "[[0, 1, 2, 3], [3, 2, 1, 0]]");
  write("trt.yaml", "initial_global_assignments:\n  3: [0, 1, 2, 3]\n  4: [0, 1, 2, 3]\n");
  const auto scored = json("score moe.csv rows.json --gpus 2 --previous trt.yaml");
  EXPECT_EQ(scored.at("first_layer"), 3);
  EXPECT_EQ(scored.at("metrics").at("moved_slots"), 4);
  write("counted.json", R"({"phy2log": [[0, 1, 2, 3], [3, 2, 1, 0]], "first_layer": 0})");
  expect_refused(
      "score moe.csv counted.json --gpus 2 --previous trt.yaml --quiet",
      "counted.json: places layers 0:2 of the model, but the loads are of layers 3:5; if "
      "it was made from rows without layer numbers, make it again with --moe-layers 3:5");
}

TEST_F(CommandLayersTest, CountsOfSlotsDoNotMeetOtherLayersOfALongerMap) {
  write("sglang.json",
        R"({"physical_to_logical_map": [[0, 1, 0], [0, 0, 1], [1, 0, 1]]})");  // the first is dense
  const std::string shape = " --gpus 1 --slots 2 --counted-under ";
  write("moe.csv", "1,2,3\n4,5,6\n");
  write("folded.csv", "3,3\n5,10\n");
  expect_refused("balance moe.csv" + shape + "sglang.json",
                 "moe.csv: the map under which slots were counted has layers 0:3 of the model, but "
                 "the 2 layers of the loads have no numbers; say which layers of the model they "
                 "are with --moe-layers");
  const auto folded = json("balance folded.csv --gpus 1 --slots 2 --moe-layers 1:3");
  EXPECT_EQ(json("balance moe.csv --moe-layers 1:3" + shape + "sglang.json").at("metrics"),
            folded.at("metrics"));
  // A row without load makes numbers likely, not certain.
  write("quiet.csv", "1,2,3\n0,0,0\n");
  EXPECT_NE(said("balance quiet.csv" + shape + "sglang.json")
                .find("has layers 0:3 of the model, but the rows of the loads are taken for layers "
                      "0:2, because some have no load; if they are others, say which with "
                      "--moe-layers"),
            std::string::npos);
  EXPECT_EQ(json("balance quiet.csv --moe-layers 1:3" + shape + "sglang.json").at("first_layer"),
            1);
  // Rows of dense layers need none in the map.
  write("all.csv", "0,0,0\n1,2,3\n4,5,6\n");
  write("trt.yaml", "initial_global_assignments:\n  1: [0, 0, 1]\n  2: [1, 0, 1]\n");
  const auto all = json("balance all.csv" + shape + "trt.yaml");
  EXPECT_EQ(all.at("metrics").at("layers")[1], folded.at("metrics").at("layers")[0]);
  EXPECT_EQ(all.at("metrics").at("balancedness"), folded.at("metrics").at("balancedness"));
  // One row is that of all layers, which is said.
  write("one.json", "[[0, 0, 1]]");
  EXPECT_EQ(said("balance moe.csv" + shape + "one.json"),
            "evenkeel: note: one.json: the map of one layer, taken for all layers\n");
}

TEST_F(CommandLayersTest, APreviousPlacementThatDoesNotSayItsGpusIsTakenForTodays) {
  write("moe.csv", "9,3,2,1\n1,1,5,8\n");
  write("p.json", "[[0, 1, 2, 3], [0, 1, 2, 3]]");
  const std::string balance = "balance moe.csv --gpus 2 --previous p.json --slots ";
  for (const char* slots : {"6", "4"}) {
    EXPECT_EQ(said(balance + slots),
              "evenkeel: note: p.json does not say on how many GPUs its 4 slots are: taken for 2, "
              "as many as now\n");
  }
  write("ours.json", R"({"phy2log": [[0, 1, 2, 3], [0, 1, 2, 3]], "first_layer": 0,
    "shape": {"layers": 2, "experts": 4, "slots": 4, "gpus": 4}})");
  EXPECT_EQ(said("balance moe.csv --gpus 2 --slots 6 --previous ours.json"), "");
}

}  // namespace
}  // namespace evenkeel::test
