// The recorded steps of a row end with the result of balancing, and each describes its change.
#include "core/row/steps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/hostile_cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using Numbers = std::vector<std::int32_t>;

Numbers layer_of(const Numbers& rows, std::int32_t width, std::int32_t layer) {
  const auto begin = rows.begin() + std::ptrdiff_t{layer} * width;
  return {begin, begin + width};
}

RowSteps steps_of(const Loads& loads, const Shape& shape, const Rules& rules, std::int32_t layer) {
  RowSteps steps;
  const Status status = record_steps(loads, shape, rules, layer, steps);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return steps;
}

// The slots of each expert by copy number.
Numbers log2phy_of(const RowState& state) {
  Numbers slots(state.slot_expert.size());
  std::iota(slots.begin(), slots.end(), 0);
  std::sort(slots.begin(), slots.end(), [&](std::int32_t a, std::int32_t b) {
    const auto key = [&](std::int32_t slot) {
      const auto i = static_cast<std::size_t>(slot);
      return std::pair(state.slot_expert[i], state.slot_copy[i]);
    };
    return key(a) < key(b);
  });
  return slots;
}

void expect_ends_as_balance(const Case& c, const Rules& rules) {
  const Loads loads = c.loads();
  const Result result = balance_on("cpu", loads, c.shape, rules);
  for (std::int32_t layer = 0; layer < c.shape.layers; ++layer) {
    const RowSteps steps = steps_of(loads, c.shape, rules, layer);
    const RowState end = steps.state_after(steps.steps().size());
    const Placement& p = result.placement;
    EXPECT_EQ(end.slot_expert, layer_of(p.phy2log, c.shape.slots, layer));
    EXPECT_EQ(end.copies, layer_of(p.logcnt, c.shape.experts, layer));
    EXPECT_EQ(log2phy_of(end), layer_of(p.log2phy, c.shape.slots, layer));
    const LayerMetrics& metrics = result.metrics[static_cast<std::size_t>(layer)];
    EXPECT_EQ(*std::max_element(end.gpu_load.begin(), end.gpu_load.end()), metrics.max_load);
  }
}

TEST(Steps, EndWhereBalancingEnds) {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const Case c = random_case(seed, 48);
    std::vector<Rules> all;
    for (const Strategy& strategy : strategies()) all.push_back(strategy.rules);
    for (std::uint64_t i = 0; i < 4; ++i) all.push_back(random_rules(4 * seed + i));
    for (const Rules& rules : all) {
      SCOPED_TRACE(named(rules).name + ", " + c.name());
      expect_ends_as_balance(c, rules);
      if (HasFailure()) return;
    }
  }
}

TEST(Steps, EndThereOnHostileLoadsToo) {
  for (const std::string& kind : hostile_kinds()) {
    for (const Shape& shape : {Shape{1, 24, 40, 8, 2, 4}, Shape{1, 32, 64, 4, 1, 1}}) {
      for (const Strategy& strategy : strategies()) {
        const Case c = {kind, shape, 5};
        SCOPED_TRACE(std::string(strategy.label()) + ", " + c.name());
        expect_ends_as_balance(c, strategy.rules);
      }
    }
  }
}

TEST(Steps, TheLargestRowToo) {
  for (const Strategy& strategy : strategies()) {
    const Case c = {"ties", {1, 1024, 4096, 1024, 1, 1}, 1};
    SCOPED_TRACE(strategy.label());
    expect_ends_as_balance(c, strategy.rules);
    const RowSteps steps = steps_of(c.loads(), c.shape, strategy.rules, 0);
    EXPECT_LE(steps.steps().size(), 2u * 4096 + 16) << "memory must stay bounded";
    Rules apart = strategy.rules;
    apart.apart = Apart::exchange;
    expect_ends_as_balance(c, apart);
    const RowSteps more = steps_of(c.loads(), c.shape, apart, 0);
    EXPECT_LE(more.steps().size(), 4u * 4096 + 16);
  }
}

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

double heaviest_of_node(const RowState& state, const Shape& shape, std::int32_t node) {
  const auto begin = state.gpu_load.begin() + std::ptrdiff_t{node} * shape.gpus_per_node();
  return *std::max_element(begin, begin + shape.gpus_per_node());
}

void expect_exchange(std::int32_t slot, std::int32_t expert, std::int32_t gpu, const Shape& shape,
                     const RowState& before, const RowState& after) {
  EXPECT_EQ(before.slot_expert[at(slot)], expert);
  EXPECT_NE(after.slot_expert[at(slot)], expert);
  EXPECT_EQ(slot / (shape.slots / shape.gpus), gpu);
}

// That no more slots and counts change than the step says, and that its loads are those of the heaviest GPU.
void expect_step_of_keel(const Step& step, const Shape& shape, const RowState& before,
                         const RowState& after) {
  std::size_t changed = 0;
  for (std::size_t slot = 0; slot < before.slot_expert.size(); ++slot) {
    changed += before.slot_expert[slot] != after.slot_expert[slot] ? 1 : 0;
  }
  if (step.kind == StepKind::count_changed || step.kind == StepKind::copy_replaced) {
    EXPECT_EQ(after.copies[at(step.expert)], before.copies[at(step.expert)] - 1);
    EXPECT_EQ(after.copies[at(step.other_expert)], before.copies[at(step.other_expert)] + 1);
  } else if (step.kind != StepKind::more_changes) {
    EXPECT_EQ(before.copies, after.copies);
  }
  switch (step.kind) {
    case StepKind::count_changed:
      EXPECT_EQ(changed, 0u);
      return;
    case StepKind::copies_parted:
    case StepKind::copies_exchanged:
    case StepKind::copies_kicked:
    case StepKind::pairs_exchanged:
      EXPECT_TRUE(step.kind != StepKind::copies_kicked || step.kick > 0);
      EXPECT_NE(step.gpu, step.other_gpu);
      expect_exchange(step.slot, step.expert, step.gpu, shape, before, after);
      expect_exchange(step.other_slot, step.other_expert, step.other_gpu, shape, before, after);
      if (step.kind != StepKind::pairs_exchanged) {
        EXPECT_EQ(changed, 2u);
        break;
      }
      EXPECT_LE(step.after, step.before);
      EXPECT_EQ(before.slot_expert[at(step.second_slot)], step.second_expert);
      EXPECT_EQ(after.slot_expert[at(step.other_second_slot)], step.second_expert);
      EXPECT_EQ(before.slot_expert[at(step.other_second_slot)], step.other_second_expert);
      break;
    case StepKind::copy_replaced:
      EXPECT_EQ(changed, 1u);
      EXPECT_EQ(before.slot_expert[at(step.slot)], step.expert);
      EXPECT_EQ(after.slot_expert[at(step.slot)], step.other_expert);
      break;
    case StepKind::copies_numbered:
      EXPECT_EQ(changed, 0u);
      break;
    default:  // all slots of the node
      break;
  }
  EXPECT_EQ(heaviest_of_node(after, shape, step.node), step.after);
  if (step.before > 0 && step.kind != StepKind::slots_dealt) {
    EXPECT_EQ(heaviest_of_node(before, shape, step.node), step.before);
  }
  if (step.kind == StepKind::copies_exchanged) {
    EXPECT_LE(step.after, step.before);
  }
}

// Copies only increase, except for moves; slots only fill; each step changes exactly what it describes.
TEST(Steps, EachStepChangesWhatItSays) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Case c = random_case(seed, 24);
    for (const Strategy& strategy : strategies()) {
      SCOPED_TRACE(std::string(strategy.label()) + ", " + c.name());
      Rules rules = strategy.rules;
      if (seed % 2 == 0) rules.apart = Apart::exchange;
      const RowSteps steps = steps_of(c.loads(), c.shape, rules, 0);
      RowState before = steps.state_after(0);
      EXPECT_EQ(std::count(before.slot_expert.begin(), before.slot_expert.end(), -1),
                c.shape.slots);
      for (std::size_t i = 0; i < steps.steps().size(); ++i) {
        const Step& step = steps.steps()[i];
        const RowState after = steps.state_after(i + 1);
        const auto slot = static_cast<std::size_t>(step.slot);
        const auto other = static_cast<std::size_t>(step.other_slot);
        const auto expert = static_cast<std::size_t>(step.expert);
        switch (step.kind) {
          case StepKind::group_placed:
            EXPECT_EQ(before.group_node[expert], -1);
            EXPECT_EQ(after.group_node[expert], step.gpu);
            break;
          case StepKind::groups_swapped:
            EXPECT_EQ(before.group_node[expert], step.gpu);
            EXPECT_EQ(after.group_node[expert], step.other_gpu);
            break;
          case StepKind::first_copies:
            EXPECT_GT(std::accumulate(after.copies.begin(), after.copies.end(), 0),
                      std::accumulate(before.copies.begin(), before.copies.end(), 0));
            break;
          case StepKind::copy_added:
            EXPECT_EQ(before.copies[expert], step.copy);
            EXPECT_EQ(after.copies[expert], step.copy + 1);
            EXPECT_LE(step.after, step.before);
            break;
          case StepKind::copy_moved:
            EXPECT_EQ(after.copies[expert], before.copies[expert] - 1);
            EXPECT_EQ(after.copies[static_cast<std::size_t>(step.other_expert)], step.copy + 1);
            break;
          case StepKind::slot_placed:
            EXPECT_EQ(before.slot_expert[slot], -1);
            EXPECT_EQ(after.slot_expert[slot], step.expert);
            EXPECT_EQ(after.slot_copy[slot], step.copy);
            EXPECT_EQ(step.slot / (c.shape.slots / c.shape.gpus), step.gpu);
            break;
          case StepKind::slots_swapped:
            EXPECT_EQ(before.slot_expert[slot], step.expert);
            EXPECT_EQ(before.slot_copy[slot], step.copy);
            EXPECT_EQ(after.slot_expert[slot], step.other_expert);
            EXPECT_EQ(after.slot_expert[other], step.expert);
            EXPECT_NE(step.gpu, step.other_gpu);
            break;
          case StepKind::slots_ordered:
          case StepKind::slots_dealt:
            EXPECT_EQ(before.copies, after.copies);
            break;
          default:
            expect_step_of_keel(step, c.shape, before, after);
        }
        if (HasFailure()) return;
        before = after;
      }
    }
  }
}

// A kick may find nothing to move, the last one of a node, too.
TEST(Steps, KicksAreCountedInEachNode) {
  const Strategy* keel = nullptr;
  ASSERT_TRUE(find_strategy("keel", keel).ok());
  Rules rules = keel->rules;
  int second_nodes = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Case c = {"counts", {1, 30, 32, 8, 2, 2}, seed};
    rules.kicks = static_cast<std::int32_t>(1 + seed % 5);
    const RowSteps steps = steps_of(c.loads(), c.shape, rules, 0);
    std::int32_t node = -1;
    bool has_kicks = false;
    for (const Step& step : steps.steps()) {
      if (step.node != node) has_kicks = false;
      node = step.node;
      has_kicks |= step.kind == StepKind::copies_kicked || step.kind == StepKind::copy_replaced;
      EXPECT_TRUE(has_kicks || step.kick == 0) << c.name();
      second_nodes += node == 1 && step.kind == StepKind::copies_exchanged ? 1 : 0;
    }
  }
  EXPECT_GT(second_nodes, 100);
}

// Fewer steps of kicks and counts than there are: one step has the rest.
TEST(Steps, AreKeptUpToALimit) {
  const Strategy* max = nullptr;
  ASSERT_TRUE(find_strategy("keel:max", max).ok());
  const Rules& rules = max->rules;
  int limited = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Case c = random_case(seed, 48);
    const Loads loads = c.loads();
    const Result result = balance_on("cpu", loads, c.shape, rules);
    RowSteps steps;
    ASSERT_TRUE(record_steps(loads, c.shape, rules, 0, steps, 3).ok());
    const std::span<const Step> all = steps.steps();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].kind != StepKind::more_changes) continue;
      ++limited;
      EXPECT_GT(all[i].count, 0) << c.name();
      expect_step_of_keel(all[i], c.shape, steps.state_after(i), steps.state_after(i + 1));
    }
    const RowState end = steps.state_after(all.size());
    EXPECT_EQ(end.slot_expert, layer_of(result.placement.phy2log, c.shape.slots, 0)) << c.name();
    EXPECT_EQ(end.copies, layer_of(result.placement.logcnt, c.shape.experts, 0)) << c.name();
  }
  EXPECT_GT(limited, 20);
}

std::string text_of(const RowSteps& steps) {
  constexpr const char* kNames[] = {"group", "groups", "first", "copy", "moved",
                                    "slot",  "swap",   "order", "deal"};
  std::string text;
  for (const Step& step : steps.steps()) {
    text += kNames[static_cast<std::size_t>(step.kind)];
    for (const std::int32_t number : {step.expert, step.copy, step.gpu, step.slot}) {
      text += " " + (number < 0 ? std::string("-") : std::to_string(number));
    }
    text += "\n";
  }
  return text;
}

TEST(Steps, OfDeepSeekAreReadable) {
  // Expert 0 has 90 tokens: two of the three extra copies go to it, one to expert 1.
  const Loads loads = {1, 3, {90, 45, 10}, 0, 1};
  const RowSteps steps = steps_of(loads, {1, 3, 6, 2, 1, 1}, Rules(), 0);
  EXPECT_EQ(text_of(steps),
            "first - - - -\n"
            "copy 0 1 - -\n"
            "copy 0 2 - -\n"
            "copy 1 1 - -\n"
            "slot 0 0 0 0\n"
            "slot 0 1 1 3\n"
            "slot 0 2 0 1\n"
            "slot 1 0 1 4\n"
            "slot 1 1 1 5\n"
            "slot 2 0 0 2\n");
  const Step& second = steps.steps()[2];
  EXPECT_EQ(second.before, 45);
  EXPECT_EQ(second.after, 30);
  EXPECT_EQ(steps.state_after(7).gpu_load, (std::vector<double>{60, 30}));
  EXPECT_EQ(steps.state_after(1000).gpu_load, (std::vector<double>{70, 75}));
}

TEST(Steps, SwapsSayWhichGpuWasHeavy) {
  int swaps = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Case c = {"counts", {1, 32, 48, 8, 1, 1}, seed};
    for (const Strategy& strategy : strategies()) {
      const RowSteps steps = steps_of(c.loads(), c.shape, strategy.rules, 0);
      for (std::size_t i = 0; i < steps.steps().size(); ++i) {
        const Step& step = steps.steps()[i];
        if (step.kind != StepKind::slots_swapped) continue;
        ++swaps;
        const RowState before = steps.state_after(i);
        const auto load = [&](std::int32_t gpu) {
          return before.gpu_load[static_cast<std::size_t>(gpu)];
        };
        EXPECT_GT(load(step.gpu), load(step.other_gpu)) << strategy.label();
        EXPECT_NEAR(load(step.gpu), step.before, 1e-6 * step.before);
      }
    }
  }
  EXPECT_GT(swaps, 100);
}

// Two copies of expert 2 meet on GPU 1; the first goes to where expert 1 is.
TEST(Steps, OfCopiesApartAreReadable) {
  Rules rules;
  rules.apart = Apart::exchange;
  const RowSteps swap = steps_of({1, 4, {8, 3, 5, 1}, 0, 1}, {1, 4, 6, 2, 1, 1}, rules, 0);
  EXPECT_EQ(text_of(swap).substr(text_of(swap).rfind("swap")), "swap 2 0 1 4\n");
}

TEST(Steps, OfEveryKindAreSeen) {
  std::set<StepKind> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Case c = random_case(seed, 48);
    for (const Strategy& strategy : strategies()) {
      Rules rules = strategy.rules;
      for (const Apart apart : {Apart::none, Apart::exchange}) {
        rules.apart = apart;
        const RowSteps steps = steps_of(c.loads(), c.shape, rules, 0);
        for (const Step& step : steps.steps()) seen.insert(step.kind);
      }
    }
  }
  EXPECT_EQ(seen.size(), 20u)
      << "all but more_changes, which needs more kicks than a name may ask for";
}

TEST(Steps, RefuseWhatBalancingRefuses) {
  const Loads loads = {1, 3, {90, 45, 10}, 0, 1};
  RowSteps steps;
  EXPECT_EQ(record_steps(loads, {1, 3, 5, 2, 1, 1}, Rules(), 0, steps).sentence(),
            "5 slots cannot be shared equally by 2 GPUs; use 4 or 6 slots");
  EXPECT_EQ(record_steps(loads, {1, 3, 6, 2, 1, 1}, Rules(), 1, steps).sentence(),
            "loads: no layer 1; expected 0 to 0");
  EXPECT_EQ(record_steps(loads, {2, 3, 6, 2, 1, 1}, Rules(), 0, steps).sentence(),
            "loads: 3 loads for 1 layers of 3 experts; the shape has 2 layers of 3");
  EXPECT_TRUE(steps.steps().empty());
}

}  // namespace
}  // namespace evenkeel::test
