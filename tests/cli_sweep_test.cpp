// sweep: figures for several numbers of redundant experts.

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

const std::string kSweep = "sweep example:deepseek --gpus 4 ";

TEST_F(CommandTest, SweepsWhatBalanceWouldSay) {
  const std::string options = "--nodes 2 --groups 4 --strategy ref --pack near_tie ";
  const Outcome run = shell("evenkeel " + kSweep + options + "--json");
  ASSERT_EQ(run.status, 0) << run.err;
  const auto sweep = nlohmann::json::parse(run.out);
  EXPECT_EQ(sweep.at("strategy"),
            "highest_load+sainte_lague+predicted_move+near_tie+nearest_difference");
  EXPECT_EQ(sweep.at("groups"), 4);
  EXPECT_FALSE(sweep.contains("slots"));
  ASSERT_EQ(sweep.at("points").size(), 4u);
  for (const auto& point : sweep.at("points")) {
    const int redundant = point.at("redundant");
    EXPECT_EQ(point.at("slots"), 12 + redundant);
    const auto metrics =
        nlohmann::json::parse(shell("evenkeel balance example:deepseek --bounds cheap --gpus 4 " +
                                    options + "--json --redundant " + std::to_string(redundant))
                                  .out)
            .at("metrics");
    for (const char* figure :
         {"balancedness", "worst_balancedness", "worst_layer", "balancedness_by_load", "imbalance",
          "gap_to_bound", "best_balancedness", "same_gpu_copies"}) {
      EXPECT_EQ(point.at(figure), metrics.at(figure)) << figure;
    }
  }
}

// Two slots per GPU, where a large copy decides: strong bounds prove more than cheap ones.
TEST_F(CommandTest, ShowsStrongBoundsWhereTheyAreAskedFor) {
  std::string loads;
  for (int x = 0; x < 16; ++x) loads += (x == 0 ? "" : ",") + std::to_string(x < 8 ? 90 - x : 20);
  write("large.csv", loads + "\n");
  const auto bound_of = [&](const std::string& command) {
    const Outcome run = shell("evenkeel " + command + " --json");
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(run.out);
  };
  const auto layer_of = [](const nlohmann::json& metrics) -> double {
    return metrics.at("metrics").at("layers")[0].at("lower_bound");
  };
  const std::string shape = " large.csv --gpus 8 --slots 16";
  const double cheap = layer_of(bound_of("balance" + shape + " --bounds cheap"));
  const double strong = layer_of(bound_of("balance" + shape + " --out p.json"));
  EXPECT_EQ(cheap, 106.5);
  EXPECT_GT(strong, 109.9);
  EXPECT_LE(strong, 110);
  EXPECT_EQ(layer_of(bound_of("score large.csv p.json")), strong);
  EXPECT_EQ(layer_of(bound_of("score large.csv p.json --bounds cheap")), cheap);
  const auto compared = bound_of("compare" + shape);
  for (const auto& strategy : compared.at("strategies")) EXPECT_EQ(layer_of(strategy), strong);
  const std::string sweep = "sweep large.csv --gpus 8 --least 0 --most 0";
  const auto best = [&](const std::string& more) -> double {
    return bound_of(sweep + more).at("points")[0].at("best_balancedness");
  };
  EXPECT_GT(best(""), best(" --bounds strong"));
  EXPECT_EQ(best(""), best(" --bounds auto"));
  const Outcome text = shell("evenkeel balance" + shape);
  EXPECT_NE(text.out.find("\noptimal within"), std::string::npos) << text.out;
  EXPECT_NE(shell("evenkeel compare" + shape).out.find(" is optimal within "), std::string::npos);
  expect_refused("balance" + shape + " --bounds loose", "unknown kind of lower bounds", 2);
}

TEST_F(CommandTest, SweepsAsTableAndCsv) {
  const Outcome table = shell("evenkeel " + kSweep + "--least 4 --most 100 --points 3");
  EXPECT_EQ(table.status, 0) << table.err;
  EXPECT_EQ(table.out.find("example:deepseek\n2 layers x 12 experts on 4 GPUs, global\n"), 0u)
      << table.out;
  std::istringstream lines(table.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  for (const char* row : {"\n4             16      4    ", "\n52            64     16    ",
                          "\n100          112     28    "}) {
    EXPECT_NE(table.out.find(row), std::string::npos) << row << table.out;
  }
  const Outcome csv = shell("evenkeel " + kSweep + "--csv");
  EXPECT_EQ(
      csv.out.substr(0, csv.out.find('\n')),
      "redundant,slots,balancedness,step_balancedness,worst_balancedness,worst_layer,"
      "balancedness_by_load,step_balancedness_by_load,imbalance,step_imbalance,step_imbalance_p95,"
      "gap_to_bound,best_balancedness,same_gpu_copies,empty_layers");
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 5);
  EXPECT_NE(csv.out.find("\n4,16,0."), std::string::npos) << csv.out;
  EXPECT_EQ(shell("evenkeel " + kSweep + "--quiet").out, "");
  // Loads of a preset determine GPUs, nodes and groups.
  const auto preset = nlohmann::json::parse(
      shell("evenkeel sweep synth:deepseek-v3,steps=1 --strategy contiguous --most 32 --json").out);
  EXPECT_EQ(preset.at("gpus"), 32);
  EXPECT_EQ(preset.at("nodes"), 4);
  EXPECT_EQ(preset.at("points").size(), 2u);
}

TEST_F(CommandTest, ASweepThatIsStoppedKeepsWhatIsDone) {
  Outcome run;
  std::ptrdiff_t rows = 0;
  for (int seconds = 1; seconds <= 64 && rows <= 1; seconds *= 2) {  // until some are done by then
    run = shell("timeout --preserve-status -s INT " + std::to_string(seconds) +
                " evenkeel sweep example:deepseek --gpus 1 --most 4084 --points 4085 --backend "
                "emulated4 --csv");
    rows = std::count(run.out.begin(), run.out.end(), '\n') - 1;
  }
  EXPECT_EQ(run.status, 130) << run.err;
  EXPECT_GT(rows, 1);
  EXPECT_LT(rows, 4085);
  const std::string note = "note: stopped after " + std::to_string(rows) + " of 4085 numbers\n";
  EXPECT_NE(run.err.find(note), std::string::npos) << run.err;
  EXPECT_EQ(run.out.back(), '\n');
}

TEST_F(CommandTest, SweepsAreRefused) {
  EXPECT_EQ(shell("evenkeel sweep example:deepseek --quiet").err, "");
  EXPECT_EQ(shell("evenkeel sweep example:deepseek --csv").err,
            "evenkeel: note: assumed 8 GPUs, 2 nodes and 4 groups, as the example is usually "
            "deployed\n");
  expect_refused(kSweep + "--csv --json", "cannot be combined with --json", 2);
  expect_refused(kSweep + "--slots 16", "--slots", 2);
  expect_refused(kSweep + "--most -1", "--most is -1; expected 0 to 4096");
  expect_refused(kSweep + "--least 8 --most 4", "--most is 4; expected 8 to 4096");
  expect_refused(kSweep + "--least 5000", "--least is 5000; expected 0 to 4096");
  expect_refused(kSweep + "--points 1", "--points is 1; expected 2 to 4096");
  expect_refused(kSweep + "--least 1 --most 3 --quiet",
                 "no number of redundant experts in the range gives 4 GPUs equal numbers of slots; "
                 "give a larger --most");
  expect_refused(kSweep + "--groups 5",
                 "5 groups do not divide 12 experts; nearest valid: --groups 4 or 6");
  expect_refused("sweep example:deepseek --gpus 0", "--gpus is 0; expected 1 to 1024");
}

}  // namespace
}  // namespace evenkeel::test
