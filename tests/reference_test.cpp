// Checks the basis of other tests: the plain reference and the hostile cases.

#include <gtest/gtest.h>

#include "core/model/check.hpp"
#include "core/model/strategies.hpp"
#include "tests/external_golden.hpp"
#include "tests/hostile_cases.hpp"
#include "tests/reference.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// Otherwise a renamed strategy would silently no longer be compared.
TEST(Reference, CoversAllPublishedStrategies) {
  int covered = 0;
  for (const Strategy& strategy : strategies()) covered += has_reference(strategy.name) ? 1 : 0;
  EXPECT_EQ(covered, 6);
  EXPECT_FALSE(has_reference("random"));
}

// Checks the reference directly, not through its agreement with the core.
TEST(Reference, GivesTheExternalAnswers) {
  const std::filesystem::path data = external_data();
  if (data.empty()) GTEST_SKIP() << "external golden data not found";
  int answers = 0;
  for (const ExternalCase& c : external_cases(data)) {
    Shape shape = c.shape;
    std::string note;
    ASSERT_TRUE(resolve_policy(Policy::automatic, shape, note).ok()) << c.id;
    for (const auto& [name, expected] : c.expected) {
      const Strategy* strategy = nullptr;
      if (!find_strategy(name, strategy).ok() || !has_reference(strategy->name)) continue;
      ++answers;
      const Placement actual = reference_placement(c.loads, shape, strategy->name);
      EXPECT_EQ(first_difference(expected.placement, actual), "") << name << ", " << c.id;
    }
  }
  EXPECT_GT(answers, 0);
}

TEST(HostileCases, AreValidAndReadBack) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Case c = hostile_case(seed, 48);
    Case again;
    ASSERT_TRUE(parse_case(c.name(), again)) << c.name();
    EXPECT_EQ(again.name(), c.name());
    const Loads loads = c.loads();
    EXPECT_EQ(again.loads().values, loads.values) << c.name();
    Shape shape = c.shape;
    std::string note;
    ASSERT_TRUE(resolve_policy(Policy::automatic, shape, note).ok()) << c.name();
    EXPECT_TRUE(check(shape).ok()) << c.name() << ": " << check(shape).sentence();
    EXPECT_TRUE(check_loads(loads, shape).ok()) << c.name();
  }
}

}  // namespace
}  // namespace evenkeel::test
