#include "core/evenkeel.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "core/base/float_mode.hpp"
#include "core/base/parallel.hpp"
#include "core/base/text.hpp"
#include "core/lanes/lanes.hpp"
#include "core/model/check.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/placement.hpp"
#include "core/model/strategies.hpp"
#include "core/row/bound.hpp"
#include "core/row/strong_bound.hpp"

namespace evenkeel {
namespace {

Status refuse_size(std::string_view name, std::int32_t value, const char* what,
                   std::int32_t wanted) {
  return refuse(name, several(value, what), ", but the loads and options say ", wanted);
}

std::string_view name_of(const Placement& placement, std::string_view unnamed) {
  return placement.source.empty() ? unnamed : std::string_view(placement.source);
}

// A placement that does not say its GPUs is assumed to have those of the shape.
std::int32_t gpus_of(const Placement& placement, const Shape& shape) {
  return placement.gpus != 0 ? placement.gpus : shape.gpus;
}

// Checks that a placement is complete and matches loads and shape; slots and GPUs may differ.
Status check_fit(std::string_view unnamed, const Placement& placement, const Loads& loads,
                 const Shape& shape) {
  const std::string_view name = name_of(placement, unnamed);
  if (Status status = check_placement(name, placement); !status.ok()) return status;
  if (placement.layers != shape.layers) {
    return refuse_size(name, placement.layers, "layer", shape.layers);
  }
  if (placement.first_layer >= 0 && placement.first_layer != loads.first_layer) {
    return refuse(name, "its first layer is ", placement.first_layer, ", but that of the loads is ",
                  loads.first_layer);
  }
  if (placement.first_layer >= 0 && placement.layer_numbers != loads.layer_numbers) {
    return refuse(name, "its layers have other numbers than those of the loads");
  }
  if (placement.experts != shape.experts) {
    return refuse_size(name, placement.experts, "expert", shape.experts);
  }
  if (placement.gpus == 0 && !can_share_slots(placement.slots, shape.gpus)) {
    return refuse(name, several(placement.slots, "slot"), " cannot be shared equally by ",
                  several(shape.gpus, "GPU"), ", and it does not say its own number of GPUs");
  }
  return {};
}

Status check_problem(const Loads& loads, const Shape& shape, const Placement* previous) {
  const DefaultFloatMode mode;  // back ends set it for themselves
  if (Status status = check(shape); !status.ok()) return status;
  if (Status status = check_loads(loads, shape); !status.ok()) return status;
  return previous == nullptr ? Status()
                             : check_fit("the previous placement", *previous, loads, shape);
}

// A batch of all layers of one window. The caller sets outputs and, for measuring, the placement.
Batch batch_of(const Loads& loads, const Shape& shape, RowWork work, const Placement* previous,
               int threads) {
  Batch batch;
  batch.shape = shape;
  batch.rows = shape.layers;
  batch.first_layer = loads.first_layer;
  batch.work = work;
  batch.in.loads = loads.values.data();
  if (previous != nullptr) {
    batch.in.previous_phy2log = previous->phy2log.data();
    batch.in.previous_slots = previous->slots;
    batch.in.previous_gpus = gpus_of(*previous, shape);
  }
  batch.threads = threads;
  return batch;
}

RowPlacement<std::int32_t> arrays_of(Placement& placement) {
  return {placement.phy2log.data(), placement.logcnt.data(), placement.log2phy.data()};
}
RowPlacement<const std::int32_t> arrays_of(const Placement& placement) {
  return {placement.phy2log.data(), placement.logcnt.data(), placement.log2phy.data()};
}

// loads: [L, E].
std::vector<LayerBound> bounds_of(const float* loads, const Shape& shape) {
  const DefaultFloatMode mode;
  Carver measuring(nullptr);
  BoundScratch::carve<OneLane>(measuring, shape);
  std::vector<std::uint64_t> memory(measuring.used() / sizeof(std::uint64_t) + 1);
  Carver carver(reinterpret_cast<std::byte*>(memory.data()));
  const BoundScratch scratch = BoundScratch::carve<OneLane>(carver, shape);
  std::vector<LayerBound> bounds;
  for (std::int32_t layer = 0; layer < shape.layers; ++layer) {
    const float* row =
        loads + static_cast<std::size_t>(layer) * static_cast<std::size_t>(shape.experts);
    const double mean = mean_gpu_load(OneLane(), row, shape, scratch);
    bounds.push_back({mean, lower_bound_row(OneLane(), row, shape, mean, scratch)});
  }
  return bounds;
}

}  // namespace

Status balance(const Loads& loads, const Shape& shape, const Rules& rules,
               const Placement* previous, const Execution& execution, Result& out) {
  if (Status status = check_problem(loads, shape, previous); !status.ok()) return status;
  const auto layers = static_cast<std::size_t>(shape.layers);
  Placement& placement = out.placement;
  // The arrays keep their memory: whoever balances again needs no new one.
  placement = {shape.layers,
               shape.experts,
               shape.slots,
               shape.gpus,
               std::move(placement.phy2log),
               std::move(placement.logcnt),
               std::move(placement.log2phy)};
  placement.first_layer = loads.first_layer;
  placement.layer_numbers = loads.layer_numbers;
  placement.order = LayerOrder::numbered;
  placement.phy2log.resize(layers * static_cast<std::size_t>(shape.slots));
  placement.log2phy.resize(layers * static_cast<std::size_t>(shape.slots));
  placement.logcnt.resize(layers * static_cast<std::size_t>(shape.experts));
  out.metrics.assign(layers, {});
  Batch batch = batch_of(loads, shape, RowWork::place_and_measure, previous, execution.threads);
  batch.out.placement = arrays_of(placement);
  batch.out.metrics = out.metrics.data();
  return execution.backend->run(batch, rules);
}

Status place_again(const Loads& loads, const Shape& shape, const Rules& rules,
                   const Execution& execution, Placement& placement) {
  Batch batch = batch_of(loads, shape, RowWork::place, nullptr, execution.threads);
  batch.out.placement = arrays_of(placement);
  return execution.backend->run(batch, rules);
}

Status balance_metrics(const Loads& loads, const Shape& shape, const Rules& rules,
                       const Execution& execution, std::vector<LayerMetrics>& out) {
  if (Status status = check_problem(loads, shape, nullptr); !status.ok()) return status;
  out.assign(static_cast<std::size_t>(shape.layers), {});
  Batch batch = batch_of(loads, shape, RowWork::measure_placed, nullptr, execution.threads);
  batch.out.metrics = out.data();
  return execution.backend->run(batch, rules);
}

Status score(const Loads& loads, const Placement& placement, const Shape& shape,
             const Placement* previous, const Execution& execution,
             std::vector<LayerMetrics>& out) {
  if (Status status = check_problem(loads, shape, previous); !status.ok()) return status;
  if (Status status = check_fit("the placement", placement, loads, shape); !status.ok())
    return status;
  if (placement.gpus != 0 && placement.gpus != shape.gpus) {
    return refuse_size(name_of(placement, "the placement"), placement.gpus, "GPU", shape.gpus);
  }
  if (placement.slots != shape.slots) {
    return refuse_size("the placement", placement.slots, "slot", shape.slots);
  }
  if (Status status = check_groups("the placement", placement, shape, loads.numbers());
      !status.ok()) {
    return status;
  }
  out.assign(static_cast<std::size_t>(shape.layers), {});
  Batch batch = batch_of(loads, shape, RowWork::measure_given, previous, execution.threads);
  batch.in.placement = arrays_of(placement);
  batch.out.metrics = out.data();
  return execution.backend->run(batch, Rules());
}

Status lower_bounds(const Loads& loads, const Shape& shape, std::vector<LayerBound>& out) {
  if (Status status = check_problem(loads, shape, nullptr); !status.ok()) return status;
  out = bounds_of(loads.values.data(), shape);
  return {};
}

Status strong_bounds(const Loads& loads, const Shape& shape, std::uint64_t seed,
                     const Execution& execution, std::int32_t first_layer, std::span<double> out) {
  if (Status status = check_problem(loads, shape, nullptr); !status.ok()) return status;
  const Strategy* keel = nullptr;
  if (Status status = find_strategy("keel", keel); !status.ok()) return status;
  Rules rules = keel->rules;
  rules.seed = seed;
  Shape part = shape;
  part.layers = static_cast<std::int32_t>(out.size());
  const auto experts = static_cast<std::size_t>(shape.experts);
  const auto slots = static_cast<std::size_t>(shape.slots);
  std::vector<std::int32_t> phy2log(out.size() * slots);
  std::vector<std::int32_t> log2phy(phy2log.size());
  std::vector<std::int32_t> logcnt(out.size() * experts);
  std::vector<LayerMetrics> metrics(out.size());
  Batch batch = batch_of(loads, part, RowWork::place_and_measure, nullptr, execution.threads);
  batch.in.loads += static_cast<std::size_t>(first_layer) * experts;
  batch.out.placement = {phy2log.data(), logcnt.data(), log2phy.data()};
  batch.out.metrics = metrics.data();
  if (Status status = backends().front().run(batch, rules); !status.ok()) return status;
  const std::vector<LayerBound> bounds = bounds_of(batch.in.loads, part);
  for_ranges(part.layers, execution.threads, [&] {
    return [&](std::int64_t begin, std::int64_t end) {
      const DefaultFloatMode mode;
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
        out[i] = strong_bound_row(
            {batch.in.loads + i * experts, phy2log.data() + i * slots, logcnt.data() + i * experts,
             metrics[i].max_load, bounds[i].lower_bound},
            part);
      }
    };
  });
  return {};
}

void raise_bounds(std::span<const double> bounds, std::span<LayerMetrics> metrics) {
  for (std::size_t i = 0; i < metrics.size() && i < bounds.size(); ++i) {
    LayerMetrics& layer = metrics[i];
    // Above max_load only by rounding.
    const double bound = bounds[i] < layer.max_load ? bounds[i] : layer.max_load;
    if (bound > layer.lower_bound) layer.lower_bound = bound;
  }
}

Status rebalance_experts(std::span<const float> weight, std::int32_t layers, std::int32_t experts,
                         std::int32_t num_replicas, std::int32_t num_groups, std::int32_t num_nodes,
                         std::int32_t num_gpus, std::string_view strategy,
                         const Execution& execution, RebalancedExperts& out) {
  const Strategy* found = nullptr;
  if (Status status = find_strategy(strategy, found); !status.ok()) return status;
  Shape shape = {layers, experts, num_replicas, num_gpus, num_nodes, num_groups};
  std::string note;
  if (Status status = resolve_policy(Policy::automatic, shape, note); !status.ok()) return status;
  if (Status status = check(shape); !status.ok()) return status;
  const auto wanted = static_cast<std::size_t>(layers) * static_cast<std::size_t>(experts);
  if (weight.size() != wanted) {
    return Status::error("weight has " + std::to_string(weight.size()) + " elements; " +
                         std::to_string(layers) + " layers of " + std::to_string(experts) +
                         " experts are " + std::to_string(wanted));
  }
  Loads loads;
  loads.layers = layers;
  loads.experts = experts;
  loads.values.assign(weight.begin(), weight.end());
  Result result;
  if (Status status = balance(loads, shape, found->rules, nullptr, execution, result);
      !status.ok()) {
    return status;
  }
  const Placement& placement = result.placement;
  out.width = found->widest_log2phy ? num_replicas - experts + 1 : largest_count(placement);
  out.phy2log.assign(placement.phy2log.begin(), placement.phy2log.end());
  out.logcnt.assign(placement.logcnt.begin(), placement.logcnt.end());
  out.log2phy = unpack_log2phy(placement, out.width);
  return {};
}

}  // namespace evenkeel
