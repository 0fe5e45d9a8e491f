// How the command stops on request, and what it leaves then.

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "tests/cli_fixture.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

// A terminal with stopped output, as after Ctrl-S: writers block.
class HeldTerminal {
 public:
  HeldTerminal() : screen_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (screen_ < 0 || ::grantpt(screen_) != 0 || ::unlockpt(screen_) != 0) return;
    path_ = ::ptsname(screen_);
    line_ = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::tcflow(line_, TCOOFF);
  }
  ~HeldTerminal() {
    ::close(line_);
    ::close(screen_);
  }
  HeldTerminal(const HeldTerminal&) = delete;
  HeldTerminal& operator=(const HeldTerminal&) = delete;

  const std::string& path() const { return path_; }

 private:
  int screen_;
  int line_ = -1;
  std::string path_;
};

TEST_F(CommandTest, CanBeStoppedAndLeavesOnlyWholeFiles) {
  const std::size_t before = files();
  struct Stop {
    const char* command;
    const char* signal;
    int status;
  };
  const char* const synth = "synth deepseek-v3 --steps 1000000 --out big.npy";
  const char* const balance = "balance synth:deepseek-v3,steps=1000000 --out p.json";
  const char* const bench = "bench --rows 20000 --repeats 1000";
  for (const Stop& stop :
       {Stop{synth, "HUP", 129}, Stop{synth, "INT", 130}, Stop{synth, "QUIT", 131},
        Stop{synth, "TERM", 143}, Stop{balance, "INT", 130}, Stop{bench, "INT", 130}}) {
    const Outcome run = shell(std::string("timeout --preserve-status -s ") + stop.signal +
                              " 0.4 evenkeel " + stop.command);
    EXPECT_EQ(run.status, stop.status) << stop.command << "\n" << run.err;
    EXPECT_EQ(run.out + run.err, "") << stop.command;
    EXPECT_EQ(files(), before) << stop.command;
  }
}

// A stopped benchmark prints its results so far.
TEST_F(CommandTest, AStoppedTraceKeepsItsFinishedWindows) {
  std::string header = npy_file("|u1", "(4000000, 4, 8)", "");
  write("long.npy", header);
  ASSERT_EQ(
      shell("truncate -s " + std::to_string(header.size() + 4000000 * 32) + " long.npy").status, 0);
  Outcome run;
  for (int seconds = 1; seconds <= 64; seconds *= 2) {  // until it has finished a window by then
    run = shell(
        "timeout --preserve-status -s INT " + std::to_string(seconds) +
        " evenkeel bench --trace long.npy --window 1 --gpus 4 --slots 12 --strategy deepseek");
    if (run.out.find("\ndeepseek ") != std::string::npos) break;
  }
  EXPECT_EQ(run.status, 130) << run.err;
  EXPECT_NE(run.out.find(" windows of 1 step, then stopped\n"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\ndeepseek "), std::string::npos) << run.out;
}

TEST_F(CommandTest, ASecondSignalStopsAtOnceAndLeavesNothing) {
  const HeldTerminal terminal;
  ASSERT_NE(terminal.path(), "");
  const std::size_t before = files();
  // The progress line waits for the terminal, also when it is removed at the end.
  const Outcome run =
      shell("evenkeel synth deepseek-v3 --steps 1000000 --out big.npy 2>" + terminal.path() +
            " & run=$!; while kill -0 $run && [ $(ls -A | wc -l) -le " + std::to_string(before) +
            " ]; do sleep 0.1; done;"
            " sleep 1; kill -TERM $run; sleep 2.5; ls -A | wc -l;"
            " kill -TERM $run; wait $run");
  EXPECT_EQ(run.out, std::to_string(before + 1) + "\n") << "it did not block where expected";
  EXPECT_EQ(run.status, 143) << run.err;
  EXPECT_EQ(files(), before);
}

}  // namespace
}  // namespace evenkeel::test
