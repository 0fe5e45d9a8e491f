// Options beside each other: none that is given is ignored.

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

TEST_F(CommandTest, SynthTakesEveryOptionThatIsGiven) {
  expect_refused("synth mixtral-8x7b,steps=10 --steps 300 --out x.npy",
                 "synthetic trace: steps is given twice; once is enough");
  expect_refused("synth mixtral-8x7b,seed=1 --seed 0 --out x.npy", "seed is given twice");
  expect_refused("synth mixtral-8x7b --seed -1 --out x.npy",
                 "seed=\"-1\"; expected a whole number from 0 to 18446744073709551615");
  for (const char* option : {"--out x.npy", "--steps 5", "--seed 5", "--skew 1", "--force"}) {
    expect_refused(std::string("synth ") + option, "PRESET beside --", 2);
  }
  expect_refused("synth '' --out x.npy", "unknown preset \"\"");
  const std::string most = "18446744073709551615";
  const Outcome run = shell("evenkeel synth mixtral-8x7b,steps=2 --out m.npy --seed " + most);
  ASSERT_EQ(run.status, 0) << run.err;
  ASSERT_EQ(shell("evenkeel synth mixtral-8x7b,steps=2,seed=" + most + " --out n.npy").status, 0);
  EXPECT_EQ(content("m.npy"), content("n.npy"));
}

TEST_F(CommandTest, BenchRefusesWhatItWouldIgnore) {
  for (const char* option : {"--trace m.npy", "--layers 2", "--experts 8", "--slots 8", "--gpus 2",
                             "--nodes 2", "--groups 2", "--policy global"}) {
    expect_refused(std::string("bench --standard ") + option,
                   "goes not with --standard, which has shapes of its own", 2);
  }
  for (const char* option : {"--layers 2", "--experts 8", "--rows 5", "--repeats 2"}) {
    expect_refused(std::string("bench --trace m.npy ") + option,
                   "goes not with --trace, which has loads of its own", 2);
  }
  expect_refused("bench --window 10", "--window: wants --trace FILE", 2);
}

}  // namespace
}  // namespace evenkeel::test
