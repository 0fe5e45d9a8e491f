// Names of outputs: long ones, links, two of one file, and standard output.

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

// A run that was killed leaves its unfinished file; another run may get the same process number.
TEST_F(CommandTest, LeftoversOfAKilledRunAreNoHindrance) {
  const Outcome run =
      shell(std::string("for i in $(seq $$ $(($$ + 200))); do") +
            " : > p.json.part-$i; done; evenkeel balance loads.csv --out p.json" + kShape);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(content("p.json").substr(0, 1), "{");
}

}  // namespace
}  // namespace evenkeel::test
