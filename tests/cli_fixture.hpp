// Runs the command as a user would, in its own folder.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support.hpp"

namespace evenkeel::test {

namespace fs = std::filesystem;

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

class CommandTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "evenkeel-cli-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("loads.csv", "90,132,40,61\n4,73,56,183\n");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }
  std::string content(const std::string& name) const { return read_file(folder_ / name); }
  bool exists(const std::string& name) const { return fs::exists(folder_ / name); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::recursive_directory_iterator(folder_),
                                                  fs::recursive_directory_iterator()));
  }

  // Runs a shell command in the test's folder, with the built programs on the PATH: first those in the folder
  // EVENKEEL_PROGRAMS, then those beside this one.
  Outcome shell(const std::string& command) const {
    std::string programs = fs::read_symlink("/proc/self/exe").parent_path().string();
    if (const char* first = std::getenv("EVENKEEL_PROGRAMS"); first != nullptr) {
      programs = fs::absolute(first).string() + ":" + programs;
    }
    const std::string line = "cd '" + folder_.string() + "' && PATH='" + programs +
                             ":'\"$PATH\" && export NO_COLOR=1 && { " + command + "; } >../" +
                             folder_.filename().string() + ".out 2>../" +
                             folder_.filename().string() + ".err </dev/null";
    const int status = std::system(line.c_str());
    Outcome run;
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    run.out = read_file(folder_.string() + ".out");
    run.err = read_file(folder_.string() + ".err");
    fs::remove(folder_.string() + ".out");
    fs::remove(folder_.string() + ".err");
    return run;
  }

  // A shell command that runs once the reader of its output, `true`, is gone.
  static std::string without_a_reader(const std::string& command) {
    return "{ trap '' PIPE; while echo; do sleep 0.01; done 2>/dev/null; trap - PIPE; " + command +
           "; echo status $? >&2; } | true";
  }

  // The command must fail with this status and one sentence that contains these words, print nothing, and
  // leave no file.
  void expect_refused(const std::string& arguments, const std::string& words, int status = 1) {
    const std::size_t before = files();
    const Outcome run = shell("evenkeel " + arguments);
    EXPECT_EQ(run.status, status) << arguments << "\n" << run.err;
    EXPECT_NE(run.err.find(words), std::string::npos)
        << arguments << "\nexpected: " << words << "\nin: " << run.err;
    if (status == 1) {
      EXPECT_EQ(run.out, "") << arguments;
      EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    }
    EXPECT_EQ(files(), before) << arguments << " left files";
  }

  // The same, with outputs in both formats.
  void expect_no_output(const std::string& arguments, const std::string& words) {
    expect_refused(arguments + " --out out.json", words);
    expect_refused(arguments + " --out out --format npy", words);
  }

  fs::path folder_;
};

inline constexpr const char* kShape = " --gpus 2 --slots 6 ";

}  // namespace evenkeel::test
