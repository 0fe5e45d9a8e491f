// The progress line.

#include "core/base/text.hpp"
#include "tests/cli_fixture.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

class ProgressTest : public CommandTest {
 protected:
  // The command shows `line` and a number on a terminal, removes it before its output, and shows nothing
  // elsewhere. `input` is a shell command that is piped into it.
  void expect_progress(const std::string& command, const std::string& line,
                       const std::string& input = ":") const {
    const std::string piped =
        "export EVENKEEL_PROGRESS_DELAY=0; " + input + " | evenkeel " + command;
    EXPECT_EQ(shell(piped).err, "") << command;
    const Outcome run = shell("script -qefc '" + piped + "' screen");
    EXPECT_EQ(run.status, 0) << run.out;
    const std::size_t shown = run.out.find("\r" + line + " ");
    ASSERT_NE(shown, std::string::npos) << command << "\n" << run.out;
    const std::size_t number = run.out.find_first_not_of(' ', shown + line.size() + 1);
    EXPECT_TRUE(run.out[number] >= '0' && run.out[number] <= '9') << run.out;
    EXPECT_NE(run.out.substr(number, 3), "100") << "it appears only at the end\n" << run.out;
    EXPECT_NE(run.out.find("\x1b[K\r\x1b[K"), std::string::npos)
        << "the line is not removed before other output\n"
        << run.out;
  }
};

TEST_F(ProgressTest, OfSynth) {
  expect_progress("synth deepseek-v3 --steps 100 --force --out t.npy",
                  "writing synth:deepseek-v3,steps=100");
}

TEST_F(ProgressTest, OfCompare) {
  expect_progress(
      "compare synth:deepseek-v3,steps=1 --gpus 8 --slots 2048 --nodes 1 --groups 1 "
      "--strategies deepseek,random",
      "comparing");
}

TEST_F(ProgressTest, OfStandardInputAndPipes) {
  for (const auto& [name, line] :
       {std::pair("-", "reading standard input"), std::pair("/dev/stdin", "reading /dev/stdin")}) {
    expect_progress(std::string("balance ") + name + kShape, line, "cat loads.csv");
  }
}

TEST_F(ProgressTest, OfCompressedFiles) {
  constexpr int kRows = 3 << 20;
  std::string noise(kRows, '\0');  // does not compress
  std::uint32_t state = 1;
  for (char& byte : noise) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  write("t.npy", npy_file("|u1", "(" + std::to_string(kRows) + ", 1, 1)", noise));
  ASSERT_EQ(shell("gzip -1 t.npy").status, 0);
  expect_progress("balance t.npy.gz --gpus 1 --slots 1", "decompressing t.npy.gz");
}

TEST_F(ProgressTest, IsNotShownBeforeItsDelay) {
  const auto shows = [this](const std::string& delay) {
    const Outcome run = shell("export EVENKEEL_PROGRESS_DELAY=" + delay +
                              "; script -qefc 'evenkeel compare "
                              "example:deepseek --gpus 8 --strategies deepseek' screen");
    return run.out.find("comparing") != std::string::npos;
  };
  EXPECT_TRUE(shows("0"));
  EXPECT_FALSE(shows("1e6"));
  for (const char* wrong : {"soon", "-1", "", "1e9", "nan", "1 s"}) {
    const Outcome run = shell(std::string("EVENKEEL_PROGRESS_DELAY='") + wrong + "' evenkeel demo");
    EXPECT_EQ(run.status, 1);
    EXPECT_EQ(run.err, "evenkeel: the environment variable EVENKEEL_PROGRESS_DELAY is " +
                           in_quotes(wrong) +
                           "; it must be a number of seconds from 0 to 1000000\n");
  }
}

TEST_F(ProgressTest, OfATraceOfOneWindow) {
  constexpr int kSteps = 1 << 25;
  write("t.npy", npy_file("|u1", "(" + std::to_string(kSteps) + ", 1, 1)", ""));
  fs::resize_file(folder_ / "t.npy",
                  fs::file_size(folder_ / "t.npy") + kSteps);  // zeros that use no disk space
  expect_progress("bench --trace t.npy --window 1000000000 --gpus 1 --slots 1",
                  "benchmarking t.npy");
}

TEST_F(ProgressTest, OfSweep) {
  expect_progress("sweep example:deepseek --gpus 1 --nodes 1 --groups 1 --most 4084 --points 250",
                  "sweeping");
}

TEST_F(ProgressTest, OfBenchWithOneShape) {
  expect_progress("bench --strategy deepseek --rows 100 --repeats 3", "benchmarking");
}

}  // namespace
}  // namespace evenkeel::test
