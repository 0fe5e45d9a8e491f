#include "core/replay/planning.hpp"

#include <algorithm>
#include <cmath>

#include "core/batch/plans.hpp"

namespace evenkeel {
namespace {

// The effort of the planner for the mean of max that corresponds to one of keel.
std::int32_t plan_kicks(const Rules& keel) {
  if (keel.search == Search::fast) return kPlanFast;
  return keel.kicks == kMaxEffort ? kPlanMax : keel.kicks;
}

// logcnt and log2phy, which a batch writes beside phy2log.
struct OtherArrays {
  std::vector<std::int32_t> logcnt;
  std::vector<std::int32_t> log2phy;

  OtherArrays(const Shape& shape, std::size_t rows)
      : logcnt(rows * static_cast<std::size_t>(shape.experts)),
        log2phy(rows * static_cast<std::size_t>(shape.slots)) {}
};

// Chunks and weights of rows.
struct Chunks {
  std::size_t chunks;
  std::size_t experts;
  std::vector<std::uint32_t> tokens;   // [rows, chunks, E]
  std::vector<std::uint32_t> weights;  // [rows, chunks]

  Chunks(std::size_t rows, std::size_t chunks_of_row, std::size_t experts_of_row)
      : chunks(chunks_of_row),
        experts(experts_of_row),
        tokens(rows * chunks * experts),
        weights(rows * chunks) {}
  void copy_row(std::size_t row, const ChunkRing& ring, Part part, double half_life) {
    ring.copy(part, half_life, std::span(tokens).subspan(row * chunks * experts, chunks * experts),
              std::span(weights).subspan(row * chunks, chunks));
  }
};

Status plan_chunks(const Shape& shape, const Rules& rules, double price, const Chunks& history,
                   const std::int32_t* previous, const Execution& execution,
                   const StopQuestion& stop, std::span<std::int32_t> out) {
  const std::size_t rows = history.weights.size() / history.chunks;
  OtherArrays other(shape, rows);
  PlanBatch batch;
  batch.shape = shape;
  batch.rows = static_cast<std::int64_t>(rows);
  batch.history = {static_cast<std::int32_t>(history.chunks), history.tokens.data(),
                   history.weights.data()};
  batch.previous_phy2log = previous;
  batch.placement = {out.data(), other.logcnt.data(), other.log2phy.data()};
  batch.threads = execution.threads;
  batch.stop = stop;
  return plan_mean_of_max(batch, {rules.seed, plan_kicks(rules), price});
}

// Appends the loads of the past that a policy gives to its strategy.
void append_past(const PlannedPolicy& policy, Part part, const ReplayLayer& layer,
                 std::vector<float>& loads) {
  const auto append = [&](std::span<const double> past) {
    for (const double load : past) loads.push_back(static_cast<float>(load));
  };
  if (policy.policy.from == PlansFrom::mean) {
    append(layer.mean(policy.mean).loads(part));
  } else {
    append(layer.window(policy.window).sum(part).tokens);
  }
}

}  // namespace

Rules keel_like(const Rules& rules) {
  Rules keel;
  keel.search = rules.search == Search::none ? Search::full : rules.search;
  keel.kicks = rules.search == Search::none ? 0 : rules.kicks;
  keel.seed = rules.seed;
  return keel;
}

RingSize ring_size(const Shape& shape, double half_life) {
  const std::int64_t steps = chunk_steps(shape, half_life);
  const double chunks = std::ceil(kHalfLives * half_life / static_cast<double>(steps));
  return {steps, static_cast<std::size_t>(std::max(chunks, 1.0))};
}

Status place_loads(const Shape& shape, const Rules& rules, const LayerRange& range,
                   std::span<const float> loads, const Execution& execution,
                   const StopQuestion& stop, std::span<std::int32_t> out) {
  OtherArrays other(shape, range.count());
  Batch batch;
  batch.shape = shape;
  batch.rows = static_cast<std::int64_t>(range.count());
  batch.first_row = range.begin;
  batch.first_layer = range.first_layer;
  batch.work = RowWork::place;
  batch.in.loads = loads.data();
  batch.out.placement = {out.data(), other.logcnt.data(), other.log2phy.data()};
  batch.threads = execution.threads;
  batch.stop = stop;
  return execution.backend->run(batch, rules);
}

Status plan_policy(const PlannedPolicy& policy, std::size_t index, Part part, bool is_first,
                   const LayerRange& range, const Execution& execution, const StopQuestion& stop,
                   std::span<std::int32_t> out) {
  const Shape& shape = policy.shape;
  const auto experts = static_cast<std::size_t>(shape.experts);
  const auto layers = range.layers.subspan(static_cast<std::size_t>(range.begin), range.count());
  if (policy.policy.from != PlansFrom::mean_of_max) {
    std::vector<float> loads;
    loads.reserve(range.count() * experts);
    for (const ReplayLayer& layer : layers) append_past(policy, part, layer, loads);
    return place_loads(shape, policy.strategy.rules, range, loads, execution, stop, out);
  }
  Chunks history(range.count(), layers.front().ring(policy.ring).chunks(), experts);
  std::vector<std::int32_t> previous;
  for (std::size_t row = 0; row < layers.size(); ++row) {
    history.copy_row(row, layers[row].ring(policy.ring), part, policy.policy.half_life);
    const std::vector<std::int32_t>& in_force = layers[row].placed(index).phy2log;
    if (!is_first) previous.insert(previous.end(), in_force.begin(), in_force.end());
  }
  return plan_chunks(shape, keel_like(policy.strategy.rules), is_first ? 0 : policy.policy.price,
                     history, is_first ? nullptr : previous.data(), execution, stop, out);
}

Status plan_in_hindsight(const Shape& shape, std::uint64_t seed, const LayerRange& range,
                         const Execution& execution, const StopQuestion& stop,
                         std::span<std::int32_t> out) {
  const auto experts = static_cast<std::size_t>(shape.experts);
  const auto layers = range.layers.subspan(static_cast<std::size_t>(range.begin), range.count());
  const std::size_t most = ring_size(shape, kDefaultHalfLife).chunks;
  const std::size_t kept = std::max<std::size_t>(layers.front().kept_steps(), 1);
  const std::size_t steps = (kept + most - 1) / most;  // of a chunk
  Chunks history(range.count(), (kept + steps - 1) / steps, experts);
  std::vector<double> loads(experts);
  for (std::size_t row = 0; row < layers.size(); ++row) {
    ChunkRing ring(static_cast<std::int64_t>(steps), history.chunks, false, experts);
    for (std::size_t i = 0; i < layers[row].kept_steps(); ++i) {
      const std::span<const float> step = layers[row].kept_step(i);
      std::copy(step.begin(), step.end(), loads.begin());
      double total = 0;
      for (const double load : loads) total += load;
      ring.add(loads, total, false);
    }
    history.copy_row(row, ring, Part::all, kMostHalfLife);
  }
  Rules rules;
  rules.seed = seed;
  return plan_chunks(shape, keel_like(rules), 0, history, nullptr, execution, stop, out);
}

}  // namespace evenkeel
