// tests/golden.txt: one line per generated case and strategy, and one per case with copies apart, with the result
// hash and a command that gives it. All builds are compared with the same file, which proves that they agree. After an
// intended change run `evenkeel_tests --rebase` and explain in the commit why results changed.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/io/result_json.hpp"
#include "core/model/check.hpp"
#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {

bool rebase_goldens = false;

namespace {

std::string line_of(const Case& c, const Strategy& strategy, bool apart) {
  Shape shape = c.shape;
  std::string note;
  EXPECT_TRUE(resolve_policy(Policy::automatic, shape, note).ok());
  Rules rules = strategy.rules;
  if (apart) rules.apart = Apart::exchange;
  const Result result = balance_on("cpu", c.loads(), shape, rules);
  return hash_text(result.placement) + "  " + c.command(strategy.label(), apart);
}

// Every case with every strategy; then every case with copies apart, after the strategies in turn.
std::vector<std::string> computed_lines() {
  std::vector<std::string> lines;
  for (const Case& c : golden_cases()) {
    for (const Strategy& strategy : strategies()) lines.push_back(line_of(c, strategy, false));
  }
  std::vector<Strategy> staged;  // keel is apart anyway
  for (const Strategy& strategy : strategies()) {
    if (strategy.rules.has_stages()) staged.push_back(strategy);
  }
  std::size_t turn = 0;
  for (const Case& c : golden_cases()) {
    lines.push_back(line_of(c, staged[turn++ % staged.size()], true));
  }
  return lines;
}

TEST(Golden, EveryHashIsTheCommittedOne) {
  const std::filesystem::path path = source_folder() / "tests" / "golden.txt";
  const std::vector<std::string> lines = computed_lines();
  if (rebase_goldens) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    for (const std::string& line : lines) file << line << "\n";
    ASSERT_TRUE(file.flush().good()) << "cannot write " << path;
    return;
  }
  std::istringstream file(read_file(path));
  std::size_t i = 0;
  for (std::string line; std::getline(file, line); ++i) {
    ASSERT_LT(i, lines.size()) << "golden.txt has more lines than there are cases";
    EXPECT_EQ(line, lines[i]) << "golden.txt, line " << i + 1;
  }
  EXPECT_EQ(i, lines.size()) << "golden.txt has fewer lines than there are cases";
}

TEST(Golden, CaseStringsReadBack) {
  for (const Case& c : golden_cases()) {
    Case again;
    ASSERT_TRUE(parse_case(c.name(), again)) << c.name();
    EXPECT_EQ(again.name(), c.name());
    EXPECT_EQ(again.loads().values, c.loads().values);
  }
  Case none;
  EXPECT_FALSE(parse_case("ties", none));
  EXPECT_FALSE(parse_case("what:layers=1,experts=1,slots=1,gpus=1,nodes=1,groups=1,seed=1", none));
}

}  // namespace
}  // namespace evenkeel::test
