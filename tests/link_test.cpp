// Links: every key is printed and parsed, and hostile links.
#include "web/state/link.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/lanes/random.hpp"
#include "core/traffic/synth.hpp"
#include "tests/link_cases.hpp"

namespace evenkeel::test {
namespace {

using Texts = std::vector<std::string>;

LinkState state_of(std::string_view link) {
  Texts problems;
  const LinkState state = parse_link(link, problems);
  EXPECT_EQ(problems, Texts()) << link;
  return state;
}

// The problems of a link in which every pair is invalid.
Texts problems_of(std::string_view link) {
  Texts problems;
  EXPECT_EQ(parse_link(link, problems), LinkState()) << link;
  return problems;
}

TEST(Link, OfTheDefaultsIsEmpty) {
  EXPECT_EQ(print_link(LinkState()), "");
  EXPECT_EQ(state_of(""), LinkState());
  EXPECT_EQ(state_of("#"), LinkState());
  EXPECT_EQ(
      state_of("#loads=synth:deepseek-v3&&policy=auto&strategy=deepseek&seed=0&steps=0:&layer=0&"),
      LinkState());
}

TEST(Link, HasAllKeys) {
  const std::string link =
      "loads=synth:kimi-k2,seed=7,skew=1.5&steps=0:300&gpus=32&slots=416&nodes=4&groups=8"
      "&policy=hierarchical&strategy=ref&replicate=highest_load&tail=none&fixup=second_donor"
      "&pack=copies_apart&refine=two_lights&seed=18446744073709551615&layer=12&step=0"
      "&panel=how-many_2&theme=dark&embed=1";
  const LinkState state = state_of("#" + link);
  EXPECT_EQ(print_link(state), link);
  EXPECT_EQ(state.loads, "synth:kimi-k2,seed=7,skew=1.5");
  EXPECT_EQ(state.steps, (Range{0, 300}));
  EXPECT_EQ(state.slots, 416);
  EXPECT_EQ(state.redundant, std::nullopt);
  EXPECT_EQ(state.policy, Policy::hierarchical);
  EXPECT_EQ(state.stage_rules,
            (Texts{"highest_load", "none", "second_donor", "copies_apart", "two_lights"}));
  EXPECT_EQ(state.seed, 18446744073709551615u);
  EXPECT_EQ(state.step, 0);
  EXPECT_EQ(state_of("redundant=0").redundant, 0);
  EXPECT_EQ(state_of("steps=300:").steps, (Range{300, Range().end}));
  EXPECT_EQ(print_link(state_of("steps=:50")), "steps=0:50");
  EXPECT_EQ(print_link(state_of("theme=auto&embed=0")), "");
}

TEST(Link, EscapesWhatALinkMayNotHold) {
  LinkState state;
  state.file = "a b&c=d%#\xc3\xa9'.npy";
  EXPECT_EQ(print_link(state), "file=a%20b%26c=d%25%23%C3%A9%27.npy");
  EXPECT_EQ(state_of(print_link(state)), state);
  EXPECT_EQ(state_of("%6co%61ds=synth%3akimi-k2").loads, "synth:kimi-k2");
}

TEST(Link, SaysWhatIsWrongAndKeepsTheRest) {
  Texts problems;
  const LinkState state = parse_link("gpus=abc&slots=288&speed=9", problems);
  EXPECT_EQ(problems, (Texts{"link, \"gpus\": \"abc\": expected a whole number from 1 to 1024",
                             "link, \"speed\": unknown; the page ignores it"}));
  EXPECT_EQ(state.slots, 288);
  EXPECT_EQ(state.gpus, std::nullopt);
}

TEST(Link, EveryPairIsJudged) {
  struct Wrong {
    const char* link;
    const char* problem;
  };
  for (const Wrong& wrong : {
           Wrong{"gpus", "link, \"gpus\": expected key=value"},
           Wrong{"=5", "link, \"\": unknown; the page ignores it"},
           Wrong{"gpus=0", "link, \"gpus\": \"0\": expected a whole number from 1 to 1024"},
           Wrong{"gpus=-1", "link, \"gpus\": \"-1\": expected a whole number from 1 to 1024"},
           Wrong{"gpus=", "link, \"gpus\": \"\": expected a whole number from 1 to 1024"},
           Wrong{
               "slots=99999999999999999999",
               "link, \"slots\": \"99999999999999999999\": expected a whole number from 1 to 4096"},
           Wrong{"redundant=1e3",
                 "link, \"redundant\": \"1e3\": expected a whole number from 0 to 4096"},
           Wrong{"nodes=2%", "link, \"nodes\": \"%\": expected % and two hexadecimal digits"},
           Wrong{"nodes=%3g", "link, \"nodes\": \"%3g\": expected % and two hexadecimal digits"},
           Wrong{"%zz=2", "link, \"%zz\": \"%zz\": expected % and two hexadecimal digits"},
           Wrong{"policy=local",
                 "link, \"policy\": \"local\": expected one of auto, hierarchical, global"},
           Wrong{"theme=pink", "link, \"theme\": \"pink\": expected one of dark, light, auto"},
           Wrong{"embed=2", "link, \"embed\": \"2\": expected a whole number from 0 to 1"},
           Wrong{"steps=5", "link, \"steps\": \"5\": expected a range A:B, for example 300:600"},
           Wrong{"panel=A",
                 "link, \"panel\": \"A\": expected a word of lower-case letters and digits, at "
                 "most 32"},
           Wrong{"loads=/etc/passwd",
                 "link, \"loads\": \"/etc/passwd\": a link can name synth:PRESET or "
                 "example:deepseek; open the file yourself"},
           Wrong{"loads=synth:kimi-k2,speed=1",
                 "link, \"loads\": synthetic trace: unknown option \"speed=1\"; expected seed=N, "
                 "steps=N or skew=X"},
           Wrong{
               "file=a%0Ab",
               "link, \"file\": \"a?b\": expected a file's name of 1 to 160 bytes without control "
               "characters"},
           Wrong{"file=%FF.npy", "link, \"file\": \"?.npy\": expected a file's name in UTF-8"},
           Wrong{"file=a%C3", "link, \"file\": \"a?\": expected a file's name in UTF-8"},
           Wrong{"file=%C0%AF", "link, \"file\": \"??\": expected a file's name in UTF-8"},
           Wrong{"file=%ED%A0%80", "link, \"file\": \"???\": expected a file's name in UTF-8"},
           Wrong{"tail=tall",
                 "link, \"tail\": unknown rule \"tall\" for tail; known: none, sainte_lague, "
                 "lower_peak, tie_aware, three_quotients"},
           Wrong{"seed=18446744073709551616",
                 "link, \"seed\": \"18446744073709551616\": expected a whole number from 0 to "
                 "18446744073709551615"},
           Wrong{"layer=65536",
                 "link, \"layer\": \"65536\": expected a whole number from 0 to 65535"},
       }) {
    EXPECT_EQ(problems_of(wrong.link), Texts{wrong.problem}) << wrong.link;
  }
  EXPECT_EQ(problems_of("strategy=best")[0].substr(0, 41),
            "link, \"strategy\": unknown strategy \"best\"");
}

TEST(Link, PairsThatContradictEachOther) {
  Texts problems;
  EXPECT_EQ(parse_link("gpus=8&gpus=9", problems).gpus, 8);
  EXPECT_EQ(problems, Texts{"link, \"gpus\": is given twice; the first one is used"});
  const LinkState both = parse_link("redundant=32&slots=288", problems);
  EXPECT_EQ(both.slots, 288);
  EXPECT_EQ(both.redundant, std::nullopt);
  EXPECT_EQ(problems, Texts{"link, \"redundant\": cannot be combined with slots; slots is used"});
  const LinkState stages = parse_link("strategy=k2&tail=tie_aware&pack=greedy", problems);
  EXPECT_EQ(stages.stage_rules, LinkState().stage_rules);
  EXPECT_EQ(stages.strategy, "k2");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].substr(0, 49), "link, \"stages\": tail tie_aware replaces the last ");
}

TEST(Link, IsBounded) {
  Texts problems;
  const LinkState state =
      parse_link("gpus=8&file=" + std::string(5000, 'x') + "&slots=288", problems);
  EXPECT_EQ(state.gpus, 8);
  EXPECT_EQ(state.file, "");
  EXPECT_EQ(state.slots, std::nullopt);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("longer than 4096 bytes; the rest is ignored"), std::string::npos);
  parse_link(std::string(5000, 'x'), problems);
  EXPECT_EQ(problems.size(), 1u);
  EXPECT_NE(problems_of("panel=" + std::string(257, 'x'))[0].find("longer than 256 bytes"),
            std::string::npos);
  std::string many;
  for (int i = 0; i < 20; ++i) many += "k" + std::to_string(i) + "=1&";
  const Texts all = problems_of(many);
  ASSERT_EQ(all.size(), kMostLinkProblems);
  EXPECT_EQ(all[6], "link, \"k6\": unknown; the page ignores it");
  EXPECT_EQ(all[7], "link: 13 more keys or values are invalid");
}

TEST(Link, RandomStatesComeBack) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    const LinkState state = random_link_state(seed);
    EXPECT_EQ(state_of(print_link(state)), state) << print_link(state);
    Rules rules;
    EXPECT_TRUE(rules_of(state, rules).ok());
    EXPECT_EQ(rules.seed, state.seed);
  }
}

TEST(Link, RulesAreTheStrategysWithTheStages) {
  LinkState state;
  state.strategy = "ref";
  state.stage_rules[4] = "two_lights";
  state.seed = 3;
  Rules rules;
  ASSERT_TRUE(rules_of(state, rules).ok());
  EXPECT_EQ(rules_text(rules), "highest_load+sainte_lague+predicted_move+greedy+two_lights");
  state.strategy = "best";
  EXPECT_FALSE(rules_of(state, rules).ok());
  EXPECT_EQ(rules.seed, 3u) << "and leaves the old value";
}

TEST(Link, AsksForAShapeAsTheCommandDoes) {
  const auto shape_text = [](const char* link, std::int32_t layers, std::int32_t experts) {
    Shape shape;
    std::string note;
    const Status status = shape_of(state_of(link), layers, experts, shape, note);
    if (!status.ok()) return status.sentence();
    return std::to_string(shape.slots) + " on " + std::to_string(shape.gpus) + ", " +
           std::to_string(shape.nodes) + " nodes, " + std::to_string(shape.groups) + " groups" +
           (note.empty() ? "" : "; " + note);
  };
  EXPECT_EQ(shape_text("", 58, 256), "288 on 32, 4 nodes, 8 groups");
  EXPECT_EQ(shape_text("redundant=64", 58, 256), "320 on 32, 4 nodes, 8 groups");
  EXPECT_EQ(shape_text("gpus=64&redundant=64", 58, 256), "320 on 64, 1 nodes, 1 groups");
  EXPECT_EQ(shape_text("gpus=64&redundant=64&nodes=8", 58, 256), "320 on 64, 8 nodes, 8 groups");
  EXPECT_EQ(shape_text("policy=global", 58, 256), "288 on 32, 1 nodes, 1 groups");
  EXPECT_EQ(shape_text("nodes=3", 58, 256).substr(0, 41),
            "288 on 32, 1 nodes, 1 groups; 8 groups ca");
  EXPECT_EQ(shape_text("file=a.npy&gpus=8&slots=16", 2, 12), "16 on 8, 1 nodes, 1 groups");
  EXPECT_EQ(shape_text("gpus=64", 58, 256), "320 on 64, 1 nodes, 1 groups");
  EXPECT_EQ(shape_text("file=a.npy&slots=288", 58, 256), "288 on 8, 1 nodes, 1 groups");
  EXPECT_EQ(shape_text("slots=290", 58, 256), "290 on 29, 1 nodes, 1 groups");
  EXPECT_EQ(shape_text("gpus=32&slots=290", 58, 256),
            "290 slots cannot be shared equally by 32 GPUs; nearest valid: --slots 288 or 320, "
            "--gpus 29 or 58");
}

TEST(Link, IsACommandLine) {
  EXPECT_EQ(command_line(LinkState()), "evenkeel balance synth:deepseek-v3");
  EXPECT_EQ(
      command_line(state_of("loads=synth:kimi-k2,skew=1.5&steps=0:300&gpus=32&redundant=32"
                            "&policy=global&strategy=k2&pack=greedy&seed=5&layer=7&step=3"
                            "&panel=compare&theme=dark&embed=1")),
      "evenkeel balance synth:kimi-k2,skew=1.5 --steps 0:300 --gpus 32 --redundant 32 --policy "
      "global --strategy k2 --pack greedy --seed 5");
  const LinkState shaped = state_of("gpus=32&slots=288&nodes=4&strategy=k2&pack=greedy&seed=5");
  EXPECT_EQ(command_line(shaped, LinkCommand::compare),
            "evenkeel compare synth:deepseek-v3 --gpus 32 --slots 288 --nodes 4 --seed 5");
  EXPECT_EQ(
      command_line(shaped, LinkCommand::sweep),
      "evenkeel sweep synth:deepseek-v3 --gpus 32 --nodes 4 --strategy k2 --pack greedy --seed 5");
  LinkState state;
  state.file = "it's $(mine).npy";
  EXPECT_EQ(command_line(state), "evenkeel balance 'it'\\''s $(mine).npy'");
  state.file = "--help";
  EXPECT_EQ(command_line(state), "evenkeel balance ./--help");
}

}  // namespace
}  // namespace evenkeel::test
