// The public interface: takes loads, returns a checked and measured placement.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/batch/backend.hpp"
#include "core/model/metrics.hpp"
#include "core/model/rules.hpp"
#include "core/model/step_figures.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// How to compute; does not change results.
struct Execution {
  const Backend* backend = &backends().front();
  int threads = 0;  // 0: all cores
};

struct Result {
  Placement placement;
  std::vector<LayerMetrics> metrics;  // [L]
  StepMetrics steps = {};  // unknown, until somebody scores the single steps (StepScores)
};

// Balances one window. loads: [L, E] as in shape; shape: after resolve_policy. previous: the current
// placement, or nullptr; with it, metrics count moved slots. It may have another number of GPUs: those of equal
// number are the same, and all slots of new ones count as moved. Errors: those of check and check_loads, and a previous
// placement of other layers or experts, or one of unknown GPUs whose slots the shape's GPUs cannot share.
Status balance(const Loads& loads, const Shape& shape, const Rules& rules,
               const Placement* previous, const Execution& execution, Result& out);

// Repeats only the placement of an earlier balance() into its result, to measure its time. Loads, shape and
// rules must be those of that call.
Status place_again(const Loads& loads, const Shape& shape, const Rules& rules,
                   const Execution& execution, Placement& placement);

// The metrics of the placement that balance() would compute, without the placement: for many problems.
Status balance_metrics(const Loads& loads, const Shape& shape, const Rules& rules,
                       const Execution& execution, std::vector<LayerMetrics>& out);

// The metrics of a given placement. shape.slots and gpus must be those of the placement.
Status score(const Loads& loads, const Placement& placement, const Shape& shape,
             const Placement* previous, const Execution& execution, std::vector<LayerMetrics>& out);

// Figures of a layer that do not depend on a placement. Loads are in tokens of the window.
struct LayerBound {
  double mean_load = 0;    // of a GPU
  double lower_bound = 0;  // no placement has a smaller max_load (bound.hpp)
};

// The lower bound of each layer, [L]: that in the figures of every placement, unless rounding makes it larger than their
// max_load. Errors: as for balance.
Status lower_bounds(const Loads& loads, const Shape& shape, std::vector<LayerBound>& out);

// The strong lower bounds (strong_bound.hpp) of the layers from first_layer on, in tokens; out: one for each. They depend
// on loads, shape and seed alone: where keel with this seed and default effort stays more than kStrongFrom above the bound
// of lower_bounds, more is tried, which takes about half a millisecond a layer. Runs on the host; of the execution only
// the threads matter. Errors: as for balance.
Status strong_bounds(const Loads& loads, const Shape& shape, std::uint64_t seed,
                     const Execution& execution, std::int32_t first_layer, std::span<double> out);

// Shows such bounds of the same layers in figures.
void raise_bounds(std::span<const double> bounds, std::span<LayerMetrics> metrics);

// The results of DeepSeek's eplb.rebalance_experts, with its names and padding.
struct RebalancedExperts {
  std::int32_t width = 0;             // last axis of log2phy
  std::vector<std::int64_t> phy2log;  // [L, num_replicas]
  std::vector<std::int64_t> log2phy;  // [L, E, width], padded with -1
  std::vector<std::int64_t> logcnt;   // [L, E]
};

// Counterpart of rebalance_experts(weight, num_replicas, num_groups, num_nodes, num_gpus) of
// github.com/deepseek-ai/EPLB, for any strategy of the table. weight: [layers, experts] in any unit of load.
// The policy is `automatic`, as there. log2phy has the same width as in the strategy's source
// (Strategy::widest_log2phy).
Status rebalance_experts(std::span<const float> weight, std::int32_t layers, std::int32_t experts,
                         std::int32_t num_replicas, std::int32_t num_groups, std::int32_t num_nodes,
                         std::int32_t num_gpus, std::string_view strategy,
                         const Execution& execution, RebalancedExperts& out);

}  // namespace evenkeel
