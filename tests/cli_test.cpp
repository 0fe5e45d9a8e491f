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

  // The command must fail with this status and these words, print nothing, and leave no file.
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
    const Outcome moved =
        shell(std::string("evenkeel balance loads.csv --json --previous ") + placement + kShape);
    ASSERT_EQ(moved.status, 0) << moved.err;
    EXPECT_EQ(nlohmann::json::parse(moved.out).at("metrics").at("moved_slots"), 0) << placement;
  }
  // Our own file says the GPUs and the copy numbers: the very hash comes back.
  const auto scored = nlohmann::json::parse(shell("evenkeel score loads.csv p.json --json").out);
  EXPECT_EQ(scored.at("hash"), result.at("hash"));
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
  expect_refused(balance + "loads.csv --format npy" + kShape,
                 "cannot write into loads.csv: it is a file, not a folder");
  expect_refused(balance + "a/b --format npy" + kShape, "cannot make the folder a/b: No such file");
  // A folder made for a run that then fails is removed again.
  expect_refused(balance + "fresh --format npy --gpus 0 --slots 6",
                 "0 GPUs; there must be 1 to 1024");
  const Outcome full = shell(std::string("evenkeel balance loads.csv --json > /dev/full") + kShape);
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("cannot write to standard output: No space left"), std::string::npos);
}

TEST_F(CommandTest, RefusesInputsThatCannotBeRead) {
  write("empty.npy", "");
  write("text.npy", "hello");
  write("cut.npy", std::string("\x93NUMPY\x01\x00\x76\x00{'descr'", 18));
  write("zip.npz", "PK\x03\x04 and so on");
  write("packed.npy", "\x1f\x8b and so on");
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
  for (const Wrong& wrong :
       {Wrong{"missing.npy", "cannot read missing.npy: No such file"},
        Wrong{".", "cannot read .: it is a folder"}, Wrong{"empty.npy", "empty.npy"},
        Wrong{"text.npy", "text.npy"}, Wrong{"cut.npy", "cut.npy"},
        Wrong{"zip.npz", "zip.npz: a zip archive, as .npz"},
        Wrong{"packed.npy", "packed.npy: compressed; unpack it first"},
        Wrong{"words.csv", "line 2"}, Wrong{"ragged.csv", "line 2"}, Wrong{"negative.csv", "-4"},
        Wrong{"nan.csv", "nan"}, Wrong{"inf.json", "inf.json"}, Wrong{"open.json", "open.json"},
        Wrong{"huge.csv", "add up to more than a binary32 number holds"}}) {
    expect_refused(std::string("balance ") + wrong.file + " --gpus 1 --slots 2", wrong.words);
  }
}

TEST_F(CommandTest, RefusesImpossibleShapes) {
  const auto balance = [](const std::string& options) { return "balance loads.csv " + options; };
  expect_refused(balance("--gpus 0 --slots 6"), "0 GPUs; there must be 1 to 1024");
  expect_refused(balance("--gpus -3 --slots 6"), "-3 GPUs; there must be 1 to 1024");
  expect_refused(balance("--gpus 2000 --slots 6"), "2000 GPUs; there must be 1 to 1024");
  expect_refused(balance("--gpus 99999999999 --slots 6"), "--gpus 99999999999 is out of range");
  expect_refused(balance("--gpus 3 --slots 3"), "3 slots cannot hold 4 experts");
  expect_refused(balance("--gpus 4 --slots 6"), "6 slots cannot be shared equally by 4 GPUs");
  expect_refused(balance("--gpus 4 --redundant -1"), "there must be at least 0 redundant");
  expect_refused(balance("--gpus 1 --slots 5000"), "5000 slots; there must be 1 to 4096");
  expect_refused(balance("--gpus 2 --slots 6 --groups 3"), "3 groups do not divide 4 experts");
  expect_refused(balance("--gpus 3 --slots 6 --groups 2 --nodes 2"),
                 "2 nodes do not divide 3 GPUs");
  expect_refused(balance("--gpus 2 --slots 6 --groups 3 --nodes 2 --policy hierarchical"),
                 "3 groups cannot be shared equally by 2 nodes");
  expect_refused(balance("--gpus 2 --slots 6 --layers 1:9"), "1:9");
  expect_refused(balance("--gpus 2 --slots 6 --steps 3:4"), "3:4");
  expect_refused(balance("--gpus 2 --slots 6 --threads 5000"), "--threads 5000");
}

TEST_F(CommandTest, NamesWhatItKnows) {
  expect_refused("balance loads.csv --strategy best --gpus 2 --slots 6",
                 "unknown strategy \"best\"; known are deepseek, contiguous, random");
  expect_refused("balance loads.csv --backend cuda --gpus 2 --slots 6",
                 "back end \"cuda\" is not built into this program; present are cpu, emulated4, "
                 "emulated32");
}

TEST_F(CommandTest, RefusesPlacementsThatDoNotFit) {
  write("five.json", "[[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]");
  write("missing.json", "[[0, 1, 2, 2], [0, 1, 2, 3]]");
  write("one.json", "[[0, 1, 2, 3]]");
  write("good.json", R"({"physical_to_logical_map": [[0, 1, 2, 3], [3, 2, 1, 0]]})");
  expect_refused("score loads.csv five.json --gpus 5", "five.json");
  expect_refused("score loads.csv missing.json --gpus 2", "missing.json");
  expect_refused("score loads.csv one.json --gpus 2", "one.json places 1 layers");
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
  for (const char* backend : {"emulated4", "emulated32", "threads4"}) {
    auto actual = nlohmann::json::parse(shell(command + backend).out);
    EXPECT_EQ(actual.at("backend"), backend);
    actual["backend"] = "cpu";
    EXPECT_EQ(actual, expected);
  }
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
