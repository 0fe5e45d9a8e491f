// Generated cases of the planner: a shape, a history of chunks, and a placement in force for some.
#pragma once

#include <cstdint>
#include <vector>

#include "core/batch/plans.hpp"

namespace evenkeel::test {

struct PlanCase {
  std::uint64_t seed = 0;
  Shape shape;  // of one layer
  std::int32_t chunks = 0;
  std::vector<std::uint32_t> tokens;   // [chunks, E]
  std::vector<std::uint32_t> weights;  // [chunks]
  std::vector<std::int32_t> previous;  // [P], or empty
  PlanRules rules;
};

// Up to `most_experts` experts. Chunks without tokens, with ties, with one hot expert, with weight 0; groups, crowded
// shapes, placements in force that put copies of an expert together.
PlanCase plan_case(std::uint64_t seed, int most_experts);

// The placement of a plan.
struct PlannedRow {
  std::vector<std::int32_t> phy2log;
  std::vector<std::int32_t> logcnt;
  std::vector<std::int32_t> log2phy;
  friend bool operator==(const PlannedRow&, const PlannedRow&) = default;
};

// The batch of a case; `out` gets its placement and must outlive it.
PlanBatch batch_of(const PlanCase& c, PlannedRow& out);

}  // namespace evenkeel::test
