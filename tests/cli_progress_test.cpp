// The progress line.

#include "tests/cli_fixture.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

// A shell command: whether `line` and a number are on the screen, as `script` keeps it.
std::string is_shown(const std::string& line) { return "grep -q \"" + line + " *[0-9]\" screen"; }

class ProgressTest : public CommandTest {
 protected:
  // The command shows `line` and a number on a terminal, removes it before its output, and shows nothing
  // elsewhere. `input` is a shell command that is piped into it.
  void expect_progress(const std::string& command, const std::string& line,
                       const std::string& input = ":") const {
    const std::string piped = input + " | evenkeel " + command;
    EXPECT_EQ(shell("echo '" + line + " 1' >screen; " + piped).err, "") << command;
    // The line is not shown in the first half second: until it is there, the command runs for only a
    // twentieth of the time, so that it takes long enough on any machine.
    const Outcome run =
        shell("script -qefc '" + input + " | { evenkeel " + command +
              " <&3 & run=$!; while kill -STOP $run 2>/dev/null; do sleep 0.1; kill -CONT $run; " +
              is_shown(line) + " && break; sleep 0.005; done; wait $run; } 3<&0' screen");
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
  // A layer or two at a time, until the command has shown that it reads.
  const auto slowly = [](const std::string& line) {
    return "for i in $(seq 60); do cat loads.csv; sleep 0.3; " + is_shown(line) + " && break; done";
  };
  for (const auto& [name, line] :
       {std::pair("-", "reading standard input"), std::pair("/dev/stdin", "reading /dev/stdin")}) {
    expect_progress(std::string("balance ") + name + kShape, line, slowly(line));
  }
}

TEST_F(ProgressTest, OfATraceOfOneWindow) {
  constexpr int kSteps = 1 << 27;
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
  expect_progress("bench --strategy deepseek --rows 500 --repeats 15", "benchmarking");
}

}  // namespace
}  // namespace evenkeel::test
