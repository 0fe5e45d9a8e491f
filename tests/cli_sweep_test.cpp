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
        nlohmann::json::parse(shell("evenkeel balance example:deepseek --gpus 4 " + options +
                                    "--json --redundant " + std::to_string(redundant))
                                  .out)
            .at("metrics");
    for (const char* figure : {"balancedness", "imbalance", "gap_to_bound", "same_gpu_copies"}) {
      EXPECT_EQ(point.at(figure), metrics.at(figure)) << figure;
    }
    EXPECT_EQ(point.at("worst_balancedness"), metrics.at("worst_layer").at("balancedness"));
  }
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
  EXPECT_EQ(csv.out.substr(0, csv.out.find('\n')),
            "redundant,slots,balancedness,best_balancedness,worst_balancedness,imbalance,"
            "gap_to_bound,same_gpu_copies");
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
