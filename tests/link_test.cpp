// Links: every key is printed and parsed, and hostile links.
#include "web/state/link.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/lanes/random.hpp"
#include "core/request/file_names.hpp"
#include "core/request/request_options.hpp"
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
      state_of("#loads=synth:deepseek-v3&&policy=auto&strategy=keel&seed=0&steps=0:&layer=0&"),
      LinkState());
}

TEST(Link, HasAllKeys) {
  const std::string link =
      "loads=synth:kimi-k2,seed=7,skew=1.5&steps=0:300&gpus=32&slots=416&nodes=4&groups=8"
      "&policy=hierarchical&strategy=ref&replicate=highest_load&tail=none&fixup=second_donor"
      "&pack=copies_apart&refine=two_lights&apart=exchange&seed=18446744073709551615"
      "&layer=12&step=0&every=100&delay=20&from=600&policies=last,ewma:50&panel=how-many_2"
      "&theme=dark&embed=1";
  const LinkState state = state_of("#" + link);
  EXPECT_EQ(print_link(state), link);
  EXPECT_EQ(state.loads, "synth:kimi-k2,seed=7,skew=1.5");
  EXPECT_EQ(state.steps, (Range{0, 300}));
  EXPECT_EQ(state.slots, 416);
  EXPECT_EQ(state.redundant, std::nullopt);
  EXPECT_EQ(state.policy, Policy::hierarchical);
  EXPECT_EQ(state.stages, (Texts{"highest_load", "none", "second_donor", "copies_apart",
                                 "two_lights", "exchange"}));
  EXPECT_EQ(state.seed, 18446744073709551615u);
  EXPECT_EQ(state.step, 0);
  EXPECT_EQ(state.replay, (ReplayWish{100, 20, 600, "last,ewma:50"}));
  EXPECT_EQ(state_of("policies=last,mean_of_max"), LinkState()) << "the usual ones";
  EXPECT_EQ(state_of("redundant=0").redundant, 0);
  EXPECT_EQ(state_of("steps=300:").steps, (Range{300, Range().end}));
  EXPECT_EQ(print_link(state_of("steps=:50")), "steps=0:50&strategy=keel");
  EXPECT_EQ(print_link(state_of("theme=auto&embed=0")), "");
}

TEST(Link, EscapesWhatALinkMayNotHold) {
  LinkState state;
  state.file = "a b&c=d%#\xc3\xa9'.npy";
  EXPECT_EQ(print_link(state), "file=a%20b%26c=d%25%23%C3%A9%27.npy&strategy=keel");
  EXPECT_EQ(state_of(print_link(state)), state);
  EXPECT_EQ(state_of("%6co%61ds=synth%3akimi-k2").loads, "synth:kimi-k2");
}

TEST(Link, HasTheNamesOfSeveralFiles) {
  const LinkState state = state_of("file=a.csv%0Ab%20c.csv&gpus=4");
  EXPECT_EQ(state.file, "a.csv\nb c.csv");
  EXPECT_EQ(print_link(state), "file=a.csv%0Ab%20c.csv&gpus=4&strategy=keel");
  EXPECT_EQ(title_of_files(state.file), "a.csv and 1 more file");
  LinkState many;
  for (int i = 0; i < 200; ++i) many.file += "rank" + std::to_string(i) + ".csv\n";
  EXPECT_EQ(print_link(many), "file=rank0.csv%20and%20199%20more%20files&strategy=keel");
  EXPECT_EQ(state_of(print_link(many)).file, linked_names(many.file));
}

TEST(Link, NamesFilesWithoutTheirCommonFolder) {
  EXPECT_EQ(without_folders("/data/a.csv"), "a.csv");
  EXPECT_EQ(without_folders("data/folder/"), "folder");
  EXPECT_EQ(without_folders("/data/x/a.csv\n/data/y/a.csv"), "x/a.csv\ny/a.csv");
  EXPECT_EQ(without_folders("data/a.csv\ndata/b.csv"), "a.csv\nb.csv");
  EXPECT_EQ(without_folders("data/a.csv\ndatb.csv"), "data/a.csv\ndatb.csv");
  EXPECT_EQ(without_folders("data/a\ndata"), "data/a\ndata");
}

TEST(Link, SaysWhatIsWrongAndKeepsTheRest) {
  Texts problems;
  const LinkState state = parse_link("gpus=abc&slots=288&speed=9", problems);
  EXPECT_EQ(problems, (Texts{"\"gpus\" is \"abc\"; expected a whole number from 1 to 1024",
                             "\"speed\": there is no such key; it is ignored"}));
  EXPECT_EQ(state.slots, 288);
  EXPECT_EQ(state.gpus, std::nullopt);
}

TEST(Link, EveryPairIsJudged) {
  struct Wrong {
    const char* link;
    std::string problem;
  };
  const auto no_name = [](const std::string& shown) {
    return "\"file\" is \"" + shown +
           "\"; expected a file's name of 1 to 160 bytes of UTF-8 without control characters, or "
           "several names, each on its own line (%0A)";
  };
  for (const Wrong& wrong : {
           Wrong{"gpus", "\"gpus\": expected key=value"},
           Wrong{"=5", "\"\": there is no such key; it is ignored"},
           Wrong{"gpus=0", "\"gpus\" is 0; expected 1 to 1024"},
           Wrong{"gpus=-1", "\"gpus\" is -1; expected 1 to 1024"},
           Wrong{"gpus=", "\"gpus\" is \"\"; expected a whole number from 1 to 1024"},
           Wrong{"slots=99999999999999999999",
                 "\"slots\" is \"99999999999999999999\"; expected a whole number from 1 to 4096"},
           Wrong{"redundant=1e3",
                 "\"redundant\" is \"1e3\"; expected a whole number from 0 to 4096"},
           Wrong{"nodes=2%", "\"nodes\": % must be followed by two hexadecimal digits, not \"\""},
           Wrong{"nodes=%3g",
                 "\"nodes\": % must be followed by two hexadecimal digits, not \"3g\""},
           Wrong{"%zz=2", "\"%zz\": % must be followed by two hexadecimal digits, not \"zz\""},
           Wrong{"policy=local", "unknown policy \"local\"; known: auto, hierarchical, global"},
           Wrong{"bounds=loose",
                 "unknown kind of lower bounds \"loose\"; known: auto, cheap, strong"},
           Wrong{"theme=pink", "\"theme\" is \"pink\"; expected dark, light or auto"},
           Wrong{"embed=2", "\"embed\" is \"2\"; expected a whole number from 0 to 1"},
           Wrong{"steps=5", "\"steps\" is \"5\"; expected a range A:B, for example 300:600"},
           Wrong{"every=-1", "\"every\" is \"-1\"; expected a whole number from 0 to 2000000000"},
           Wrong{"policies=last,next",
                 "unknown policy \"next\"; known: last, held, ewma, mean_of_max"},
           Wrong{"panel=A",
                 "\"panel\" is \"A\"; expected a word of at most 32 lower-case letters and digits"},
           Wrong{"loads=/etc/passwd",
                 "\"loads\" is \"/etc/passwd\"; expected synth:PRESET or example:deepseek; open "
                 "the file yourself"},
           Wrong{"loads=synth:kimi-k2,speed=1",
                 "synthetic trace: unknown option \"speed=1\"; expected seed=N, "
                 "steps=N or skew=X"},
           Wrong{"file=a%09b", no_name("a?b")},
           Wrong{"file=a%0Ab%00", no_name("a?b?")},
           Wrong{"file=%0A", no_name("?")},
           Wrong{"file=%FF.npy", no_name("?.npy")},
           Wrong{"file=a%C3", no_name("a?")},
           Wrong{"file=%C0%AF", no_name("??")},
           Wrong{"file=%ED%A0%80", no_name("???")},
           Wrong{"tail=tall",
                 "unknown rule \"tall\" for \"tail\"; known: none, sainte_lague, "
                 "lower_peak, tie_aware, three_quotients"},
           Wrong{"seed=18446744073709551616",
                 "\"seed\" is \"18446744073709551616\"; expected a whole number from 0 to "
                 "18446744073709551615"},
           Wrong{"layer=65536", "\"layer\" is \"65536\"; expected a whole number from 0 to 65535"},
       }) {
    EXPECT_EQ(problems_of(wrong.link), Texts{wrong.problem}) << wrong.link;
  }
  EXPECT_EQ(problems_of("strategy=best")[0].substr(0, 24), "unknown strategy \"best\";");
}

TEST(Link, PairsThatContradictEachOther) {
  Texts problems;
  EXPECT_EQ(parse_link("gpus=8&gpus=9", problems).gpus, 8);
  EXPECT_EQ(problems, Texts{"\"gpus\": it is given twice; the first one is used"});
  const LinkState both = parse_link("redundant=32&slots=288", problems);
  EXPECT_EQ(both.slots, 288);
  EXPECT_EQ(both.redundant, std::nullopt);
  EXPECT_EQ(problems, Texts{"\"slots\" excludes \"redundant\"; \"slots\" is used"});
  const LinkState stages = parse_link("strategy=k2&tail=tie_aware&pack=greedy", problems);
  EXPECT_EQ(stages.stages, LinkState().stages);
  EXPECT_EQ(stages.strategy, "k2");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].substr(0, 36), "\"tail\" tie_aware replaces the last p");
}

TEST(Link, NamesTheStrategyAndItsEffort) {
  EXPECT_EQ(state_of("gpus=8").strategy, "keel");
  EXPECT_EQ(state_of("gpus=8&tail=sainte_lague").strategy, "deepseek") << "stages are its own";
  EXPECT_EQ(print_link(state_of("effort=max")), "strategy=keel:max");
  EXPECT_EQ(print_link(state_of("effort=25&gpus=8")), "gpus=8&strategy=keel:25");
  EXPECT_EQ(print_link(state_of("strategy=keel:fast&effort=fast")), "strategy=keel:fast");
  Texts problems;
  EXPECT_EQ(print_link(parse_link("strategy=ref&effort=max", problems)), "strategy=ref");
  EXPECT_EQ(problems, Texts{"\"strategy\" ref excludes \"effort\""});
}

TEST(Link, IsFromBeforeKeelWithoutAStrategy) {
  for (const char* old : {"gpus=8", "#loads=synth:kimi-k2&panel=compare", "theme=dark",
                          "x=1&seed=7", "embed=0&layer=3", "apart=exchange"}) {
    EXPECT_TRUE(is_from_before_keel(old)) << old;
  }
  for (const char* recent : {"", "#", "strategy=keel", "gpus=8&strategy=keel", "strategy=deepseek",
                             "strategy=best&gpus=8", "gpus=8&effort=default", "tail=sainte_lague",
                             "apart=none", "embed=1", "chapter-2", "x=1"}) {
    EXPECT_FALSE(is_from_before_keel(recent)) << recent;
  }
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const std::string link = print_link(random_link_state(seed));
    EXPECT_FALSE(is_from_before_keel(link)) << link;
  }
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
  EXPECT_EQ(all[6], "\"k6\": there is no such key; it is ignored");
  EXPECT_EQ(all[7], "13 more keys or values are invalid");
}

TEST(Link, RandomStatesComeBack) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    const LinkState state = random_link_state(seed);
    EXPECT_EQ(state_of(print_link(state)), state) << print_link(state);
    EXPECT_TRUE(check_request(state, Vocabulary::link).ok());
  }
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
  EXPECT_EQ(command_line(shaped, Subcommand::compare),
            "evenkeel compare synth:deepseek-v3 --gpus 32 --slots 288 --nodes 4 --seed 5");
  EXPECT_EQ(
      command_line(shaped, Subcommand::sweep),
      "evenkeel sweep synth:deepseek-v3 --gpus 32 --nodes 4 --strategy k2 --pack greedy --seed 5");
  LinkState state;
  state.file = "it's $(mine).npy";
  EXPECT_EQ(command_line(state), "evenkeel balance 'it'\\''s $(mine).npy'");
  state.file = "--help";
  EXPECT_EQ(command_line(state), "evenkeel balance ./--help");
  state.file = "rank 0.csv\n-1.csv\nfolder/";
  state.gpus = 4;
  EXPECT_EQ(command_line(state), "evenkeel balance 'rank 0.csv' ./-1.csv folder --gpus 4");
}

}  // namespace
}  // namespace evenkeel::test
