#include "tests/plan_cases.hpp"

#include <string>

#include "core/lanes/random.hpp"
#include "core/model/check.hpp"
#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {

PlanCase plan_case(std::uint64_t seed, int most_experts) {
  Random random(seed, 1);
  PlanCase c;
  c.seed = seed;
  c.shape = random_case(seed, most_experts).shape;
  c.shape.layers = 1;
  std::string note;
  (void)resolve_policy(Policy::automatic, c.shape, note).ok();
  c.chunks = static_cast<std::int32_t>(random.below(40));
  const std::uint32_t kind = random.below(4);
  std::vector<float> sums(static_cast<std::size_t>(c.shape.experts), 0);
  std::vector<std::uint32_t> base;
  for (std::int32_t x = 0; x < c.shape.experts; ++x) base.push_back(random.below(1000));
  for (std::int32_t t = 0; t < c.chunks; ++t) {
    const bool empty = random.below(9) == 0;
    const std::uint32_t hot = random.below(static_cast<std::uint32_t>(c.shape.experts));
    for (std::uint32_t x = 0; x < base.size(); ++x) {
      std::uint32_t tokens = base[x] + random.below(1 + base[x]);
      if (kind == 1) tokens = random.below(4);                            // ties
      if (kind == 2) tokens = x == hot ? 4'000'000'000u : base[x] / 100;  // one hot expert
      if (empty) tokens = 0;
      c.tokens.push_back(tokens);
      sums[x] += static_cast<float>(base[x]);
    }
    c.weights.push_back(random.below(7) == 0 ? 0 : 1 + random.below(1u << (1 + kind * 10)));
  }
  c.rules.seed = seed / 3;
  c.rules.kicks = seed % 5 == 0 ? kPlanFast : 1 + static_cast<std::int32_t>(seed % 7);
  if (random.below(3) == 0) return c;
  // deepseek may put copies of an expert together.
  const Strategy* strategy = nullptr;
  (void)find_strategy(random.below(2) == 0 ? "deepseek" : "keel:fast", strategy).ok();
  Loads loads;
  loads.layers = 1;
  loads.experts = c.shape.experts;
  loads.values = sums;
  c.previous = balance_on("cpu", loads, c.shape, strategy->rules).placement.phy2log;
  c.rules.price = random.below(2) == 0 ? 0 : random.below(1000) * 1e-5;
  return c;
}

PlanBatch batch_of(const PlanCase& c, PlannedRow& out) {
  out.phy2log.assign(static_cast<std::size_t>(c.shape.slots), -1);
  out.log2phy.assign(out.phy2log.size(), -1);
  out.logcnt.assign(static_cast<std::size_t>(c.shape.experts), -1);
  PlanBatch batch;
  batch.shape = c.shape;
  batch.rows = 1;
  batch.history = {c.chunks, c.tokens.data(), c.weights.data()};
  batch.previous_phy2log = c.previous.empty() ? nullptr : c.previous.data();
  batch.placement = {out.phy2log.data(), out.logcnt.data(), out.log2phy.data()};
  batch.threads = 1;
  return batch;
}

}  // namespace evenkeel::test
