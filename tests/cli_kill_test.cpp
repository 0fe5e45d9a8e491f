// Outputs of commands that are killed at any of their system calls that write: old or new, never a mix or an empty
// file. The next run removes what the killed one has left.

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <set>
#include <vector>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

const std::set<long> kWriting = {
#ifdef SYS_rename  // not on every processor
    SYS_rename,    SYS_link,     SYS_unlink, SYS_mkdir,    SYS_rmdir,     SYS_chmod,
#endif
    SYS_renameat2, SYS_renameat, SYS_linkat, SYS_unlinkat, SYS_mkdirat,   SYS_write,
    SYS_pwrite64,  SYS_fsync,    SYS_fchmod, SYS_fchmodat, SYS_ftruncate,
};

bool writes(const __ptrace_syscall_info& call) {
  const auto number = static_cast<long>(call.entry.nr);
  if (number == SYS_openat) return (call.entry.args[2] & O_CREAT) != 0;
  return kWriting.count(number) != 0;
}

enum class End { finished, killed, untraceable };

// Runs the shell's words of `command` in `folder` and kills it when it begins its call number `last` that writes.
End run_until(const fs::path& folder, const std::string& command, int last) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; ++i) ::dup2(nowhere, i);
    if (::chdir(folder.c_str()) != 0 || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
      ::_exit(99);
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // it would trace the program itself
    ::execlp("sh", "sh", "-c", ("exec " + command).c_str(), nullptr);
    ::_exit(98);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) return End::untraceable;
  constexpr auto kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE;
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, kOptions);
  int begun = 0;
  pid_t stopped = child;
  int signal = 0;
  for (;;) {
    ::ptrace(PTRACE_SYSCALL, stopped, nullptr, signal);
    stopped = ::waitpid(-1, &status, __WALL);
    if (stopped == child && (WIFEXITED(status) || WIFSIGNALED(status))) break;
    if (stopped < 0) break;
    signal = 0;
    if (!WIFSTOPPED(status)) continue;  // a thread ended
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      const bool of_tracing = WSTOPSIG(status) == SIGTRAP || WSTOPSIG(status) == SIGSTOP;
      signal = of_tracing ? 0 : WSTOPSIG(status);
      continue;
    }
    __ptrace_syscall_info call = {};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, stopped, sizeof call, &call);
    if (call.op != PTRACE_SYSCALL_INFO_ENTRY || !writes(call) || begun++ != last) continue;
    ::kill(child, SIGKILL);
    while (::waitpid(-1, &status, __WALL) > 0 || errno == EINTR) {
    }
    return End::killed;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 99 ? End::untraceable : End::finished;
}

bool is_unfinished(const fs::path& name) {
  return name.string().find("/.evenkeel-unfinished-") != std::string::npos;
}

// What a folder holds: relative names and contents, without unfinished files.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (is_unfinished(entry.path()) || entry.is_directory()) continue;
    all[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return all;
}

struct Scenario {
  const char* name;
  const char* before;  // shell commands that make the old state
  const char* command;
  std::vector<std::set<std::string>> units;  // files that are old or new together
  bool replaces_a_folder = false;
};

const std::set<std::string> kSet = {"n/phy2log.npy", "n/log2phy.npy", "n/logcnt.npy"};
#define SHAPE " --gpus 2 --slots 6 "
const Scenario kScenarios[] = {
    {"json", "true", "evenkeel balance loads.csv --out p.json" SHAPE, {{"p.json"}}},
    {"json, replaced",
     "echo old > p.json",
     "evenkeel balance loads.csv --force --out p.json" SHAPE,
     {{"p.json"}}},
    {"folder", "true", "evenkeel balance loads.csv --format npy --out n" SHAPE, {kSet}},
    {"folder, empty",
     "mkdir n",
     "evenkeel balance loads.csv --format npy --out n/" SHAPE,
     {kSet},
     true},
    {"folder, replaced",
     "evenkeel balance loads.csv --format npy --out n --gpus 2 --slots 8",
     "evenkeel balance loads.csv --format npy --force --out n" SHAPE,
     {kSet},
     true},
    {"folder with another file",
     "mkdir n && echo mine > n/notes.txt",
     "evenkeel balance loads.csv --format npy --out n" SHAPE,
     {{"n/phy2log.npy"}, {"n/log2phy.npy"}, {"n/logcnt.npy"}, {"n/notes.txt"}}},
    {"several",
     "echo old > p.json; echo old > r.html",
     "evenkeel balance loads.csv --force --out p.json --report r.html --export sglang:s.json" SHAPE,
     {{"p.json"}, {"r.html"}, {"s.json"}}},
    {"trace", "true", "evenkeel synth mixtral-8x7b --steps 2 --out t.npy", {{"t.npy"}}},
    {"through a link",
     "echo old > real; ln -s real p.json",
     "evenkeel balance loads.csv --force --out p.json" SHAPE,
     {{"real"}}},
};

// Without this no folder can be replaced as a whole.
bool names_can_be_exchanged(const fs::path& folder) {
  const std::string a = folder / "a";
  const std::string b = folder / "b";
  std::ofstream(a) << 1;
  std::ofstream(b) << 2;
  const bool can = ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
  fs::remove(a);
  fs::remove(b);
  return can;
}

std::map<std::string, std::string> only(const std::map<std::string, std::string>& all,
                                        const std::set<std::string>& names) {
  std::map<std::string, std::string> chosen;
  for (const auto& [name, content] : all) {
    if (names.count(name) != 0) chosen[name] = content;
  }
  return chosen;
}

TEST_F(CommandTest, KilledAtAnyWritingCallLeavesOldOrNew) {
  const std::string path = ::getenv("PATH");
  std::string programs = fs::read_symlink("/proc/self/exe").parent_path().string();
  if (const char* first = std::getenv("EVENKEEL_PROGRAMS")) programs = fs::absolute(first).string();
  ::setenv("PATH", (programs + ":" + path).c_str(), 1);
  const bool whole_folders = names_can_be_exchanged(folder_);
  if (!whole_folders) {
    std::puts("NOT CHECKED: replaced folders at kills; this file system cannot exchange names");
  }
  for (const Scenario& scenario : kScenarios) {
    SCOPED_TRACE(scenario.name);
    if (scenario.replaces_a_folder && !whole_folders) continue;
    ASSERT_EQ(shell(std::string("rm -rf w old && mkdir old && cp loads.csv old && cd old && { ") +
                    scenario.before + "; } >/dev/null")
                  .status,
              0);
    const auto restart = [&] {
      fs::remove_all(folder_ / "w");
      fs::copy(folder_ / "old", folder_ / "w",
               fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    };
    restart();
    const auto old = contents(folder_ / "w");
    ASSERT_EQ(shell(std::string("cd w && ") + scenario.command).status, 0);
    const auto complete = contents(folder_ / "w");
    ASSERT_NE(old, complete);
    int killed = 0;
    for (;; ++killed) {
      restart();
      const End end = run_until(folder_ / "w", scenario.command, killed);
      if (end == End::untraceable) GTEST_SKIP() << "this machine lets no program trace another one";
      const auto now = contents(folder_ / "w");
      for (const auto& unit : scenario.units) {
        const auto found = only(now, unit);
        EXPECT_TRUE(found == only(old, unit) || found == only(complete, unit))
            << scenario.command << "\nkilled at its writing call " << killed;
      }
      if (end == End::finished) break;
      std::string again = scenario.command;
      if (again.find("--force") == std::string::npos) again += " --force";
      EXPECT_EQ(shell("cd w && " + again).status, 0);
      EXPECT_EQ(contents(folder_ / "w"), complete) << "killed at its writing call " << killed;
      for (const auto& entry : fs::recursive_directory_iterator(folder_ / "w")) {
        EXPECT_FALSE(is_unfinished(entry.path())) << entry.path() << ", killed at " << killed;
      }
    }
    EXPECT_GE(killed, 4) << "the command was not traced";
  }
  ::setenv("PATH", path.c_str(), 1);
}

TEST_F(CommandTest, RemovesOnlyItsOwnUnfinishedOutputs) {
  shell(
      "mkdir .evenkeel-unfinished-aaaaaa .evenkeel-unfinished-bbbbbb && "
      "touch .evenkeel-unfinished-aaaaaa/phy2log.npy .evenkeel-unfinished-bbbbbb/logcnt.npy && "
      "echo mine > .evenkeel-unfinished-bbbbbb/notes.txt && "
      "touch .evenkeel-unfinished-cccccc .evenkeel-unfinished-notes.txt && "
      "ln -s loads.csv .evenkeel-unfinished-dddddd");
  ASSERT_EQ(shell("evenkeel balance loads.csv --out p.json" SHAPE).status, 0);
  EXPECT_FALSE(exists(".evenkeel-unfinished-aaaaaa"));
  EXPECT_FALSE(exists(".evenkeel-unfinished-cccccc"));
  EXPECT_EQ(content(".evenkeel-unfinished-bbbbbb/notes.txt"), "mine\n");
  EXPECT_TRUE(exists(".evenkeel-unfinished-notes.txt"));
  EXPECT_TRUE(exists(".evenkeel-unfinished-dddddd"));
  EXPECT_TRUE(exists("loads.csv"));
}

TEST_F(CommandTest, RunsAtOnceNeverMixTheirArrays) {
  for (const char* folder : {"alone", "shared"}) {
    shell(std::string("mkdir ") + folder + "; [ " + folder +
          " = alone ] || echo mine > shared/notes.txt");
    for (int round = 0; round < 8; ++round) {
      std::string line;
      for (const int slots : {12, 16, 20, 24}) {
        line += "evenkeel balance synth:mixtral-8x7b,steps=2 --gpus 4 --slots " +
                std::to_string(slots) + " --format npy --force --quiet --out " + folder + " & ";
      }
      EXPECT_EQ(shell(line + "wait").err, "");
      const Outcome read = shell(std::string("evenkeel score synth:mixtral-8x7b,steps=2 ") +
                                 folder + " --gpus 4 --quiet");
      EXPECT_EQ(read.status, 0) << read.err;
    }
  }
  EXPECT_EQ(content("shared/notes.txt"), "mine\n");
}

TEST_F(CommandTest, ReadersRefuseArraysOfTwoRuns) {
  const std::string balance = "evenkeel balance loads.csv --format npy --gpus 2 --out ";
  shell(balance + "a --slots 6 && " + balance + "b --slots 6 --strategy random --seed 3");
  for (const char* array : {"phy2log.npy", "log2phy.npy", "logcnt.npy"}) {
    shell(std::string("rm -rf mix && cp -r a mix && cp b/") + array + " mix/");
    expect_refused("score loads.csv mix --gpus 2", "but phy2log has");
  }
}

// Only root can act for two users.
TEST_F(CommandTest, SaysBeforeTheWorkThatAnOutputBelongsToSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  shell(
      "cp \"$(command -v evenkeel)\" . && chmod 755 . && mkdir t && chmod 1777 t && "
      "echo theirs > t/r.html && chmod 666 t/r.html");
  const std::string as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ./evenkeel ";
  if (shell(as_nobody + "--version").status != 0) GTEST_SKIP() << "this machine has no other user";
  const Outcome run =
      shell(as_nobody + "balance loads.csv --force --out t/p.json --report t/r.html" SHAPE);
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err,
            "evenkeel: cannot write t/r.html: it belongs to somebody else, and in its folder only "
            "owners may "
            "replace files\n");
  EXPECT_FALSE(exists("t/p.json"));
  EXPECT_EQ(content("t/r.html"), "theirs\n");
}

TEST_F(CommandTest, TheDemoReplacesOnlyItsOwnReport) {
  write("evenkeel-report.html", "mine");
  expect_refused("demo",
                 "evenkeel-report.html is not a report of evenkeel demo, so it is not replaced");
  EXPECT_EQ(content("evenkeel-report.html"), "mine");
  shell("mv evenkeel-report.html mine && ln -s mine evenkeel-report.html");
  expect_refused("demo", "evenkeel-report.html is not a regular file, so it is not replaced");
  EXPECT_EQ(content("mine"), "mine");
  shell(std::string(
            "rm evenkeel-report.html && evenkeel balance loads.csv --report evenkeel-report.html") +
        kShape);
  expect_refused("demo", "is not a report of evenkeel demo");
}

}  // namespace
}  // namespace evenkeel::test
