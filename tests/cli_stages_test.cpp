// Strategies composed from stages on the command line.

#include <nlohmann/json.hpp>

#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

constexpr const char* kBalance = "evenkeel balance example:deepseek --gpus 4 --slots 24 --json ";

class StagesTest : public CommandTest {
 protected:
  nlohmann::json balanced(const std::string& options) const {
    const Outcome run = shell(kBalance + options);
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(run.out);
  }
};

TEST_F(StagesTest, StagesComposeWhatStrategiesAre) {
  for (const Strategy& strategy : strategies()) {
    std::string options;
    for (const Stage& stage : stages()) {
      options +=
          " --" + std::string(stage.name) + " " + std::string(rule_name(stage, strategy.rules));
    }
    // The stages of a strategy give this strategy, whatever strategy they modify.
    EXPECT_EQ(balanced(options), balanced("--strategy " + std::string(strategy.label())));
  }
}

TEST_F(StagesTest, AStrategyWithoutANameIsNamedByItsParts) {
  const auto result = balanced("--strategy ref --refine two_lights");
  EXPECT_EQ(result.at("strategy"), "highest_load+sainte_lague+predicted_move+greedy+two_lights");
  EXPECT_EQ(result.at("stages"),
            nlohmann::json::parse(R"({"replicate": "highest_load", "tail": "sainte_lague",
                "fixup": "predicted_move", "pack": "greedy", "refine": "two_lights"})"));
  const Outcome csv = shell(
      "evenkeel compare example:deepseek --gpus 4 --slots 24 --csv "
      "--strategies tie --pack copies_apart");
  EXPECT_EQ(csv.status, 0) << csv.err;
  EXPECT_NE(csv.out.find("\nhighest_load+tie_aware+best_of_four_second+copies_apart+two_lights,"),
            std::string::npos)
      << csv.out;
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 3);
  const Outcome table = shell("evenkeel bench --rows 5 --repeats 1 --refine two_lights");
  EXPECT_NE(table.out.find("\ndeepseek* "), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("\ndeepseek*: highest_load + greedy + two_lights\n"), std::string::npos);
  EXPECT_EQ(shell("evenkeel compare example:deepseek --gpus 4 --slots 24 --csv --strategies "
                  "'ref, ada,ref' | wc -l")
                .out,
            "3\n");
  // Stages that give a strategy which is in the list already add nothing.
  const Outcome same = shell(
      "evenkeel compare example:deepseek --gpus 4 --slots 24 --csv "
      "--refine none");
  EXPECT_EQ(std::count(same.out.begin(), same.out.end(), '\n'), 9);
}

TEST_F(StagesTest, WhatRunsTodayStandsBesideTheResult) {
  const std::string balance = "evenkeel balance example:deepseek --gpus 4 ";
  ASSERT_EQ(shell(balance + "--slots 24 --strategy random --out p.json").status, 0);
  const auto today =
      nlohmann::json::parse(shell("evenkeel score example:deepseek p.json --json").out);
  const Outcome same = shell(balance + "--slots 24 --previous p.json --report r.html");
  ASSERT_EQ(same.status, 0) << same.err;
  EXPECT_NE(same.out.find("contiguous  previous  deepseek"), std::string::npos) << same.out;
  char figure[16];
  std::snprintf(figure, sizeof figure, "%.4f",
                today.at("metrics").at("balancedness").get<double>());
  EXPECT_NE(same.out.find(figure), std::string::npos) << same.out;
  EXPECT_NE(content("r.html").find("before: previous"), std::string::npos);
  EXPECT_NE(content("r.html").find("highest_load + greedy"), std::string::npos);
  // A different number of slots appears only in the table: the pictures show one number of slots.
  const Outcome other = shell(balance + "--slots 28 --previous p.json --report s.html");
  ASSERT_EQ(other.status, 0) << other.err;
  EXPECT_NE(other.out.find(figure), std::string::npos) << other.out;
  EXPECT_NE(content("s.html").find("before: contiguous"), std::string::npos);
}

TEST_F(CommandTest, TheBackEndMayBeChosenByItself) {
  const std::string command =
      "evenkeel balance example:deepseek --gpus 4 --slots 24 --json --backend ";
  const Outcome chosen = shell(command + "auto");
  ASSERT_EQ(chosen.status, 0) << chosen.err;
  const auto cpu = nlohmann::json::parse(shell(command + "cpu").out);
  const auto result = nlohmann::json::parse(chosen.out);
  EXPECT_EQ(result.at("hash"), cpu.at("hash"));
  EXPECT_EQ(result.at("backend") == "cpu",
            chosen.err.find("computing on cpu") != std::string::npos);
}

TEST_F(StagesTest, StagesThatMakeNoSenseSayWhy) {
  const std::string balance = "balance example:deepseek --gpus 4 --slots 24 ";
  expect_refused(balance + "--tail tall",
                 "unknown rule \"tall\" for --tail; known: none, sainte_lague, lower_peak,");
  expect_refused(balance + "--strategy k2 --tail tie_aware",
                 "--tail tie_aware replaces the last picks of --replicate highest_load, but "
                 "water_filling does not assign copies one by one");
  expect_refused(
      "compare example:deepseek --gpus 4 --slots 24 --replicate random --fixup "
      "second_donor",
      "--fixup second_donor corrects copies that were assigned by load, but random ignores loads");
}

TEST_F(StagesTest, ListsTheStages) {
  const Outcome run = shell("evenkeel strategies --stages");
  for (const Stage& stage : stages()) {
    EXPECT_NE(run.out.find("--" + std::string(stage.name) + ":"), std::string::npos);
    for (const StageRule& rule : stage.rules) {
      EXPECT_NE(run.out.find("\n  " + std::string(rule.name) + " "), std::string::npos);
    }
  }
}

TEST_F(StagesTest, SeedsAreAnySixtyFourBits) {
  const auto at = [&](const std::string& seed) {
    return balanced("--strategy random --seed " + seed).at("hash");
  };
  EXPECT_NE(at("18446744073709551615"), at("0"));
  for (const char* seed : {"-1", "1e3", "18446744073709551616", "''"}) {
    expect_refused(std::string("balance example:deepseek --gpus 4 --slots 24 --seed ") + seed,
                   "expected a whole number from 0 to 18446744073709551615", 2);
  }
}

}  // namespace
}  // namespace evenkeel::test
