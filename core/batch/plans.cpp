#include "core/batch/plans.hpp"
#include <vector>
#include "core/batch/backend.hpp"
namespace evenkeel {
Status plan_mean_of_max(const PlanBatch& b, const PlanRules& rules) {
  std::vector<float> loads(static_cast<std::size_t>(b.rows * b.shape.experts));
  for (std::int64_t r = 0; r < b.rows; ++r)
    for (int t = 0; t < b.history.chunks; ++t)
      for (int e = 0; e < b.shape.experts; ++e)
        loads[static_cast<std::size_t>(r * b.shape.experts + e)] += static_cast<float>(b.history.tokens[(r * b.history.chunks + t) * b.shape.experts + e]) * static_cast<float>(b.history.weights[r * b.history.chunks + t]) / 1e6f;
  Batch batch; batch.shape = b.shape; batch.rows = b.rows; batch.work = RowWork::place; batch.in.loads = loads.data(); batch.out.placement = b.placement; batch.threads = b.threads; batch.stop = b.stop;
  Rules keel; keel.search = Search::full; keel.seed = rules.seed;
  return backends().front().run(batch, keel);
}
std::int64_t chunk_steps(const Shape&, double half_life) { return half_life * 4 > 1600 ? static_cast<std::int64_t>(half_life * 4 / 320) : 5; }
}
