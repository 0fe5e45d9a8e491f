#include "core/batch/plans.hpp"

#include <atomic>
#include <cmath>
#include <string>

#include "core/base/float_mode.hpp"
#include "core/base/parallel.hpp"
#include "core/batch/plan_rows.hpp"

namespace evenkeel {
namespace {

// 2^-x with the same bits on every platform: a product of repeated square roots of 1/2, because sqrt is rounded correctly
// everywhere, and exp2 is not.
double halved(double x) {
  double result = 1;
  for (; x >= 1 && result > 0; x -= 1) result /= 2;
  double root = 0.5;
  for (int i = 0; i < 30; ++i) {
    root = std::sqrt(root);
    x *= 2;
    if (x < 1) continue;
    x -= 1;
    result *= root;
  }
  return result;
}

}  // namespace

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

void chunk_weights(double half_life, std::span<std::uint32_t> weights) {
  const DefaultFloatMode mode;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double age = static_cast<double>(weights.size() - 1 - i) / half_life;
    weights[i] = static_cast<std::uint32_t>(halved(age) * 0x1p20 + 0.5);
  }
}

}  // namespace evenkeel
