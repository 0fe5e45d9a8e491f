// What the command reads: pipes, and compressed files.

#include "tests/cli_fixture.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

class InputTest : public CommandTest {
 protected:
  // The hash of the placement of these loads.
  std::string hash_of(const std::string& loads, const std::string& before = "") const {
    const Outcome run = shell(before + "evenkeel balance " + loads + kShape + "--json --quiet");
    EXPECT_EQ(run.status, 0) << loads << "\n" << run.err;
    const std::size_t hash = run.out.find("\"hash\": \"");
    return hash == std::string::npos ? "" : run.out.substr(hash + 9, 16);
  }
  void gzip(const std::string& name) const {
    ASSERT_EQ(shell("gzip -k -f '" + name + "'").status, 0);
  }
  bool memory_can_be_limited() const {  // sanitizers reserve much address space
    return shell("ulimit -v 4000000 && evenkeel --version").status == 0;
  }
};

TEST_F(InputTest, ReadsWhatGzipHasCompressed) {
  const std::string expected = hash_of("loads.csv");
  write("loads.json", "[[90, 132, 40, 61], [4, 73, 56, 183]]");
  for (const char* name : {"loads.csv", "loads.json"}) gzip(name);
  ASSERT_EQ(shell("cp loads.csv.gz plain; cp loads.csv.gz loads.csv.GZIP").status, 0);
  for (const char* loads : {"loads.csv.gz", "loads.json.gz", "plain", "loads.csv.GZIP"}) {
    EXPECT_EQ(hash_of(loads), expected) << loads;
    EXPECT_EQ(hash_of("-", std::string("cat ") + loads + " | "), expected) << loads;
  }
  // Members one after another, the second half of them a layer each.
  write("first.csv", "90,132,40,61\n");
  write("second.csv", "4,73,56,183\n");
  gzip("first.csv");
  gzip("second.csv");
  EXPECT_EQ(hash_of("-", "cat first.csv.gz second.csv.gz | "), expected);
  // Errors name the file as it was given.
  write("bad.csv", "1,2\n3,four\n");
  gzip("bad.csv");
  expect_refused(std::string("balance bad.csv.gz") + kShape,
                 "bad.csv.gz: line 2, column 2: \"four\" is not a number");
  // The extension before .gz selects the reader, whose sentence it is.
  ASSERT_EQ(shell("cp loads.csv.gz loads.json.gz").status, 0);
  expect_refused(std::string("balance loads.json.gz") + kShape, "loads.json.gz: byte ");
}

TEST_F(InputTest, ReadsWhatZstdHasCompressed) {
  // A frame with one block that is not compressed.
  const std::string text = content("loads.csv");
  std::string frame("\x28\xb5\x2f\xfd\x00\x38", 6);
  const auto header = static_cast<unsigned>(text.size() << 3) | 1u;
  for (int i = 0; i < 3; ++i) frame += static_cast<char>(header >> (8 * i) & 0xff);
  frame += text;
  write("loads.csv.zst", frame);
  EXPECT_EQ(hash_of("loads.csv.zst"), hash_of("loads.csv"));
  EXPECT_EQ(hash_of("-", "cat loads.csv.zst | "), hash_of("loads.csv"));
  write("cut.csv.zst", frame.substr(0, 20));
  expect_refused(std::string("balance cut.csv.zst") + kShape,
                 "cut.csv.zst: truncated: zstd frame 1 is not complete after the file's 20 bytes");
}

TEST_F(InputTest, ReadsCompressedTracesAndPlacements) {
  write("t.npy", npy_file("|u1", "(3, 2, 4)", "abcdefghijklmnopqrstuvwx"));
  gzip("t.npy");
  EXPECT_EQ(hash_of("t.npy.gz --steps 1:3"), hash_of("t.npy --steps 1:3"));
  const Outcome bench = shell("evenkeel bench --trace t.npy.gz --window 1 --gpus 2 --slots 6");
  EXPECT_EQ(bench.status, 0) << bench.err;
  EXPECT_NE(bench.out.find("t.npy.gz: "), std::string::npos) << bench.out;
  ASSERT_EQ(shell(std::string("evenkeel balance loads.csv --out p.json") + kShape).status, 0);
  gzip("p.json");
  EXPECT_EQ(shell("evenkeel score loads.csv p.json.gz").status, 0);
}

TEST_F(InputTest, RefusesDamagedCompressedData) {
  gzip("loads.csv");
  const std::string whole = content("loads.csv.gz");
  const auto refused = [&](const std::string& damaged, const std::string& words) {
    write("d.gz", damaged);
    expect_no_output(std::string("balance d.gz") + kShape, "d.gz: " + words);
    const Outcome piped = shell(std::string("evenkeel balance - < d.gz") + kShape);
    EXPECT_EQ(piped.status, 1);
    EXPECT_NE(piped.err.find("standard input: " + words), std::string::npos) << piped.err;
  };
  const std::string size = std::to_string(whole.size());
  refused(whole.substr(0, whole.size() - 1), "truncated: gzip member 1 is not complete after");
  refused(whole + whole.substr(0, 9), "truncated: gzip member 2 is not complete after");
  refused(whole + "\n", "byte " + size + ": the gzip data end here, but the file goes on");
  std::string wrong = whole;
  wrong[whole.size() - 6] ^= 1;
  refused(wrong, "byte " + std::to_string(whole.size() - 4) +
                     ": gzip data cannot be decompressed: incorrect data check");
}

// 10 MB from which 10 GiB come out.
TEST_F(InputTest, ASmallFileThatInflatesToMuchIsRefusedOrStopped) {
  ASSERT_EQ(shell("head -c 67108864 /dev/zero | gzip -9 > zeros.gz; "
                  "for i in $(seq 160); do cat zeros.gz; done > bomb.csv.gz")
                .status,
            0);
  const std::string balance = "evenkeel balance bomb.csv.gz --gpus 1 --slots 1";
  const Outcome stopped = shell("timeout --preserve-status -s INT 0.3 " + balance);
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  EXPECT_EQ(stopped.err, "");
  if (!memory_can_be_limited()) GTEST_SKIP() << "memory cannot be limited under a sanitizer";
  const Outcome run = shell("ulimit -v 200000 && " + balance);
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "evenkeel: not enough memory for this input\n");
}

TEST_F(InputTest, APipeCostsItsSizeOnce) {
  if (!memory_can_be_limited()) GTEST_SKIP() << "memory cannot be limited under a sanitizer";
  constexpr int kSteps = 100 << 20;
  write("t.npy", npy_file("|u1", "(" + std::to_string(kSteps) + ", 1, 1)", ""));
  fs::resize_file(folder_ / "t.npy", fs::file_size(folder_ / "t.npy") + kSteps);
  // The program itself needs less than 20 MB.
  const std::string limit = "ulimit -v " + std::to_string(kSteps / 1024 + 20000) + " && ";
  const std::string balance = "evenkeel balance - --gpus 1 --slots 1 --quiet";
  const Outcome plain = shell("cat t.npy | { " + limit + balance + "; }");
  EXPECT_EQ(plain.status, 0) << plain.err;
  const Outcome packed = shell("gzip -1 < t.npy | { " + limit + balance + "; }");
  EXPECT_EQ(packed.status, 0) << packed.err;
}

TEST_F(InputTest, StartsWithEightMegabytes) {
  if (!memory_can_be_limited()) GTEST_SKIP() << "memory cannot be limited under a sanitizer";
  if (shell("evenkeel strategies | grep -q 'built without CUDA'").status != 0) {
    GTEST_SKIP() << "the CUDA runtime is part of this command";
  }
  const Outcome run = shell("ulimit -v 8000 && evenkeel --help");
  EXPECT_EQ(run.status, 0) << run.err;
}

}  // namespace
}  // namespace evenkeel::test
