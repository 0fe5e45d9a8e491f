// One suite over strategies x cases x back ends: every back end gives the same bits.
//
// Expected results: on `cpu` those of the plain reference (if there is one), on all other back ends those of
// `cpu`, and on all back ends the external golden data.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "core/model/check.hpp"
#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/external_golden.hpp"
#include "tests/hostile_cases.hpp"
#include "tests/reference.hpp"
#include "tests/reference_keel.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

std::string this_test() {
  const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
  return std::string(info->test_suite_name()) + "." + info->name();
}

// The shape after the automatic policy.
Shape resolved(Shape shape) {
  std::string note;
  EXPECT_TRUE(resolve_policy(Policy::automatic, shape, note).ok());
  return shape;
}

class ParityTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Backend* backend = nullptr;
    const Status status = find_backend(GetParam(), backend);
    if (status.ok()) return;
    if (backend_is_required(GetParam())) FAIL() << status.sentence();
    GTEST_SKIP() << "back end " << GetParam() << " not tested: " << status.sentence();
  }

  // All strategies on one case, one of them with copies apart, and one combination of stages that no strategy has.
  void check_case(const Case& c) {
    if (!wanted_case().empty() && wanted_case() != c.name()) return;
    const Shape shape = resolved(c.shape);
    const Loads loads = c.loads();
    Placement before;  // the placement of the previous strategy is the one to move from
    for (const Strategy& strategy : strategies()) {
      const Placement* previous = before.phy2log.empty() ? nullptr : &before;
      const Rules rules = few_kicks(strategy.rules);
      const Result actual = check_one(c, strategy.name, loads, shape, rules, previous);
      if (GetParam() == "cpu" && has_reference(strategy.name)) {
        const Placement expected = reference_placement(loads, shape, strategy.name);
        expect_equal(c, strategy.name, first_difference(expected, actual.placement));
      }
      if (GetParam() == "cpu" && rules.search != Search::none) {
        const Placement expected = reference_keel_placement(
            loads, shape, {rules.search == Search::fast, rules.kicks, rules.seed});
        expect_equal(c, strategy.name, first_difference(expected, actual.placement));
      }
      before = actual.placement;
    }
    const Strategy& one = strategies()[c.seed % strategies().size()];
    Rules apart = few_kicks(one.rules);
    apart.apart = Apart::exchange;
    const Result actual = check_one(c, "apart", loads, shape, apart, nullptr);
    if (GetParam() == "cpu" && has_reference(one.name)) {
      const Placement expected = reference_placement(loads, shape, one.name, true);
      expect_equal(c, "apart", first_difference(expected, actual.placement));
    }
    check_one(c, "a combination", loads, shape, random_rules(c.seed), nullptr);
  }

  Result check_one(const Case& c, std::string_view name, const Loads& loads, const Shape& shape,
                   const Rules& rules, const Placement* previous) {
    ++compared_;
    const Result actual = balance_on(GetParam(), loads, shape, rules, previous);
    if (GetParam() == "cpu") return actual;
    const Result expected = balance_on("cpu", loads, shape, rules, previous);
    expect_equal(c, name, first_difference(expected.placement, actual.placement));
    expect_equal(c, name, first_difference(expected.metrics, actual.metrics));
    return actual;
  }

  void expect_equal(const Case& c, std::string_view name, const std::string& difference) {
    EXPECT_EQ(difference, "") << name << " on " << GetParam() << ", " << c.name() << "\n"
                              << reproduce(c.name(), this_test());
  }

  // The cases, or the one that EVENKEEL_CASE names, whichever list it came from.
  void check_cases(const std::vector<Case>& cases) {
    Case wanted;
    if (wanted_case().empty()) {
      for (const Case& c : cases) check_case(c);
    } else if (parse_case(wanted_case(), wanted)) {
      check_case(wanted);
    } else {
      GTEST_SKIP() << "EVENKEEL_CASE does not name a generated case";
    }
  }

  int compared_ = 0;
};

class FullParityTest : public ParityTest {};
class ThreadParityTest : public ParityTest {};

TEST_P(FullParityTest, GeneratedCases) {
  check_cases(golden_cases());
  if (wanted_case().empty()) {
    EXPECT_GT(compared_, 500);
  }
}

// Few experts on many GPUs with few slots each: nearly all choices are ties.
TEST_P(FullParityTest, TiedGpus) {
  std::vector<Case> cases;
  std::uint64_t seed = 1;
  for (const Shape& shape : {Shape{1, 16, 512, 128, 1, 1}, Shape{1, 2, 256, 64, 1, 1},
                             Shape{1, 3, 200, 40, 1, 1}, Shape{2, 8, 384, 96, 2, 2}}) {
    for (const char* kind : {"equal", "ties", "near", "counts"}) {
      cases.push_back({kind, shape, seed++});
    }
  }
  check_cases(cases);
}

TEST_P(FullParityTest, RandomCases) {
  // Emulated lanes are thousands of times slower.
  const std::uint64_t count = GetParam() == "cpu" ? cases_of(4000) : 150;
  std::vector<Case> cases;
  for (std::uint64_t seed = 1; seed <= count; ++seed) cases.push_back(random_case(seed, 64));
  check_cases(cases);
}

TEST_P(FullParityTest, HostileCases) {
  const std::uint64_t count = GetParam() == "cpu" ? cases_of(4000) : 40;
  std::vector<Case> cases;
  for (std::uint64_t seed = 1; seed <= count; ++seed) cases.push_back(hostile_case(seed, 48));
  check_cases(cases);
}

TEST_P(FullParityTest, ExternalGolden) {
  const std::filesystem::path data = external_data();
  if (data.empty()) GTEST_SKIP() << "external golden data not found";
  int cases = 0;
  int answers = 0;
  for (const ExternalCase& c : external_cases(data)) {
    if (!wanted_case().empty() && wanted_case() != c.id) continue;
    ++cases;
    for (const auto& [name, expected] : c.expected) {
      const Strategy* strategy = nullptr;
      ASSERT_TRUE(find_strategy(name, strategy).ok()) << name;
      ++answers;
      const Result actual =
          balance_on(GetParam(), c.loads, resolved(c.shape), strategy->rules, nullptr);
      EXPECT_EQ(first_difference(expected.placement, actual.placement), "")
          << name << " on " << GetParam() << ", " << c.id << "\n"
          << reproduce(c.id, this_test());
    }
  }
  std::cout << "external golden data in " << data << ": " << cases << " cases, " << answers
            << " answers compared on " << GetParam() << "\n";
  EXPECT_EQ(answers, 6 * cases) << "every case has an answer of the baseline and the five evolved";
  if (wanted_case().find(':') == std::string::npos) {
    EXPECT_GT(cases, 0) << "no case " << wanted_case();
  }
}

// Few and small: a race detector makes each barrier expensive.
TEST_P(ThreadParityTest, FixedCases) {
  std::vector<Case> cases;
  std::uint64_t seed = 0;
  for (const Shape& shape :
       {Shape{1, 12, 16, 8, 2, 4}, Shape{1, 10, 24, 8, 2, 2}, Shape{1, 36, 40, 8, 1, 1},
        Shape{1, 48, 56, 4, 2, 16}, Shape{1, 26, 30, 3, 1, 13}}) {
    for (const char* kind : {"ties", "tail"}) cases.push_back({kind, shape, seed += 4});
  }
  check_cases(cases);
  if (wanted_case().empty()) {
    EXPECT_EQ(compared_, static_cast<int>(cases.size() * (strategies().size() + 2)));
  }
}

std::string backend_name(const testing::TestParamInfo<std::string>& info) { return info.param; }

INSTANTIATE_TEST_SUITE_P(Backends, FullParityTest, testing::ValuesIn(parity_backends()),
                         backend_name);
INSTANTIATE_TEST_SUITE_P(Backends, ThreadParityTest, testing::ValuesIn(thread_backends()),
                         backend_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ThreadParityTest);

}  // namespace
}  // namespace evenkeel::test
