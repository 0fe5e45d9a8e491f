// Names of outputs: long names, links, two names of one file, and standard output.

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

TEST_F(CommandTest, WritesUnderAnyNameThatAFileMayHave) {
  const std::string longest = std::string(250, 'p') + ".json";
  const Outcome run = shell("umask 027 && evenkeel balance loads.csv --out " + longest + kShape);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(content(longest).substr(0, 1), "{");
  EXPECT_EQ(fs::status(folder_ / longest).permissions(),
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  expect_refused("balance loads.csv --out " + longest + "l" + kShape, "File name too long");
  expect_refused("balance missing.csv --out " + longest + "l" + kShape, "File name too long");
}

// A killed run leaves its unfinished file; another run may get the same process id.
TEST_F(CommandTest, FollowsLinksAndKeepsModes) {
  shell("echo old > real.json && chmod 600 real.json && ln -s real.json link.json");
  const Outcome run =
      shell(std::string("evenkeel balance loads.csv --out link.json --force") + kShape);
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.json"));
  EXPECT_EQ(content("real.json").substr(0, 1), "{");
  EXPECT_EQ(fs::status(folder_ / "real.json").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(CommandTest, MakesWhatADanglingLinkPointsTo) {
  shell(
      "mkdir in && ln -s ../new.json in/second && ln -s in/second link && ln -s no/p.json astray"
      " && ln -s round round && ln -s new_folder folder_link");
  const std::string balance = "balance loads.csv --out ";
  expect_refused(balance + "link" + kShape, "link exists; use --force to replace it");
  const Outcome run = shell("evenkeel " + balance + "link --force" + kShape);
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content("new.json").substr(0, 1), "{");
  EXPECT_EQ(shell("evenkeel " + balance + "folder_link --format npy" + kShape).status, 0);
  EXPECT_TRUE(exists("new_folder/phy2log.npy"));
  expect_refused(balance + "astray --force" + kShape,
                 "cannot write astray: the folder no does not exist");
  expect_refused(balance + "round --force" + kShape, "cannot write round: Too many levels");
  expect_refused(balance + "round --format npy --force" + kShape,
                 "cannot write round: Too many levels");
}

TEST_F(CommandTest, RefusesTwoOutputsOfOneFile) {
  shell("mkdir in n && ln -s in other && ln -s new link && echo 1 > old && ln old hard");
  struct Pair {
    const char* out;
    const char* report;
  };
  for (const Pair& pair :
       {Pair{"p", "p"}, Pair{"p", "./in/../p"}, Pair{"in/p", "other/p"}, Pair{"link", "new"},
        Pair{"old", "hard"}, Pair{"fresh", "fresh"}, Pair{"n/log2phy", "n/../n/log2phy"}}) {
    const std::string command = std::string("balance missing.csv --force --out ") + pair.out +
                                " --report " + pair.report + kShape;
    expect_refused(command, std::string(pair.out) + ": --out and --report both write it");
  }
  expect_refused(std::string("balance missing.csv --force --format npy --out n --report "
                             "in/../n/logcnt.npy") +
                     kShape,
                 "n/logcnt.npy: --out and --report both write it");
  expect_refused(
      std::string("balance missing.csv --format npy --out fresh --report fresh") + kShape,
      "fresh: --out and --report both write it");
}

TEST_F(CommandTest, ADashIsStandardOutputOrRefused) {
  const std::string synth = "evenkeel synth mixtral-8x7b --steps 20 --out ";
  ASSERT_EQ(shell(synth + "m.npy").status, 0);
  const Outcome piped = shell(synth + "- | cat");
  EXPECT_EQ(piped.err, "");
  EXPECT_EQ(piped.out, content("m.npy"));
  EXPECT_EQ(shell(synth + "- > n.npy").err, "");
  EXPECT_EQ(content("n.npy"), content("m.npy"));
  EXPECT_FALSE(exists("-"));
  EXPECT_EQ(shell(without_a_reader(synth + "-")).err, "status 141\n");
  EXPECT_EQ(shell(synth + "- > /dev/full").err,
            "evenkeel: cannot write to standard output: No space left on device\n");
  const Outcome terminal = shell("script -qec '" + synth + "-' /dev/null");
  EXPECT_EQ(terminal.status, 1);
  EXPECT_NE(terminal.out.find("evenkeel: a .npy file cannot be shown on a terminal"),
            std::string::npos)
      << terminal.out;
  for (const char* command : {"balance loads.csv", "compare loads.csv", "score loads.csv p.json"}) {
    expect_refused(std::string(command) + " --gpus 2 --report -",
                   "--report: a report needs a file name", 2);
  }
}

}  // namespace
}  // namespace evenkeel::test
