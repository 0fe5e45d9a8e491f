// Errors of the command: their sentences and exit statuses, and that no files remain.

#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

TEST_F(CommandTest, RefusesOutputsThatCannotBeWritten) {
  const std::string balance = std::string("balance loads.csv --out ");
  expect_refused(balance + "no/p.json" + kShape,
                 "cannot write no/p.json: the folder no does not exist");
  expect_refused(balance + "/proc/evenkeel.json" + kShape, "cannot write /proc/evenkeel.json: ");
  expect_refused(balance + ". " + kShape, "cannot write .: it is a folder");
  write("file", "mine");
  expect_refused(balance + "file --format npy" + kShape,
                 "cannot write into file: it is a file, not a folder");
  expect_refused(balance + "loads.csv --force" + kShape,
                 "cannot write loads.csv: it is an input of this command");
  ASSERT_EQ(shell(std::string("evenkeel balance loads.csv --format npy --out n") + kShape).status,
            0);
  expect_refused("score loads.csv n --gpus 2 --report n/phy2log.npy --force",
                 "cannot write n/phy2log.npy: it is an input of this command");
  for (const char* command : {"balance", "compare"}) {
    expect_refused(std::string(command) + " loads.csv --report loads.csv --force" + kShape,
                   "cannot write loads.csv: it is an input of this command");
  }
  expect_refused(balance + "a/b --format npy" + kShape,
                 "cannot write a/b: the folder a does not exist");
  // A folder made for a run that then fails is removed again.
  expect_refused(balance + "fresh --format npy --gpus 0 --slots 6",
                 "--gpus is 0; expected 1 to 1024");
  const Outcome full = shell(std::string("evenkeel balance loads.csv --json > /dev/full") + kShape);
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("cannot write to standard output: No space left"), std::string::npos);
  // If printing fails, no files are written.
  EXPECT_EQ(
      shell(std::string("evenkeel balance loads.csv --json --out p.json > /dev/full") + kShape)
          .status,
      1);
  EXPECT_FALSE(exists("p.json"));
  shell("mkfifo pipe");
  expect_refused(balance + "pipe --force" + kShape,
                 "cannot write pipe: it exists and is not a regular file; give the path of a file");
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
      {".", ".: a folder without rank*.safetensors"},
      {"empty.npy", "empty.npy: empty; expected recorded loads"},
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
      {"zip.npz", "zip.npz: a truncated zip archive"},
      {"packed.npy",
       "packed.npy: byte 4: gzip data cannot be decompressed: unknown compression method"},
      {"binary", "binary: in no format that is read here: it contains bytes that are not text"},
      {"example:foo", "unknown example \"example:foo\"; known: example:deepseek"},
      {"words.csv", "words.csv: line 2, column 2: \"four\" is not a number"},
      {"ragged.csv", "ragged.csv: line 2"},
      {"negative.csv", "negative.csv: line 2, column 2"},
      {"nan.csv", "nan.csv: line 2, column 2"},
      {"inf.json", "inf.json: byte 18 (line 1): number \"1e999\" is too large for binary64"},
      {"open.json", "open.json: byte 12 (line 1): not valid JSON"},
      {"huge.csv", "huge.csv: layer 0: the sum of the loads is 6.0000000109955115e+38, above"},
  };
  for (const Wrong& wrong : wrongs) {
    expect_no_output(std::string("balance ") + wrong.file + " --gpus 1 --slots 2", wrong.words);
  }
}

TEST_F(CommandTest, RefusesImpossibleShapes) {
  const auto refused = [&](const char* options, const char* words) {
    expect_no_output(std::string("balance loads.csv ") + options, words);
  };
  refused("--gpus 0 --slots 6", "--gpus is 0; expected 1 to 1024");
  refused("--gpus -3 --slots 6", "--gpus is -3; expected 1 to 1024");
  refused("--gpus 2000 --slots 6", "--gpus is 2000; expected 1 to 1024");
  refused("--gpus 99999999999 --slots 6", "--gpus is 99999999999; expected 1 to 1024");
  refused("--gpus 4 --redundant -1", "--redundant is -1; expected 0 to 4096");
  refused("--gpus 4 --redundant 999999999999999999", "--redundant is 999999999999999999; expected");
  refused("--gpus 1 --slots 5000", "--slots is 5000; expected 1 to 4096");
  refused("--gpus 2 --slots 6 --nodes 0", "--nodes is 0; expected 1 to 1024");
  refused("--gpus 2 --slots 6 --groups 0", "--groups is 0; expected 1 to 1024");
  refused("--gpus 2 --slots 6 --threads 5000", "--threads is 5000; expected 0 to 1024");
  refused(
      "--gpus 3 --slots 3",
      "loads.csv: 2 layers of 4 experts: 3 slots cannot hold 4 experts; nearest valid: --slots 6");
  refused("--gpus 4 --slots 6",
          "loads.csv: 2 layers of 4 experts: 6 slots cannot be shared equally by 4 GPUs; nearest "
          "valid: "
          "--slots 4 or 8, --gpus 3 or 6");
  refused("--gpus 2 --slots 6 --groups 3", "3 groups do not divide 4 experts");
  refused("--gpus 3 --slots 6 --groups 2 --nodes 2", "2 nodes do not divide 3 GPUs");
  refused("--gpus 2 --slots 6 --groups 3 --nodes 2 --policy hierarchical",
          "3 groups cannot be shared equally by 2 nodes");
  refused("--gpus 2 --slots 6 --layers 1:9",
          "loads.csv: layers 1:9 are not within the available layers 0:2");
  refused("--gpus 2 --slots 6 --steps 3:4",
          "loads.csv: steps 3:4 are not within the available steps 0:1");
}

TEST_F(CommandTest, NumbersAreDecimal) {
  const Outcome run = shell("evenkeel balance loads.csv --gpus 02 --slots 06 --json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(nlohmann::json::parse(run.out).at("shape").at("gpus"), 2);
  expect_refused("balance loads.csv --gpus 0x2 --slots 6",
                 "--gpus is \"0x2\"; expected a whole number from 1 to 1024", 2);
  expect_refused("balance loads.csv --gpus 2 --slots 6 --steps 5",
                 "--steps is \"5\"; expected a range A:B, for example 300:600", 2);
  expect_refused("blance loads.csv", "blance", 2);
}

TEST_F(CommandTest, WantOfMemoryIsASentence) {
  // Sanitizers reserve much address space.
  if (shell("ulimit -v 4000000 && evenkeel --version").status != 0) {
    GTEST_SKIP() << "memory cannot be limited under a sanitizer";
  }
  const Outcome run = shell("ulimit -v 2000000 && evenkeel balance /dev/zero --gpus 1 --slots 1");
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "evenkeel: not enough memory for this input\n");
  expect_refused("bench --rows 10000000 --experts 1024 --slots 4096",
                 "--rows 10000000 need 390625 MiB for this shape; expected at most 8192 MiB");
}

// Whatever the limit, a command succeeds or says why not. With less memory than its libraries need it cannot start: 127
// is the status of the system's loader then.
TEST_F(CommandTest, NoMemoryLimitEndsItWithoutASentence) {
  if (shell("ulimit -v 4000000 && evenkeel --version").status != 0) {
    GTEST_SKIP() << "memory cannot be limited under a sanitizer";
  }
  const std::string loads = "synth:deepseek-v3,steps=2";
  ASSERT_EQ(shell("evenkeel balance " + loads +
                  " --gpus 8 --slots 4096 --policy global --quiet --out large.json")
                .status,
            0);
  const int size =
      std::stoi(shell("stat -Lc %s \"$(command -v evenkeel)\"").out) / 1'000'000;  // MB
  for (const std::string& arguments :
       {"score " + loads + " large.json --gpus 8",
        "balance " + loads + " --gpus 8 --slots 4096 --previous large.json",
        "balance " + loads + " --format npy --force --out n",
        "balance " + loads + " --force --out p.json --report r.html",
        std::string("compare example:deepseek"), std::string("sweep example:deepseek"),
        std::string("bench --rows 100 --repeats 1"), std::string("strategies"),
        std::string("synth mixtral-8x7b --steps 50 --force --out t.npy"), std::string("demo")}) {
    int enough = 0;
    for (int limit = 8; limit < 68; limit += 3) {  // MB
      const std::string line =
          "ulimit -v " + std::to_string(limit * 1000) + " && evenkeel " + arguments;
      const Outcome run = shell(line);
      // Below the size of the program the kernel cannot load it, and a little above the loader lacks room for libraries;
      // both speak for themselves.
      const bool is_good =
          run.status == 0 || (run.status == 1 && run.err.starts_with("evenkeel: ")) ||
          (run.status == 128 + SIGSEGV && limit <= size) || (run.status == 127 && limit < size + 7);
      EXPECT_TRUE(is_good) << line << "\nstatus " << run.status << "\n" << run.err;
      enough += run.status == 0 ? 1 : 0;
      if (enough == 2) break;
    }
  }
}

TEST_F(CommandTest, NamesWhatItKnows) {
  expect_refused("balance loads.csv --strategy best --gpus 2 --slots 6",
                 "unknown strategy \"best\"; known: deepseek, k2, tie, div, ref, ada, keel:fast, "
                 "keel, keel:max, contiguous, random");
  expect_refused("balance loads.csv --backend abacus --gpus 2 --slots 6",
                 "unknown back end \"abacus\"; known: cpu, cuda, emulated4, emulated32\n");
}

TEST_F(CommandTest, RefusesPlacementsThatDoNotFit) {
  write("five.json", "[[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]");
  write("missing.json", "[[0, 1, 2, 2], [0, 1, 2, 3]]");
  write("one.json", "[[0, 1, 2, 3]]");
  write("good.json", R"({"physical_to_logical_map": [[0, 1, 2, 3], [3, 2, 1, 0]]})");
  expect_refused("score loads.csv five.json --gpus 5", "five.json");
  expect_refused("score loads.csv missing.json --gpus 2", "missing.json");
  expect_refused(
      "score loads.csv one.json --gpus 2",
      "one.json: places 1 layer, but the recording has 2 layers; expected a row for each");
  expect_refused("score loads.csv good.json", "good.json does not contain the number of GPUs");
  expect_refused("score loads.csv good.json --gpus 3",
                 "4 slots cannot be shared equally by 3 GPUs");
  EXPECT_EQ(shell("evenkeel score loads.csv good.json --gpus 2").status, 0);
}

TEST_F(CommandTest, UsageErrorsHaveStatusTwo) {
  for (const char* arguments :
       {"", "balanse", "balance", "balance loads.csv --gpus", "balance loads.csv --slots",
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

TEST_F(CommandTest, AFullDiskAndAReaderThatLeavesCostNothing) {
  const std::size_t before = files();
  const Outcome full = shell(
      "ulimit -f 64; "
      "evenkeel synth deepseek-v3 --steps 100 --out big.npy");
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("cannot write big.npy: File too large"), std::string::npos) << full.err;
  EXPECT_EQ(files(), before);
  const Outcome gone =
      shell(without_a_reader(std::string("evenkeel balance loads.csv --out p.json") + kShape));
  EXPECT_EQ(gone.err, "status 141\n");
  EXPECT_EQ(files(), before);
}

// Names and arguments from outside must not control the terminal.
TEST_F(CommandTest, ShowsNoControlCharactersFromOutside) {
  const std::string evil =
      "\x1b[31m\xc2\x9b"
      "1m\x9b\xe2\x80\xae.csv";
  write(evil, "1,2,3,4\n");
  const std::string name = "\"$(printf '\\033[31m\\302\\2331m\\233\\342\\200\\256')\".csv";
  for (const std::string& arguments :
       {"balance " + name + kShape, "compare " + name + kShape, "balance no" + name + kShape,
        "balance loads.csv --gpus " + name, "balance " + name + " --what " + name, "--" + name,
        "compare loads.csv --strategies " + name + kShape, "balance synth:" + name,
        "balance loads.csv --out no/" + name + kShape,
        "balance loads.csv --export " + name + kShape}) {
    const Outcome run = shell("evenkeel " + arguments);
    const std::string shown = run.out + run.err;
    EXPECT_NE(shown, "") << arguments;
    for (const char* control : {"\x1b", "\x9b", "\xe2\x80\xae"}) {
      EXPECT_EQ(shown.find(control), std::string::npos) << arguments << "\n" << shown;
    }
  }
}

TEST_F(CommandTest, SaysThatHelpCannotBePrinted) {
  const Outcome run = shell("evenkeel --help > /dev/full");
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "evenkeel: cannot write to standard output: No space left on device\n");
}

TEST_F(CommandTest, SaysThatAFolderIsAFile) {
  expect_refused(std::string("balance loads.csv --out loads.csv/p.json") + kShape,
                 "cannot write loads.csv/p.json: ");
}

}  // namespace
}  // namespace evenkeel::test
