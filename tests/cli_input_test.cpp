// What the command reads: pipes.

#include "tests/cli_fixture.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

class InputTest : public CommandTest {
 protected:
  bool memory_can_be_limited() const {  // sanitizers reserve much address space
    return shell("ulimit -v 4000000 && evenkeel --version").status == 0;
  }
};

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
}

}  // namespace
}  // namespace evenkeel::test
