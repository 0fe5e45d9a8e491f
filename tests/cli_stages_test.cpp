// Strategies composed from stages on the command line.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

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
    if (!strategy.rules.has_stages()) continue;
    std::string options;
    for (const Stage& stage : stages()) {
      options +=
          " --" + std::string(stage.name) + "=" + std::string(rule_name(stage, strategy.rules));
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
                "fixup": "predicted_move", "pack": "greedy", "refine": "two_lights",
                "apart": "none"})"));
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
  EXPECT_EQ(std::count(same.out.begin(), same.out.end(), '\n'), 12);
}

TEST_F(StagesTest, WhatRunsTodayStandsBesideTheResult) {
  const std::string balance = "evenkeel balance example:deepseek --gpus 4 ";
  ASSERT_EQ(shell(balance + "--slots 24 --strategy random --out p.json").status, 0);
  const auto today =
      nlohmann::json::parse(shell("evenkeel score example:deepseek p.json --json").out);
  const Outcome same =
      shell(balance + "--slots 24 --strategy deepseek --previous p.json --report r.html");
  ASSERT_EQ(same.status, 0) << same.err;
  EXPECT_NE(same.out.find("no balancer  previous  deepseek"), std::string::npos) << same.out;
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
  EXPECT_NE(content("s.html").find("before: no balancer"), std::string::npos);
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

TEST_F(StagesTest, CopiesAreKeptApartAfterAnyStrategy) {
  // On the 8 GPUs of a node, copies of its hottest experts meet.
  const std::string balance =
      "evenkeel_case tail:layers=6,experts=32,slots=64,gpus=16,nodes=2,groups=8,seed=1 | "
      "evenkeel balance - --gpus 16 --slots 64 --nodes 2 --groups 8 ";
  const auto same = [&](const std::string& options) {
    const Outcome run = shell(balance + "--json " + options);
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(run.out).at("metrics").at("same_gpu_copies").get<int>();
  };
  const int shared = same("--strategy deepseek");
  EXPECT_GT(shared, 0);
  EXPECT_EQ(same("--strategy deepseek --apart"), 0);
  EXPECT_EQ(same("--strategy deepseek --apart=exchange"), 0);
  EXPECT_EQ(same("--strategy deepseek --apart=none"), shared);
  // The default keeps them apart anyway; that they may share a GPU is a stage, so of deepseek.
  EXPECT_EQ(same(""), 0);
  EXPECT_EQ(same("--apart"), 0);
  EXPECT_EQ(same("--apart=none"), shared);
  for (const Strategy& strategy : strategies()) {
    EXPECT_EQ(same("--apart --strategy " + std::string(strategy.label())), 0) << strategy.label();
  }
  // The flag takes no value: what follows is a path.
  const Outcome map = shell(
      "evenkeel balance --strategy deepseek --apart example:deepseek --gpus 4 --slots 24 "
      "--out p.json --quiet");
  EXPECT_EQ(map.status, 0) << map.err;
  const auto result = nlohmann::json::parse(content("p.json"));
  EXPECT_EQ(result.at("strategy"), "highest_load+greedy+exchange");
  EXPECT_EQ(result.at("stages").at("apart"), "exchange");
  for (const auto& layer : result.at("phy2log")) {
    for (std::size_t gpu = 0; gpu < 4; ++gpu) {
      std::set<int> distinct;
      for (std::size_t slot = gpu * 6; slot < gpu * 6 + 6; ++slot)
        distinct.insert(layer[slot].get<int>());
      EXPECT_EQ(distinct.size(), 6u) << "GPU " << gpu;
    }
  }
  const Outcome table =
      shell("evenkeel compare example:deepseek --gpus 4 --slots 24 --apart --strategies ref");
  EXPECT_NE(table.out.find("\nref* "), std::string::npos) << table.out;
  expect_refused("balance example:deepseek --gpus 4 --slots 24 --apart=far",
                 "unknown rule \"far\" for --apart; known: none, exchange");
}

TEST_F(StagesTest, ThePreviousPlacementMayHaveOtherGpus) {
  const std::string balance = "evenkeel balance example:deepseek ";
  ASSERT_EQ(shell(balance + "--gpus 2 --slots 24 --out p.json").status, 0);
  const auto before = nlohmann::json::parse(content("p.json"));
  const Outcome run = shell(balance + "--gpus 4 --slots 24 --previous p.json --out n.json");
  ASSERT_EQ(run.status, 0) << run.err;
  const auto now = nlohmann::json::parse(content("n.json"));
  int moved = 0;
  for (std::size_t layer = 0; layer < now.at("phy2log").size(); ++layer) {
    const auto& old_slots = before.at("phy2log")[layer];
    for (std::size_t slot = 0; slot < 24; ++slot) {
      const std::size_t gpu = slot / 6;
      const bool stayed = gpu < 2 && std::find(old_slots.begin() + static_cast<long>(gpu * 12),
                                               old_slots.begin() + static_cast<long>(gpu * 12 + 12),
                                               now.at("phy2log")[layer][slot]) !=
                                         old_slots.begin() + static_cast<long>(gpu * 12 + 12);
      moved += stayed ? 0 : 1;
    }
  }
  EXPECT_EQ(now.at("metrics").at("moved_slots"), moved);
  // Its column is its balance on its own GPUs.
  char figure[16];
  std::snprintf(figure, sizeof figure, "%.4f",
                before.at("metrics").at("balancedness").get<double>());
  EXPECT_NE(run.out.find(figure), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("no balancer  previous    keel"), std::string::npos) << run.out;
  // score counts the same.
  const Outcome score = shell("evenkeel score example:deepseek n.json --previous p.json --json");
  ASSERT_EQ(score.status, 0) << score.err;
  EXPECT_EQ(nlohmann::json::parse(score.out).at("metrics").at("moved_slots"), moved);
  // compare, and fewer GPUs than before.
  const Outcome fewer =
      shell("evenkeel balance example:deepseek --gpus 1 --slots 24 --previous n.json --json");
  ASSERT_EQ(fewer.status, 0) << fewer.err;
  const Outcome all =
      shell("evenkeel compare example:deepseek --gpus 3 --slots 24 --previous p.json --json");
  EXPECT_EQ(all.status, 0) << all.err;
  // A picture of 2 GPUs does not stand beside one of 4.
  ASSERT_EQ(shell(balance + "--gpus 4 --slots 24 --previous p.json --report r.html").status, 0);
  EXPECT_NE(content("r.html").find("before: no balancer"), std::string::npos);
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
