// The command as a stranger runs it: every message, every exit status, and what is left on the
// disk.

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

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

  // Runs a shell command in the test's folder, with the built programs on the PATH.
  Outcome shell(const std::string& command) const {
    const std::string programs = fs::read_symlink("/proc/self/exe").parent_path().string();
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

  // The command must fail with this status and these words in one sentence, print nothing, and leave
  // no file.
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
    EXPECT_EQ(files(), before) << arguments << " left something behind";
  }

  // The same, with outputs of both formats asked for.
  void expect_no_output(const std::string& arguments, const std::string& words) {
    expect_refused(arguments + " --out out.json", words);
    expect_refused(arguments + " --out out --format npy", words);
  }

  fs::path folder_;
};

constexpr const char* kShape = " --gpus 2 --slots 6 ";

TEST_F(CommandTest, PrintsATableThatFitsEightyColumns) {
  for (const char* command :
       {"evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4",
        "evenkeel balance loads.csv --gpus 2 --redundant 2 --strategy random --seed 5",
        "evenkeel strategies", "evenkeel bench --rows 10 --repeats 1", "evenkeel --help",
        "evenkeel balance --help", "evenkeel score --help", "evenkeel bench --help",
        "evenkeel strategies --help"}) {
    const Outcome run = shell(command);
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(run.out.find('\x1b'), std::string::npos) << "colour outside a terminal";
    std::istringstream lines(run.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  }
  EXPECT_NE(shell("evenkeel balance --help").out.find("Examples:"), std::string::npos);
}

TEST_F(CommandTest, JsonHasTheDocumentedShape) {
  const Outcome run = shell(std::string("evenkeel balance loads.csv --json") + kShape);
  ASSERT_EQ(run.status, 0) << run.err;
  const auto object = nlohmann::json::parse(run.out);
  EXPECT_EQ(object.size(), 5u);
  EXPECT_EQ(object.at("shape"),
            nlohmann::json::parse(R"({"layers": 2, "experts": 4, "slots": 6, "gpus": 2,
                                      "nodes": 1, "groups": 1})"));
  EXPECT_EQ(object.at("strategy"), "deepseek");
  EXPECT_EQ(object.at("backend"), "cpu");
  EXPECT_EQ(object.at("hash").get<std::string>().size(), 16u);
  EXPECT_EQ(object.at("metrics").at("layers").size(), 2u);
  EXPECT_TRUE(object.at("metrics").at("moved_slots").is_null());
}

TEST_F(CommandTest, WritesReadsAndScoresItsPlacements) {
  const Outcome written =
      shell(std::string("evenkeel balance loads.csv --out p.json --json") + kShape);
  ASSERT_EQ(written.status, 0) << written.err;
  const auto result = nlohmann::json::parse(written.out);
  const auto file = nlohmann::json::parse(content("p.json"));
  EXPECT_EQ(file.at("hash"), result.at("hash"));
  EXPECT_EQ(file.at("phy2log").size(), 2u);
  EXPECT_EQ(file.at("phy2log")[0].size(), 6u);
  EXPECT_EQ(file.at("logcnt")[0].size(), 4u);

  ASSERT_EQ(shell(std::string("evenkeel balance loads.csv --out n --format npy") + kShape).status,
            0);
  for (const char* placement : {"p.json", "n", "n/phy2log.npy"}) {
    const Outcome score =
        shell(std::string("evenkeel score loads.csv --gpus 2 --json ") + placement);
    ASSERT_EQ(score.status, 0) << score.err;
    const auto scored = nlohmann::json::parse(score.out);
    EXPECT_EQ(scored.at("metrics"), result.at("metrics")) << placement;
    if (std::string(placement) != "n/phy2log.npy") {  // which has not the copies' numbers
      EXPECT_EQ(scored.at("hash"), result.at("hash")) << placement;
    }
    const Outcome moved =
        shell(std::string("evenkeel balance loads.csv --json --previous ") + placement + kShape);
    ASSERT_EQ(moved.status, 0) << moved.err;
    EXPECT_EQ(nlohmann::json::parse(moved.out).at("metrics").at("moved_slots"), 0) << placement;
  }
  const Outcome own = shell("evenkeel score loads.csv p.json --json");  // it says its GPUs
  EXPECT_EQ(nlohmann::json::parse(own.out).at("hash"), result.at("hash"));
  // A placement of all layers serves a slice of them.
  const Outcome slice = shell("evenkeel score loads.csv p.json --layers 1:2 --json");
  ASSERT_EQ(slice.status, 0) << slice.err;
  EXPECT_EQ(nlohmann::json::parse(slice.out).at("metrics").at("layers")[0],
            result.at("metrics").at("layers")[1]);
}

TEST_F(CommandTest, ReadsAndWritesStandardStreams) {
  const Outcome piped = shell(std::string("evenkeel balance - --json < loads.csv") + kShape);
  const Outcome direct = shell(std::string("evenkeel balance loads.csv --json") + kShape);
  ASSERT_EQ(piped.status, 0) << piped.err;
  EXPECT_EQ(piped.out, direct.out);
  const Outcome out = shell(std::string("cat loads.csv | evenkeel balance - --out -") + kShape);
  ASSERT_EQ(out.status, 0) << out.err;
  EXPECT_EQ(nlohmann::json::parse(out.out).at("hash"),
            nlohmann::json::parse(direct.out).at("hash"));
}

TEST_F(CommandTest, QuietPrintsNothingAndNotesGoToStandardError) {
  const std::string fallback = "evenkeel balance loads.csv --nodes 2 --groups 3 --gpus 2 --slots 6";
  const Outcome noted = shell(fallback);
  EXPECT_EQ(noted.status, 0);
  EXPECT_EQ(noted.err,
            "evenkeel: note: 3 groups cannot be shared equally by 2 nodes: balancing "
            "globally, nodes and groups are ignored\n");
  const Outcome quiet = shell(fallback + " --quiet");
  EXPECT_EQ(quiet.status, 0);
  EXPECT_EQ(quiet.out + quiet.err, "");
}

TEST_F(CommandTest, WarnsOfLayersWithoutLoad) {
  write("empty.csv", "0,0,0,0\n1,2,3,4\n");
  const Outcome run = shell(std::string("evenkeel balance empty.csv") + kShape);
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err,
            "evenkeel: warning: 1 of 2 layers have no load; their placement is arbitrary "
            "and they count as balanced\n");
}

TEST_F(CommandTest, ReplacesOnlyWithForce) {
  const std::string json = std::string("balance loads.csv --out p.json") + kShape;
  const std::string npy = std::string("balance loads.csv --format npy --out n") + kShape;
  for (const std::string& command : {json, npy}) {
    ASSERT_EQ(shell("evenkeel " + command).status, 0);
    expect_refused(command, " exists; use --force to replace it");
    EXPECT_EQ(shell("evenkeel " + command + " --force").status, 0);
  }
  write("p.json", "mine");
  expect_refused(json, "p.json exists; use --force to replace it");
  EXPECT_EQ(content("p.json"), "mine");
  expect_refused("balance loads.csv --out p.json --gpus 4 --slots 6 --force",
                 "6 slots cannot be shared equally by 4 GPUs");
  EXPECT_EQ(content("p.json"), "mine");
}

TEST_F(CommandTest, RefusesOutputsThatCannotBeWritten) {
  const std::string balance = std::string("balance loads.csv --out ");
  expect_refused(balance + "no/p.json" + kShape,
                 "cannot write no/p.json: the folder no does not exist");
  expect_refused(balance + ". " + kShape, "cannot write .: it is a folder");
  write("file", "mine");
  expect_refused(balance + "file --format npy" + kShape,
                 "cannot write into file: it is a file, not a folder");
  expect_refused(balance + "loads.csv --force" + kShape,
                 "loads.csv is read and cannot be written by the same command");
  expect_refused(balance + "a/b --format npy" + kShape,
                 "cannot write a/b: the folder a does not exist");
  // A folder made for a run that then fails is removed again.
  expect_refused(balance + "fresh --format npy --gpus 0 --slots 6",
                 "--gpus 0; there must be 1 to 1024");
  const Outcome full = shell(std::string("evenkeel balance loads.csv --json > /dev/full") + kShape);
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("cannot write to standard output: No space left"), std::string::npos);
  // What could not be printed is not written either.
  EXPECT_EQ(
      shell(std::string("evenkeel balance loads.csv --json --out p.json > /dev/full") + kShape)
          .status,
      1);
  EXPECT_FALSE(exists("p.json"));
  shell("mkfifo pipe");
  expect_refused(balance + "pipe --force" + kShape, "cannot write pipe: it is neither a file nor");
}

TEST_F(CommandTest, RefusesInputsThatCannotBeRead) {
  const auto npy = [&](const char* name, const std::string& header, const std::string& data) {
    const auto size = static_cast<char>(header.size());
    write(name, std::string("\x93NUMPY\x01\x00", 8) + size + '\0' + header + data);
  };
  const auto header = [](const std::string& dtype, const char* fortran, const std::string& shape) {
    return "{'descr': '" + dtype + "', 'fortran_order': " + fortran + ", 'shape': (" + shape + ")}";
  };
  write("empty.npy", "");
  write("text.npy", "hello");
  write("cut.npy", std::string("\x93NUMPY\x01\x00\x76\x00{'descr'", 18));
  write("giant.npy", std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f{}", 14));
  npy("short.npy", header("|u1", "False", "2, 4"), "1234567");
  npy("fortran.npy", header("|u1", "True", "2, 4"), "12345678");
  npy("one.npy", header("|u1", "False", "8,"), "12345678");
  npy("zero.npy", header("|u1", "False", "2, 0"), "");
  npy("wide.npy", header("|u1", "False", "1, 1025"), std::string(1025, '1'));
  npy("deep.npy", header("|u1", "False", "129, 1"), std::string(129, '1'));
  npy("words.npy", header("|S4", "False", "1, 2"), "abcdefgh");
  npy("minus.npy", header("|i1", "False", "1, 2"), "\x01\xfc");
  npy("inf.npy", header("<f4", "False", "1, 1"), std::string("\x00\x00\x80\x7f", 4));
  npy("over.npy", header("<u8", "False", "2, 1, 1"), std::string(16, '\xff'));
  write("zip.npz", "PK\x03\x04 and so on");
  write("packed.npy", "\x1f\x8b and so on");
  write("binary", std::string("\x7f"
                              "ELF\0\1",
                              6));
  write("words.csv", "1,2\n3,four\n");
  write("ragged.csv", "1,2\n3\n");
  write("negative.csv", "1,2\n3,-4\n");
  write("nan.csv", "1,2\n3,nan\n");
  write("inf.json", "[[1, 2], [3, 1e999]]");
  write("open.json", "[[1, 2], [3,");
  write("huge.csv", "3e38,3e38\n");
  struct Wrong {
    const char* file;
    const char* words;
  };
  const Wrong wrongs[] = {
      {"missing.npy", "cannot read missing.npy: No such file"},
      {".", "cannot read .: it is a folder"},
      {"empty.npy", "empty.npy: empty; expected recorded loads as .npy, JSON or CSV"},
      {"text.npy", "text.npy: not a .npy file: it begins with \"hello\""},
      {"cut.npy", "cut.npy: truncated"},
      {"giant.npy", "giant.npy: oversized header: 2147483647 bytes, but at most 1048576 are read"},
      {"short.npy", "short.npy: truncated: shape (2, 4) of \"|u1\" needs 8 bytes, but 7 follow"},
      {"fortran.npy", "fortran.npy: the array is in Fortran order; expected C order"},
      {"one.npy", "one.npy: the array has 1 dimensions; expected [layers, experts]"},
      {"zero.npy", "zero.npy: shape (2, 0) is empty; expected at least 1 of each"},
      {"wide.npy", "wide.npy: 1025 experts, but at most 1024 can be read"},
      {"deep.npy", "deep.npy: 129 layers, but at most 128 can be read at once"},
      {"words.npy", "words.npy: dtype \"|S4\" is not supported"},
      {"minus.npy", "minus.npy: step 0, layer 0, expert 1: load -4 is negative"},
      {"inf.npy", "inf.npy: step 0, layer 0, expert 0: load inf is not finite"},
      {"over.npy", "over.npy: step 1, layer 0, expert 0: the sum of the loads up to here is above"},
      {"zip.npz", "zip.npz: a zip archive, as .npz"},
      {"packed.npy", "packed.npy: compressed; unpack it first"},
      {"binary", "binary: neither .npy, JSON nor CSV: it has bytes that are no text"},
      {"example:foo", "there is no \"example:foo\"; the one example is example:deepseek"},
      {"words.csv", "words.csv: line 2, column 2: \"four\" is not a number"},
      {"ragged.csv", "ragged.csv: line 2"},
      {"negative.csv", "negative.csv: line 2, column 2"},
      {"nan.csv", "nan.csv: line 2, column 2"},
      {"inf.json", "inf.json: byte 18 (line 1): number \"1e999\" is beyond binary64"},
      {"open.json", "open.json: byte 12 (line 1): not valid JSON"},
      {"huge.csv", "huge.csv: layer 0: the loads add up to 6.0000000109955115e+38, above"},
  };
  for (const Wrong& wrong : wrongs) {
    expect_no_output(std::string("balance ") + wrong.file + " --gpus 1 --slots 2", wrong.words);
  }
}

TEST_F(CommandTest, RefusesImpossibleShapes) {
  const auto refused = [&](const char* options, const char* words) {
    expect_no_output(std::string("balance loads.csv ") + options, words);
  };
  refused("--gpus 0 --slots 6", "--gpus 0; there must be 1 to 1024");
  refused("--gpus -3 --slots 6", "--gpus -3; there must be 1 to 1024");
  refused("--gpus 2000 --slots 6", "--gpus 2000; there must be 1 to 1024");
  refused("--gpus 99999999999 --slots 6", "--gpus 99999999999; there must be 1 to 1024");
  refused("--gpus 4 --redundant -1", "--redundant -1; there must be 0 to 4096");
  refused("--gpus 4 --redundant 999999999999999999",
          "--redundant 999999999999999999; there must be");
  refused("--gpus 1 --slots 5000", "--slots 5000; there must be 1 to 4096");
  refused("--gpus 2 --slots 6 --nodes 0", "--nodes 0; there must be 1 to 1024");
  refused("--gpus 2 --slots 6 --groups 0", "--groups 0; there must be 1 to 1024");
  refused("--gpus 2 --slots 6 --threads 5000", "--threads 5000; there must be 0 to 1024");
  refused("--gpus 2 --slots 6 --seed -1", "--seed -1; there must be at least 0");
  refused(
      "--gpus 3 --slots 3",
      "loads.csv: 2 layers of 4 experts: 3 slots cannot hold 4 experts; there must be at least");
  refused(
      "--gpus 4 --slots 6",
      "loads.csv: 2 layers of 4 experts: 6 slots cannot be shared equally by 4 GPUs; use 4 or 8");
  refused("--gpus 2 --slots 6 --groups 3", "3 groups do not divide 4 experts");
  refused("--gpus 3 --slots 6 --groups 2 --nodes 2", "2 nodes do not divide 3 GPUs");
  refused("--gpus 2 --slots 6 --groups 3 --nodes 2 --policy hierarchical",
          "3 groups cannot be shared equally by 2 nodes");
  refused("--gpus 2 --slots 6 --layers 1:9",
          "loads.csv: --layers 1:9 but the file has 2 layers; give a range within 0:2");
  refused("--gpus 2 --slots 6 --steps 3:4",
          "loads.csv: --steps 3:4 but the file has 1 steps; give a range within 0:1");
}

TEST_F(CommandTest, TheExampleIsAFileLikeAnyOther) {
  const std::string example = "balance example:deepseek --gpus 8 --slots 16 --json";
  expect_refused(example + " --steps 7:9",
                 "example:deepseek: --steps 7:9 but the file has 1 steps");
  const auto one = nlohmann::json::parse(shell("evenkeel " + example + " --layers 1:2").out);
  EXPECT_EQ(one.at("shape").at("layers"), 1);
  EXPECT_EQ(one.at("metrics").at("layers")[0].at("layer"), 1);
}

TEST_F(CommandTest, NumbersAreDecimal) {
  const Outcome run = shell("evenkeel balance loads.csv --gpus 02 --slots 06 --json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(nlohmann::json::parse(run.out).at("shape").at("gpus"), 2);
  expect_refused("balance loads.csv --gpus 0x2 --slots 6", "--gpus: \"0x2\" is no decimal number",
                 2);
  expect_refused("balance loads.csv --gpus 2 --slots 6 --steps 5",
                 "--steps: \"5\" is no range; give A:B, for example 300:600", 2);
  expect_refused("blance loads.csv", "blance", 2);
}

TEST_F(CommandTest, ScoresGroupsOnlyWhereThePlacementKeepsThem) {
  // Groups 0-3 and 4-7; each GPU holds one of each: no group is on one node of two GPUs.
  write("wide.csv", "100,90,80,70,1,1,1,1\n");
  write("mixed.json", "[[0, 4, 1, 5, 2, 6, 3, 7]]");
  const std::string score =
      "evenkeel score wide.csv mixed.json --gpus 4 --json --nodes 2 --groups 2";
  const Outcome run = shell(score);
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(
      run.err.find("group 0 is on nodes 0 and 1; a hierarchical placement keeps each group on "
                   "one node: scored against the global lower bound"),
      std::string::npos)
      << run.err;
  const auto global = nlohmann::json::parse(run.out);
  EXPECT_EQ(global.at("metrics").at("layers")[0].at("lower_bound"), 100);
  expect_refused(score.substr(9) + " --policy hierarchical", "mixed.json: layer 0: group 0 is on");
  // A placement of ours says its nodes and groups itself.
  ASSERT_EQ(shell("evenkeel balance wide.csv --gpus 4 --slots 8 --nodes 2 --groups 2 --out p.json")
                .status,
            0);
  const auto own = nlohmann::json::parse(shell("evenkeel score wide.csv p.json --json").out);
  EXPECT_EQ(own.at("shape").at("groups"), 2);
  EXPECT_EQ(own.at("metrics").at("layers")[0].at("lower_bound"), 170);
}

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

TEST_F(CommandTest, WantOfMemoryIsASentence) {
  // Sanitizers reserve address space of their own.
  if (shell("ulimit -v 4000000 && evenkeel --version").status != 0) {
    GTEST_SKIP() << "no limit on memory can be set under a sanitizer (any back end)";
  }
  const Outcome run = shell("ulimit -v 2000000 && evenkeel balance /dev/zero --gpus 1 --slots 1");
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "evenkeel: not enough memory for this input\n");
  expect_refused("bench --rows 10000000 --experts 1024 --slots 4096",
                 "--rows 10000000 need 390625 MiB of this shape; there must be at most 8192 MiB");
}

TEST_F(CommandTest, NamesWhatItKnows) {
  expect_refused("balance loads.csv --strategy best --gpus 2 --slots 6",
                 "unknown strategy \"best\"; known are deepseek, contiguous, random");
  expect_refused("balance loads.csv --backend cuda --gpus 2 --slots 6",
                 "back end \"cuda\" is not built into this program; present are cpu, emulated4, "
                 "emulated32\n");
}

TEST_F(CommandTest, RefusesPlacementsThatDoNotFit) {
  write("five.json", "[[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]");
  write("missing.json", "[[0, 1, 2, 2], [0, 1, 2, 3]]");
  write("one.json", "[[0, 1, 2, 3]]");
  write("good.json", R"({"physical_to_logical_map": [[0, 1, 2, 3], [3, 2, 1, 0]]})");
  expect_refused("score loads.csv five.json --gpus 5", "five.json");
  expect_refused("score loads.csv missing.json --gpus 2", "missing.json");
  expect_refused("score loads.csv one.json --gpus 2",
                 "one.json: places 1 layers, but the loads have 2");
  expect_refused("score loads.csv good.json", "good.json does not say how many GPUs it is for");
  expect_refused("score loads.csv good.json --gpus 3",
                 "4 slots cannot be shared equally by 3 GPUs");
  EXPECT_EQ(shell("evenkeel score loads.csv good.json --gpus 2").status, 0);
}

TEST_F(CommandTest, UsageErrorsHaveStatusTwo) {
  for (const char* arguments :
       {"", "balanse", "balance", "balance loads.csv --gpus 2", "balance loads.csv --slots 6",
        "balance loads.csv --gpus 2 --slots 6 --redundant 2",
        "balance loads.csv --gpus two --slots 6", "balance loads.csv --gpus 2 --slots 6 --steps 3",
        "balance loads.csv --gpus 2 --slots 6 --what",
        "balance loads.csv --gpus 2 --slots 6 --policy best",
        "balance loads.csv --gpus 2 --slots 6 --previous ''",
        "balance loads.csv --gpus 2 --slots 6 --out ''",
        "compare loads.csv --gpus 2 --slots 6 --json --csv",
        "balance loads.csv --gpus 2 --slots 6 --format npy", "score - - --gpus 2",
        "balance loads.csv --gpus 2 --slots 6 --out x.npy --format npy",
        "balance loads.csv --gpus 2 --slots 6 --out - --json",
        "balance loads.csv --gpus 2 --slots 6 --out - --format npy", "score loads.csv"}) {
    expect_refused(arguments, "", 2);
  }
  EXPECT_EQ(shell("evenkeel --version").status, 0);
}

TEST_F(CommandTest, AllHostBackEndsPrintTheSameResult) {
  const std::string command =
      "evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4 --json "
      "--backend ";
  const auto expected = nlohmann::json::parse(shell(command + "cpu").out);
  for (const char* backend : {"emulated4", "emulated32"}) {
    auto actual = nlohmann::json::parse(shell(command + backend).out);
    EXPECT_EQ(actual.at("backend"), backend);
    actual["backend"] = "cpu";
    EXPECT_EQ(actual, expected);
  }
}

TEST_F(CommandTest, ComparesStrategiesAsTableJsonAndCsv) {
  const std::string command =
      "evenkeel compare example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4";
  const Outcome table = shell(command);
  ASSERT_EQ(table.status, 0) << table.err;
  EXPECT_NE(table.out.find("deepseek      0.8164  0.8050    22.52 %       8.81 %"),
            std::string::npos)
      << table.out;
  const auto object = nlohmann::json::parse(shell(command + " --json").out);
  const auto balanced = nlohmann::json::parse(
      shell("evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4 --json")
          .out);
  ASSERT_EQ(object.at("strategies").size(), 3u);
  EXPECT_EQ(object.at("strategies")[0].at("hash"), balanced.at("hash"));
  EXPECT_EQ(object.at("strategies")[0].at("metrics"), balanced.at("metrics"));
  EXPECT_GT(object.at("strategies")[0].at("us_per_layer"), 0);
  const Outcome csv = shell(command + " --csv --strategies random,deepseek");
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 3);
  EXPECT_NE(csv.out.find("\ndeepseek,0.816"), std::string::npos) << csv.out;
  expect_refused("compare loads.csv --gpus 2 --slots 6 --strategies deepseek,best",
                 "unknown strategy \"best\"");
}

TEST_F(CommandTest, TheDemoNeedsNothing) {
  for (int i = 0; i < 2; ++i) {
    const Outcome run = shell("evenkeel demo");
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_NE(run.out.find("Look at evenkeel-report.html"), std::string::npos);
    EXPECT_EQ(content("evenkeel-report.html").substr(0, 15), "<!DOCTYPE html>");
  }
}

TEST_F(CommandTest, WritesReports) {
  const std::string balance = std::string("balance loads.csv --report r.html") + kShape;
  ASSERT_EQ(shell("evenkeel " + balance).status, 0);
  EXPECT_NE(content("r.html").find("evenkeel balance loads.csv --report r.html --gpus 2"),
            std::string::npos);
  expect_refused(balance, "r.html exists; use --force to replace it");
  ASSERT_EQ(shell(std::string("evenkeel balance loads.csv --out p.json") + kShape).status, 0);
  EXPECT_EQ(shell("evenkeel score loads.csv p.json --report r.html --force --quiet").status, 0);
  EXPECT_EQ(
      shell(std::string("evenkeel compare loads.csv --report c.html --quiet") + kShape).status, 0);
  EXPECT_TRUE(exists("c.html"));
}

TEST_F(CommandTest, SyntheticTracesAreLoadsAndFiles) {
  ASSERT_EQ(shell("evenkeel synth mixtral-8x7b --steps 20 --seed 3 --skew 1.5 --out m.npy").status,
            0);
  const auto hash = [&](const char* loads) {
    const Outcome run =
        shell(std::string("evenkeel balance ") + loads + " --gpus 4 --slots 12 --json");
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(run.out).at("hash");
  };
  EXPECT_EQ(hash("m.npy"), hash("synth:mixtral-8x7b,steps=20,seed=3,skew=1.5"));
  EXPECT_NE(hash("m.npy"), hash("synth:mixtral-8x7b,steps=20"));
  // Without a shape the usual deployment counts.
  EXPECT_NE(shell("evenkeel balance synth:deepseek-v3,steps=2")
                .out.find("288 slots on 32 GPUs, 4 nodes, 8 groups"),
            std::string::npos);
  EXPECT_NE(shell("evenkeel synth").out.find("deepseek-v3:"), std::string::npos);
  expect_refused("synth mixtral-8x7b --out m.npy", "m.npy exists; use --force to replace it");
  expect_refused("synth best --out x.npy", "unknown preset \"best\"; known are deepseek-v3,");
  expect_refused("synth mixtral-8x7b --steps 0 --out x.npy", "steps");
  expect_refused("synth mixtral-8x7b --skew 9 --out x.npy", "skew");
  expect_refused("balance synth:mixtral-8x7b,speed=1", "speed");
  expect_refused("synth mixtral-8x7b", "--out is required", 2);
  expect_refused("balance synth:deepseek-v3 --gpus 16", "--slots or --redundant is required", 2);
}

TEST_F(CommandTest, CanBeStoppedAndLeavesOnlyWholeFiles) {
  const std::size_t before = files();
  for (const char* command : {"synth deepseek-v3 --steps 1000000 --out big.npy",
                              "balance synth:deepseek-v3,steps=1000000 --out p.json",
                              "bench --rows 100000 --repeats 1000"}) {
    for (const char* signal : {"INT", "TERM"}) {
      const Outcome run =
          shell(std::string("timeout --preserve-status -s ") + signal + " 0.4 evenkeel " + command);
      EXPECT_EQ(run.status, 130) << command << "\n" << run.err;
      EXPECT_EQ(run.out + run.err, "") << command;
      EXPECT_EQ(files(), before) << command;
    }
  }
}

TEST_F(CommandTest, AFullDiskAndAReaderThatLeavesCostNothing) {
  const std::size_t before = files();
  const Outcome full = shell(
      "trap '' XFSZ; ulimit -f 64; "
      "evenkeel synth deepseek-v3 --steps 100 --out big.npy");
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("cannot write big.npy: File too large"), std::string::npos) << full.err;
  EXPECT_EQ(files(), before);
  const Outcome gone = shell(std::string("{ sleep 0.3; evenkeel balance loads.csv --out p.json") +
                             kShape + "; echo status $? >&2; } | true");
  EXPECT_EQ(gone.err, "status 141\n");
  EXPECT_EQ(files(), before);
}

TEST_F(CommandTest, ShowsProgressOnATerminalOnly) {
  const std::string command = "evenkeel synth deepseek-v3 --steps 1200 --force --out t.npy";
  const Outcome piped = shell(command);
  EXPECT_EQ(piped.out + piped.err, "");
  const Outcome terminal = shell("script -qec '" + command + "' /dev/null");
  EXPECT_NE(terminal.out.find("writing synth:deepseek-v3"), std::string::npos) << terminal.out;
}

TEST_F(CommandTest, EveryLineOfTheGoldenFileReproduces) {
  std::istringstream lines(read_file(source_folder() / "tests" / "golden.txt"));
  std::string script;
  std::string expected;
  for (std::string line; std::getline(lines, line);) {
    script += line.substr(18) + " --quiet | grep -o '\"hash\": \"[0-9a-f]*' | cut -c10-\n";
    expected += line.substr(0, 16) + "\n";
  }
  write("all.sh", script);
  const Outcome run = shell("sh all.sh");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, expected);
}

}  // namespace
}  // namespace evenkeel::test
