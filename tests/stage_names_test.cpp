// Names of stages: in options and in results, and invalid combinations.

#include "core/model/stage_names.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/model/strategies.hpp"

namespace evenkeel::test {
namespace {

TEST(Stages, EveryRuleIsSetByItsName) {
  std::set<std::string> seen;
  for (const Stage& stage : stages()) {
    for (const StageRule& rule : stage.rules) {
      Rules rules;
      ASSERT_TRUE(set_rule(stage.name, rule.name, rules).ok());
      EXPECT_EQ(rule_name(stage, rules), rule.name);
      for (const Stage& other : stages()) {
        if (other.name == stage.name) continue;
        EXPECT_EQ(rule_name(other, rules), rule_name(other, Rules{})) << "another stage changed";
      }
      seen.insert(std::string(stage.name) + " " + std::string(rule.name));
    }
  }
  EXPECT_EQ(seen.size(), 28u);
}

TEST(Stages, UnknownNamesListTheKnown) {
  Rules rules;
  EXPECT_EQ(set_rule("tail", "tall", rules, Vocabulary::command).sentence(),
            "unknown rule \"tall\" for --tail; known: none, sainte_lague, lower_peak, tie_aware, "
            "three_quotients");
  EXPECT_EQ(set_rule("head", "none", rules).sentence(),
            "unknown stage \"head\"; known: replicate, tail, fixup, pack, refine, apart");
  EXPECT_EQ(rules, Rules{});
}

TEST(Stages, TextNamesThePartsInOrder) {
  EXPECT_EQ(rules_text(Rules{}), "highest_load+greedy");
  const Strategy* div = nullptr;
  ASSERT_TRUE(find_strategy("div", div).ok());
  EXPECT_EQ(rules_text(div->rules),
            "highest_load+three_quotients+second_donor+near_tie+two_for_two");
}

TEST(Stages, CombinationsWithoutSenseSayWhy) {
  Rules rules;
  rules.replication = Replication::water_filling;
  rules.tail = Tail::tie_aware;
  EXPECT_EQ(check_rules(rules, Vocabulary::command).sentence(),
            "--tail tie_aware replaces the last picks of --replicate highest_load, but "
            "water_filling does not assign copies one by one; use --tail none with it");
  rules = {};
  rules.replication = Replication::round_robin;
  rules.fixup = Fixup::second_donor;
  EXPECT_EQ(
      check_rules(rules).sentence(),
      "fixup second_donor corrects copies that were assigned by load, but round_robin ignores "
      "loads; use fixup none with it");
  for (const Strategy& strategy : strategies()) EXPECT_TRUE(check_rules(strategy.rules).ok());
}

TEST(Strategies, AreFoundByNameAliasAndRules) {
  std::set<std::string_view> names;
  for (const Strategy& strategy : strategies()) {
    for (const std::string_view name : {strategy.name, strategy.alias}) {
      if (name.empty()) continue;
      EXPECT_TRUE(names.insert(name).second) << name << " twice";
      const Strategy* found = nullptr;
      ASSERT_TRUE(find_strategy(name, found).ok());
      EXPECT_EQ(found, &strategy);
    }
    Rules rules = strategy.rules;
    rules.seed = 77;
    EXPECT_EQ(named(rules).name, strategy.name) << "two strategies with the same rules";
    EXPECT_EQ(named(rules).rules, rules);
    EXPECT_LE(strategy.label().size(), 10u) << "too long for a table";
  }
  NamedRules kicks;
  ASSERT_TRUE(choose_strategy("keel:25", {}, 7, Vocabulary::plain, kicks).ok());
  EXPECT_EQ(kicks.name, "keel:25");
  EXPECT_EQ(kicks.rules.kicks, 25);
  EXPECT_EQ(kicks.rules.seed, 7u);
  ASSERT_TRUE(choose_strategy("keel:300", {}, 0, Vocabulary::plain, kicks).ok());
  EXPECT_EQ(kicks.name, "keel:max");
  for (const char* name :
       {"keel:", "keel:0", "keel:-1", "keel:2x", "keel:100001", "keel:9999999"}) {
    EXPECT_FALSE(choose_strategy(name, {}, 0, Vocabulary::plain, kicks).ok()) << name;
  }
  Rules none;
  none.refinement = Refinement::least_spread;
  EXPECT_EQ(named(none).name, "highest_load+greedy+least_spread");
  EXPECT_EQ(named(none).label, "composed");
}

}  // namespace
}  // namespace evenkeel::test
