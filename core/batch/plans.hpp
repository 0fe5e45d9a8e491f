// Plans for what comes: placements that keep the largest GPU load small in each chunk of steps of a history
// (core/row/mean_of_max), for many rows at once, on the host.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/status.hpp"
#include "core/batch/batch.hpp"
#include "core/model/types.hpp"
#include "core/row/row.hpp"

namespace evenkeel {

// Of PlanRules::kicks: no kicks; a few, by the shape; as many as are worth their time.
inline constexpr std::int32_t kPlanFast = -1;
inline constexpr std::int32_t kPlanDefault = 0;
inline constexpr std::int32_t kPlanMax = 200;

struct PlanRules {
  std::uint64_t seed = 0;
  std::int32_t kicks = kPlanDefault;
  // Of a received slot: by how much it must lower the mean of max/mean over the history. At least 0.
  double price = 0;
};

struct PlanHistory {
  std::int32_t chunks = 0;                 // 0 to kMostChunks
  const std::uint32_t* tokens = nullptr;   // [rows, chunks, E], oldest first
  const std::uint32_t* weights = nullptr;  // [rows, chunks]; 0: the chunk does not count
};
inline constexpr std::int32_t kMostChunks = 1024;

// All arrays belong to the caller. The shape must have been checked.
struct PlanBatch {
  Shape shape;
  std::int64_t rows = 0;
  PlanHistory history;
  // [rows, P] the placement in force, a copy of each expert at least, or nullptr: then the search starts from keel's
  // placement of the whole history, and slots move freely.
  const std::int32_t* previous_phy2log = nullptr;
  RowPlacement<std::int32_t> placement;  // [rows] of them: the result
  int threads = 0;                       // 0: all cores
  StopQuestion stop;
};

// Plans all rows. A row depends on its history, its placement in force, shape and rules alone. Error: the number of
// chunks is out of range.
Status plan_mean_of_max(const PlanBatch& batch, const PlanRules& rules);

// The defaults of a history, chosen on other traces than those of the table in native/RESULTS.md (HACKING.md says which).
inline constexpr double kDefaultHalfLife = 400;  // steps
inline constexpr double kDefaultPrice = 0.004;
inline constexpr int kHalfLives = 4;  // older steps are forgotten

// The number of steps per chunk: at least kFewestChunkSteps, and so many that a history of kHalfLives half-lives has no
// more chunks than suit the time of a plan (about 320 with 40 slots, 64 with 288).
inline constexpr std::int64_t kFewestChunkSteps = 5;
std::int64_t chunk_steps(const Shape& shape, double half_life);

// Weights of chunks, the newest last: they halve with each half-life, which is given in chunks and positive.
void chunk_weights(double half_life, std::span<std::uint32_t> weights);

}  // namespace evenkeel
