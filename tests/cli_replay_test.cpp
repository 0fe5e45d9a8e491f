// replay: plans from the past of a trace, scored by the step.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

using nlohmann::json;

const std::string kReplay = "replay synth:drift,steps=90 --every 30 --policies last,ewma:20,held ";
const std::string kQuietly = kReplay + "--gpus 8 --slots 72 ";

TEST_F(CommandTest, ReplaysAsTableJsonAndCsv) {
  const Outcome table = shell("evenkeel " + kReplay + "--model gpt-oss-20b");
  ASSERT_EQ(table.status, 0) << table.err;
  std::istringstream lines(table.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_EQ(table.out.find("synth:drift,steps=90, steps 0:90\n6 layers x 64 experts -> 72 slots on "
                           "8 GPUs, global\n"),
            0u)
      << table.out;
  for (const char* part :
       {"\nno balancer ", "\nlast ", "\newma:20 ", "\nheld ", "\nconsists of "}) {
    EXPECT_NE(table.out.find(part), std::string::npos) << part << table.out;
  }

  const Outcome text = shell("evenkeel " + kReplay + "--expert-bytes 1000 --json");
  ASSERT_EQ(text.status, 0) << text.err;
  const json replay = json::parse(text.out);
  const std::string hash = replay.at("hash");
  EXPECT_NE(table.out.find("\nreplay hash " + hash + " (cpu)\n"), std::string::npos) << table.out;
  EXPECT_EQ(replay.at("steps"), json({{"begin", 0}, {"end", 90}, {"scored_from", 30}}));
  ASSERT_EQ(replay.at("policies").size(), 4u);
  ASSERT_EQ(replay.at("intervals").size(), 2u);
  const json& last = replay.at("policies")[1];
  EXPECT_EQ(last.at("policy"), "last");
  EXPECT_EQ(last.at("strategy"), "keel");
  EXPECT_EQ(replay.at("policies")[0].at("strategy"), nullptr);
  EXPECT_EQ(last.at("replans"), 1);
  EXPECT_EQ(last.at("received_bytes"), 1000 * last.at("received_slots").get<double>());
  EXPECT_EQ(last.at("layers").size(), 6u);
  double sum = 0;
  for (const char* term : {"slots", "packing", "noise", "drift", "fast"}) {
    sum += last.at("split").at(term).get<double>();
  }
  EXPECT_NEAR(sum, last.at("split").at("total"), 1e-12);
  EXPECT_NEAR(sum, last.at("step_imbalance"), 1e-12);
  EXPECT_EQ(replay.at("series").at("policies")[1].at("mean").size(), 60u);

  ASSERT_EQ(shell("evenkeel " + kReplay + "--quiet --report r.html").status, 0);
  const std::string report = content("r.html");
  EXPECT_EQ(report.find("<script"), std::string::npos);
  for (const std::string& part :
       {hash, std::string("--quiet --report r.html"), std::string("Imbalance over time"),
        std::string("What the imbalance consists of"), std::string("class=\"line c3\"")}) {
    EXPECT_NE(report.find(part), std::string::npos) << part;
  }
  EXPECT_NE(shell("evenkeel " + kReplay + "--report r.html").err.find("r.html"), std::string::npos);

  const Outcome csv = shell("evenkeel " + kReplay + "--csv");
  EXPECT_EQ(csv.status, 0) << csv.err;
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 1 + 2 * 4);
  EXPECT_EQ(csv.out.find("begin,end,policy,strategy,step_imbalance,planned,received_slots,"), 0u);
  EXPECT_NE(csv.out.find("\n30,60,last,keel,"), std::string::npos) << csv.out;
}

// Steps are numbered as in the trace, whatever part of it is replayed; a map stays, and is scored as `score` does.
TEST_F(CommandTest, ReplaysAPartOfATraceAndAMapThatStays) {
  const std::string trace = "synth:noise,steps=60 --steps 10:50 --layers 1:3 --gpus 8";
  ASSERT_EQ(shell("evenkeel balance " + trace + " --slots 80 --out map.json").status, 0);
  const Outcome run = shell("evenkeel replay " + trace +
                            " --slots 72 --every 20 --from 20 --map map.json --no-split --json");
  ASSERT_EQ(run.status, 0) << run.err;
  const json replay = json::parse(run.out);
  EXPECT_EQ(replay.at("steps"), json({{"begin", 10}, {"end", 50}, {"scored_from", 20}}));
  ASSERT_EQ(replay.at("intervals").size(), 2u);
  EXPECT_EQ(replay.at("intervals")[0].at("begin"), 20);
  EXPECT_EQ(replay.at("intervals")[1].at("begin"), 30);
  const json& map = replay.at("policies")[1];
  EXPECT_EQ(map.at("policy"), "map");
  EXPECT_EQ(map.at("slots"), 80);
  EXPECT_EQ(map.at("plans"), 0);
  EXPECT_EQ(map.at("split"), nullptr);
  EXPECT_EQ(map.at("layers")[0].at("layer"), 1);
  EXPECT_EQ(replay.at("expert_bytes"), nullptr);
}

TEST_F(CommandTest, ReplayRefusesWhatMakesNoSense) {
  expect_refused(kQuietly + "--from 90",
                 "--from 90: expected a step before the end of the 90 steps");
  expect_refused("replay synth:drift,steps=9 --gpus 8 --slots 72",
                 "9 steps; expected at least 301");
  expect_refused(kQuietly + "--delay 30", "--delay 30: expected 0 to 29 steps");
  expect_refused(kReplay + "--threshold 1.5", "--threshold is \"1.5\"; expected a balancedness");
  expect_refused("replay synth:drift,steps=90 --every 30 --policies next",
                 "unknown policy \"next\"; known: last, held, ewma, mean_of_max");
  expect_refused(kReplay + "--model gpt-9", "unknown model \"gpt-9\"");
  expect_refused(kReplay + "--json --csv", "--csv", 2);
  expect_refused("replay loads.csv --gpus 2 --slots 6 --every 1", "1 step; expected at least 2");
}

// The commands of README's section "By the step", with their output: lines after "    $ evenkeel replay ...".
std::vector<std::pair<std::string, std::string>> examples_of_readme() {
  std::vector<std::pair<std::string, std::string>> examples;
  std::istringstream readme(read_file(fs::path(EVENKEEL_SOURCE_DIR) / "README.md"));
  bool open = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("    $ evenkeel replay ")) {
      examples.emplace_back(line.substr(6), "");
      open = true;
      continue;
    }
    open = open && (line.empty() || line.starts_with("    "));
    if (open) examples.back().second += (line.empty() ? "" : line.substr(4)) + "\n";
  }
  return examples;
}

TEST_F(CommandTest, ReplayOfTheReadmePrintsWhatItSays) {
  const fs::path data = external_data();
  if (data.empty()) GTEST_SKIP() << "needs external data";
  const std::string trace = "gptoss20b_b64_steps.npy";
  fs::create_symlink(fs::absolute(data / "traces" / trace), folder_ / trace);
  const auto examples = examples_of_readme();
  ASSERT_EQ(examples.size(), 3u);
  for (const auto& [command, output] : examples) {
    const Outcome run = shell(command);
    EXPECT_EQ(run.status, 0) << run.err;
    const std::string text = output.substr(0, output.find_last_not_of('\n') + 1);
    EXPECT_NE(run.out.find(text), std::string::npos) << command << " prints\n"
                                                     << run.out << "README.md says\n"
                                                     << text;
  }
}

}  // namespace
}  // namespace evenkeel::test
