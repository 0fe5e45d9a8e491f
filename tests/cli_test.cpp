// The command from a user's point of view: what it prints and writes.

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/model/strategies.hpp"
#include "tests/cli_fixture.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

TEST_F(CommandTest, PrintsATableThatFitsEightyColumns) {
  for (const char* command :
       {"evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4",
        "evenkeel balance loads.csv --gpus 2 --redundant 2 --strategy random --seed 5",
        "evenkeel strategies", "evenkeel strategies --stages",
        "evenkeel compare example:deepseek --gpus 8 --slots 16 --nodes 1 --groups 1 --fixup "
        "best_of_four_second "
        "--tail three_quotients --pack greedy_binary64 --refine nearest_difference",
        "evenkeel compare --help", "evenkeel bench --rows 10 --repeats 1", "evenkeel --help",
        "evenkeel balance --help", "evenkeel score --help", "evenkeel bench --help",
        "evenkeel strategies --help", "evenkeel sweep --help", "evenkeel synth --help"}) {
    const Outcome run = shell(command);
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(run.out.find('\x1b'), std::string::npos) << "colour outside a terminal";
    std::istringstream lines(run.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  }
  EXPECT_NE(shell("evenkeel balance --help").out.find("Examples:"), std::string::npos);
}

TEST_F(CommandTest, JsonHasTheDocumentedShape) {
  const Outcome run = shell(std::string("evenkeel balance loads.csv --json") + kShape);
  ASSERT_EQ(run.status, 0) << run.err;
  const auto object = nlohmann::json::parse(run.out);
  EXPECT_EQ(object.size(), 10u);
  EXPECT_EQ(object.at("format"), 2);
  EXPECT_EQ(object.at("seed"), 0);
  EXPECT_EQ(object.at("first_layer"), 0);
  EXPECT_EQ(object.at("shape"),
            nlohmann::json::parse(R"({"layers": 2, "experts": 4, "slots": 6, "gpus": 2,
                                      "nodes": 1, "groups": 1})"));
  EXPECT_EQ(object.at("strategy"), "keel");
  EXPECT_TRUE(object.at("stages").is_null());
  EXPECT_EQ(object.at("backend"), "cpu");
  EXPECT_EQ(object.at("hash").get<std::string>().size(), 16u);
  EXPECT_EQ(object.at("map_hash").get<std::string>().size(), 16u);
  EXPECT_EQ(object.at("metrics").at("layers").size(), 2u);
  EXPECT_TRUE(object.at("metrics").at("moved_slots").is_null());
}

// Two steps whose hot GPUs differ: their sum is perfectly balanced, and GPUs wait in each of them.
TEST_F(CommandTest, ASumDoesNotHideItsSteps) {
  write("steps.csv", "step,layer,e0,e1,e2,e3\n0,0,19,0,1,0\n1,0,1,0,19,0\n");
  write("map.json", R"({"physical_to_logical_map": [[0, 1, 2, 3]]})");
  const Outcome table = shell("evenkeel score steps.csv map.json --gpus 2");
  ASSERT_EQ(table.status, 0) << table.err;
  const std::pair<std::string, std::string> rows[] = {{"balancedness", "1.0000"},
                                                      {"balancedness by step", "0.5263"},
                                                      {"by load and by step", "0.5263"},
                                                      {"imbalance by step", "90.00 %"},
                                                      {"imbalance in 95 % of steps", "90.00 %"}};
  for (const auto& [label, value] : rows) {
    const std::size_t at = table.out.find("\n" + label + "  ");
    ASSERT_NE(at, std::string::npos) << label << table.out;
    const std::string line = table.out.substr(at + 1, table.out.find('\n', at + 1) - at - 1);
    EXPECT_EQ(line.substr(line.size() - value.size()), value) << line;
  }
  const auto by_step = nlohmann::json::parse(
      shell("evenkeel score steps.csv map.json --gpus 2 --json").out)["metrics"];
  EXPECT_EQ(by_step.at("imbalance"), 0.0);
  EXPECT_DOUBLE_EQ(by_step.at("layers")[0].at("step_imbalance"), 0.9);
  // One step, or one sum of steps, has no figures by step.
  const Outcome one = shell("evenkeel score steps.csv --steps 0:1 map.json --gpus 2");
  EXPECT_NE(one.out.find("\nfigures by step: none, "), std::string::npos) << one.out;
  EXPECT_EQ(one.out.find("balancedness by step"), std::string::npos) << one.out;
  const auto sum = nlohmann::json::parse(
      shell("evenkeel score loads.csv map.json --gpus 2 --layers 0 --json").out)["metrics"];
  EXPECT_TRUE(sum.at("step_imbalance").is_null());
  EXPECT_TRUE(sum.at("layers")[0].at("step_imbalance_p95").is_null());
}

TEST_F(CommandTest, NoBalancerHasNoRedundantExperts) {
  const Outcome balance = shell("evenkeel balance loads.csv --gpus 2 --slots 6");
  EXPECT_NE(balance.out.find("\nno balancer: contiguous, no redundant experts (4 slots)\n"),
            std::string::npos)
      << balance.out;
  const auto plain = nlohmann::json::parse(
      shell("evenkeel balance loads.csv --gpus 2 --slots 4 --strategy contiguous --json").out);
  char figure[16];
  std::snprintf(figure, sizeof figure, " %.4f ",
                plain.at("metrics").at("balancedness").get<double>());
  EXPECT_NE(balance.out.find(figure), std::string::npos) << balance.out;
  const Outcome shared = shell("evenkeel compare loads.csv --gpus 3 --slots 9 --strategies keel");
  EXPECT_NE(
      shared.out.find("\nno balancer: contiguous, 6 slots, the fewest that 3 GPUs can share\n"),
      std::string::npos)
      << shared.out;
}

TEST_F(CommandTest, WritesReadsAndScoresItsPlacements) {
  const Outcome written =
      shell(std::string("evenkeel balance loads.csv --out p.json --json") + kShape);
  ASSERT_EQ(written.status, 0) << written.err;
  const auto result = nlohmann::json::parse(written.out);
  const auto file = nlohmann::json::parse(content("p.json"));
  EXPECT_EQ(file.at("hash"), result.at("hash"));
  EXPECT_EQ(file.at("phy2log").size(), 2u);
  EXPECT_EQ(file.at("phy2log")[0].size(), 6u);
  EXPECT_EQ(file.at("logcnt")[0].size(), 4u);

  ASSERT_EQ(shell(std::string("evenkeel balance loads.csv --out n --format npy") + kShape).status,
            0);
  for (const char* placement : {"p.json", "n", "n/phy2log.npy"}) {
    const Outcome score =
        shell(std::string("evenkeel score loads.csv --gpus 2 --json ") + placement);
    ASSERT_EQ(score.status, 0) << score.err;
    const auto scored = nlohmann::json::parse(score.out);
    EXPECT_EQ(scored.at("metrics"), result.at("metrics")) << placement;
    if (std::string(placement) != "n/phy2log.npy") {  // which does not number copies
      EXPECT_EQ(scored.at("hash"), result.at("hash")) << placement;
    }
    const Outcome moved =
        shell(std::string("evenkeel balance loads.csv --json --previous ") + placement + kShape);
    ASSERT_EQ(moved.status, 0) << moved.err;
    EXPECT_EQ(nlohmann::json::parse(moved.out).at("metrics").at("moved_slots"), 0) << placement;
  }
  const Outcome own =
      shell("evenkeel score loads.csv p.json --json");  // the file has the number of GPUs
  EXPECT_EQ(nlohmann::json::parse(own.out).at("hash"), result.at("hash"));
  // A placement of all layers can be used for a slice of layers.
  const Outcome slice = shell("evenkeel score loads.csv p.json --layers 1:2 --json");
  ASSERT_EQ(slice.status, 0) << slice.err;
  EXPECT_EQ(nlohmann::json::parse(slice.out).at("metrics").at("layers")[0],
            result.at("metrics").at("layers")[1]);
}

TEST_F(CommandTest, ReadsAndWritesStandardStreams) {
  const Outcome piped = shell(std::string("evenkeel balance - --json < loads.csv") + kShape);
  const Outcome direct = shell(std::string("evenkeel balance loads.csv --json") + kShape);
  ASSERT_EQ(piped.status, 0) << piped.err;
  EXPECT_EQ(piped.out, direct.out);
  const Outcome out = shell(std::string("cat loads.csv | evenkeel balance - --out -") + kShape);
  ASSERT_EQ(out.status, 0) << out.err;
  EXPECT_EQ(nlohmann::json::parse(out.out).at("hash"),
            nlohmann::json::parse(direct.out).at("hash"));
}

TEST_F(CommandTest, QuietPrintsNothingAndNotesGoToStandardError) {
  const std::string fallback = "evenkeel balance loads.csv --nodes 2 --groups 3 --gpus 2 --slots 6";
  const Outcome noted = shell(fallback);
  EXPECT_EQ(noted.status, 0);
  EXPECT_EQ(noted.err,
            "evenkeel: note: 3 groups cannot be shared equally by 2 nodes: nodes and "
            "groups are ignored, as with --policy global\n");
  const Outcome quiet = shell(fallback + " --quiet");
  EXPECT_EQ(quiet.status, 0);
  EXPECT_EQ(quiet.out + quiet.err, "");
}

TEST_F(CommandTest, WarnsOfLayersWithoutLoad) {
  write("empty.csv",
        "step,layer,e0,e1,e2,e3\n0,0,0,0,0,0\n0,1,4,3,2,1\n1,0,1,1,1,1\n1,1,1,1,1,1\n");
  const Outcome run = shell(std::string("evenkeel balance empty.csv --steps 0:1") + kShape);
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(
      run.err,
      "evenkeel: warning: 1 of 2 layers has no load; any placement of it is as good as another, "
      "and it counts as balanced\n");
}

TEST_F(CommandTest, ReplacesOnlyWithForce) {
  const std::string json = std::string("balance loads.csv --out p.json") + kShape;
  const std::string npy = std::string("balance loads.csv --format npy --out n") + kShape;
  for (const std::string& command : {json, npy}) {
    ASSERT_EQ(shell("evenkeel " + command).status, 0);
    expect_refused(command, " exists; use --force to replace it");
    EXPECT_EQ(shell("evenkeel " + command + " --force").status, 0);
  }
  write("p.json", "mine");
  expect_refused(json, "p.json exists; use --force to replace it");
  EXPECT_EQ(content("p.json"), "mine");
  expect_refused("balance loads.csv --out p.json --gpus 4 --slots 6 --force",
                 "6 slots cannot be shared equally by 4 GPUs");
  EXPECT_EQ(content("p.json"), "mine");
}

TEST_F(CommandTest, TheExampleIsAFileLikeAnyOther) {
  const std::string example = "balance example:deepseek --gpus 8 --slots 16 --json";
  expect_refused(example + " --steps 7:9",
                 "example:deepseek: steps 7:9 are not within the available steps 0:1");
  const auto one = nlohmann::json::parse(shell("evenkeel " + example + " --layers 1:2").out);
  EXPECT_EQ(one.at("shape").at("layers"), 1);
  EXPECT_EQ(one.at("metrics").at("layers")[0].at("layer"), 1);
}

TEST_F(CommandTest, ScoresGroupsOnlyWhereThePlacementKeepsThem) {
  // Groups 0-3 and 4-7; each GPU holds one of each: no group is on one node of two GPUs.
  write("wide.csv", "100,90,80,70,1,1,1,1\n");
  write("mixed.json", "[[0, 4, 1, 5, 2, 6, 3, 7]]");
  const std::string score =
      "evenkeel score wide.csv mixed.json --bounds cheap --gpus 4 --json --nodes 2 --groups 2";
  const Outcome run = shell(score);
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(
      run.err.find("group 0 is on nodes 0 and 1; a hierarchical placement keeps each group on "
                   "one node: scored against the global lower bound"),
      std::string::npos)
      << run.err;
  const auto global = nlohmann::json::parse(run.out);
  EXPECT_EQ(global.at("metrics").at("layers")[0].at("lower_bound"), 100);
  expect_refused(score.substr(9) + " --policy hierarchical", "mixed.json: layer 0: group 0 is on");
  write("two.csv", "1,1,1,1,1,1,1,1\n100,90,80,70,1,1,1,1\n");
  expect_refused(
      "score two.csv mixed.json --layers 1:2 --gpus 4 --nodes 2 --groups 2 --policy hierarchical",
      "mixed.json: layer 1: group 0 is on");
  // Our own placement files contain nodes and groups.
  ASSERT_EQ(shell("evenkeel balance wide.csv --gpus 4 --slots 8 --nodes 2 --groups 2 --out p.json")
                .status,
            0);
  const auto own = nlohmann::json::parse(shell("evenkeel score wide.csv p.json --json").out);
  EXPECT_EQ(own.at("shape").at("groups"), 2);
  EXPECT_EQ(own.at("metrics").at("layers")[0].at("lower_bound"), 170);
}

TEST_F(CommandTest, AllHostBackEndsPrintTheSameResult) {
  const std::string command =
      "evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4 --json "
      "--backend ";
  const auto expected = nlohmann::json::parse(shell(command + "cpu").out);
  for (const char* backend : {"emulated4", "emulated32"}) {
    auto actual = nlohmann::json::parse(shell(command + backend).out);
    EXPECT_EQ(actual.at("backend"), backend);
    actual["backend"] = "cpu";
    EXPECT_EQ(actual, expected);
  }
}

TEST_F(CommandTest, ComparesStrategiesAsTableJsonAndCsv) {
  const std::string command =
      "evenkeel compare example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4";
  const Outcome table = shell(command);
  ASSERT_EQ(table.status, 0) << table.err;
  EXPECT_NE(table.out.find("deepseek       0.8164  0.8050    22.52 %        5.34 %         0"),
            std::string::npos)
      << table.out;
  const Outcome cheap = shell(command + " --bounds cheap");
  EXPECT_NE(cheap.out.find("deepseek       0.8164  0.8050    22.52 %        8.81 %         0"),
            std::string::npos)
      << cheap.out;
  const auto object = nlohmann::json::parse(shell(command + " --json").out);
  const auto balanced = nlohmann::json::parse(
      shell("evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4 --json "
            "--strategy deepseek")
          .out);
  ASSERT_EQ(object.at("strategies").size(), 11u);
  EXPECT_EQ(object.at("strategies")[0].at("hash"), balanced.at("hash"));
  EXPECT_EQ(object.at("strategies")[0].at("metrics"), balanced.at("metrics"));
  EXPECT_GT(object.at("strategies")[0].at("us_per_layer"), 0);
  const Outcome csv = shell(command + " --csv --strategies random,deepseek");
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 3);
  EXPECT_NE(csv.out.find("\ndeepseek,0.816"), std::string::npos) << csv.out;
  expect_refused("compare loads.csv --gpus 2 --slots 6 --strategies deepseek,best",
                 "unknown strategy \"best\"");
}

TEST_F(CommandTest, TheDemoNeedsNothing) {
  for (int i = 0; i < 2; ++i) {
    const Outcome run = shell("evenkeel demo");
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_NE(run.out.find("Open evenkeel-report.html"), std::string::npos);
    EXPECT_EQ(content("evenkeel-report.html").substr(0, 15), "<!DOCTYPE html>");
  }
}

TEST_F(CommandTest, WritesReports) {
  const std::string balance = std::string("balance loads.csv --report r.html") + kShape;
  ASSERT_EQ(shell("evenkeel " + balance).status, 0);
  EXPECT_NE(content("r.html").find("evenkeel balance loads.csv --report r.html --gpus 2"),
            std::string::npos);
  expect_refused(balance, "r.html exists; use --force to replace it");
  ASSERT_EQ(shell(std::string("evenkeel balance loads.csv --out p.json") + kShape).status, 0);
  EXPECT_EQ(shell("evenkeel score loads.csv p.json --report r.html --force --quiet").status, 0);
  EXPECT_EQ(
      shell(std::string("evenkeel compare loads.csv --report c.html --quiet") + kShape).status, 0);
  EXPECT_TRUE(exists("c.html"));
}

TEST_F(CommandTest, BenchesATraceWindowByWindow) {
  ASSERT_EQ(shell("evenkeel synth mixtral-8x7b --steps 25 --out m.npy").status, 0);
  const std::string bench = "evenkeel bench --trace m.npy --gpus 4 --slots 12 ";
  const Outcome run = shell(bench + "--window 10 --strategy random --strategy deepseek");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("3 windows of 10 steps"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\nrandom "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\ndeepseek "), std::string::npos) << run.out;
  const auto objects = nlohmann::json::parse(shell(bench + "--json").out);
  ASSERT_EQ(objects.size(), strategies().size());
  EXPECT_EQ(objects[2].at("strategy"), strategies()[2].name);
  EXPECT_EQ(objects[2].at("layers"), 32);
  EXPECT_EQ(objects[2].at("windows"), 1);
  EXPECT_EQ(objects[2].at("steps_per_window"), 25);  // not the 300 of --window
  EXPECT_GT(objects[2].at("rows_per_s"), 0);
}

// Loads of one byte with a window at every step are passed to the back end unsummed; the same loads as
// four-byte integers are summed by the reader.
TEST_F(CommandTest, BenchesWindowsThatOverlap) {
  std::string narrow;
  std::string wide;
  for (int i = 0; i < 30 * 2 * 8; ++i) {
    narrow += static_cast<char>(i * i % 23);
    wide += data_of<std::int32_t>({i * i % 23});
  }
  write("u1.npy", npy_file("|u1", "(30, 2, 8)", narrow));
  write("i4.npy", npy_file("<i4", "(30, 2, 8)", wide));
  const auto bench = [&](const std::string& options) {
    const Outcome run = shell("evenkeel bench --gpus 4 --slots 12 --json " + options);
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(run.out).at(0);
  };
  const auto given = bench("--trace u1.npy --window 10 --every 1");
  const auto summed = bench("--trace i4.npy --window 10 --every 1");
  EXPECT_EQ(given.at("windows"), 21);
  EXPECT_EQ(given.at("balancedness"), summed.at("balancedness"));
  EXPECT_EQ(bench("--trace i4.npy --window 10 --every 7").at("windows"),
            4);  // 0, 7, 14; 21 to the end
  EXPECT_NE(shell("evenkeel bench --gpus 4 --slots 12 --trace u1.npy --window 10 --every 1")
                .out.find("21 windows of 10 steps, one every 1"),
            std::string::npos);
  write("bad.npy", npy_file("|i1", "(3, 1, 2)", std::string("\1\1\1\1\1\xff", 6)));
  expect_refused("bench --gpus 2 --slots 2 --trace bad.npy --window 1 --every 1",
                 "bad.npy: steps 2:3, layer 0: a load is negative or not finite");
  expect_refused("bench --gpus 2 --slots 2 --trace u1.npy --every -1",
                 "--every -1; expected at least 1 step");
}

TEST_F(CommandTest, SyntheticTracesAreLoadsAndFiles) {
  ASSERT_EQ(shell("evenkeel synth mixtral-8x7b --steps 20 --seed 3 --skew 1.5 --out m.npy").status,
            0);
  const auto hash = [&](const char* loads) {
    const Outcome run =
        shell(std::string("evenkeel balance ") + loads + " --gpus 4 --slots 12 --json");
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(run.out).at("hash");
  };
  EXPECT_EQ(hash("m.npy"), hash("synth:mixtral-8x7b,steps=20,seed=3,skew=1.5"));
  EXPECT_NE(hash("m.npy"), hash("synth:mixtral-8x7b,steps=20"));
  // Without a shape the usual deployment is used.
  EXPECT_NE(shell("evenkeel balance synth:deepseek-v3,steps=2")
                .out.find("288 slots on 32 GPUs, 4 nodes, 8 groups"),
            std::string::npos);
  EXPECT_NE(shell("evenkeel synth").out.find("deepseek-v3:"), std::string::npos);
  expect_refused("synth mixtral-8x7b --out m.npy", "m.npy exists; use --force to replace it");
  expect_refused("synth best --out x.npy", "unknown preset \"best\"; known: deepseek-v3,");
  expect_refused("synth mixtral-8x7b --steps 0 --out x.npy", "steps");
  expect_refused("synth mixtral-8x7b --skew 9 --out x.npy", "skew");
  expect_refused("balance synth:mixtral-8x7b,speed=1", "speed");
  expect_refused("synth mixtral-8x7b", "--out is required", 2);
  // What is left out is assumed, and said.
  const Outcome few = shell("evenkeel balance synth:deepseek-v3,steps=1 --gpus 16");
  EXPECT_NE(few.out.find("288 slots on 16 GPUs, global"), std::string::npos) << few.out;
  EXPECT_EQ(few.err,
            "evenkeel: note: assumed 288 slots, 1 node and 1 group, nearest to how deepseek-v3 is "
            "usually deployed (288 slots on 32 GPUs, 4 nodes, 8 groups)\n");
  const Outcome file = shell("evenkeel balance m.npy --quiet --json");
  EXPECT_EQ(file.status, 0);
  EXPECT_EQ(file.err, "");
  EXPECT_EQ(nlohmann::json::parse(file.out).at("shape").at("gpus"), 8);
}

// EVENKEEL_ONE_IN=N takes one line in N, for a command that starts slowly.
TEST_F(CommandTest, EveryLineOfTheGoldenFileReproduces) {
  const char* const asked = std::getenv("EVENKEEL_ONE_IN");
  const int stride = asked == nullptr ? 1 : std::max(1, std::atoi(asked));
  std::istringstream lines(read_file(source_folder() / "tests" / "golden.txt"));
  std::string script;
  std::string expected;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    if (number++ % stride != 0) continue;
    script += line.substr(18) + " --quiet\n";
    expected += line.substr(0, 16) + "\n";
  }
  write("all.sh", script);
  const Outcome run = shell("sh all.sh | grep -o '\"hash\": \"[0-9a-f]*' | cut -c10-");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, expected);
}

}  // namespace
}  // namespace evenkeel::test
