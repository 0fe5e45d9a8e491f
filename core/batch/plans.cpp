#include "core/batch/plans.hpp"

#include <atomic>
#include <cmath>
#include <string>

#include "core/base/float_mode.hpp"
#include "core/base/parallel.hpp"
#include "core/batch/plan_rows.hpp"

namespace evenkeel {
Status plan_mean_of_max(const PlanBatch& batch, const PlanRules& rules) {
  if (batch.history.chunks < 0 || batch.history.chunks > kMostChunks) {
    return Status::error("a history has " + std::to_string(batch.history.chunks) +
                         " chunks; expected 0 to " + std::to_string(kMostChunks));
  }
  const DefaultFloatMode mode;
  const GpuSlotTable slots(batch.shape);
  std::atomic<bool> stopped = false;
  for_ranges(batch.rows, batch.threads, [&]() -> RangeWork {
    return [&, memory = PlanMemory<OneLane>(batch.shape, batch.history.chunks)](std::int64_t begin,
                                                                                std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        if (batch.stop.stopped()) stopped = true;
        if (stopped) return;
        plan_rows(OneLane{}, batch, rules, slots.view(), memory, i, i + 1);
      }
    };
  });
  return stopped ? Status::stopped() : Status();
}

std::int64_t chunk_steps(const Shape& shape, double half_life) {
  const double most = shape.slots <= 48 ? 320 : shape.slots <= 288 ? 18432 / shape.slots : 64;
  const double steps = std::ceil(kHalfLives * half_life / most);
  return steps > kFewestChunkSteps ? static_cast<std::int64_t>(steps) : kFewestChunkSteps;
}

}  // namespace evenkeel
