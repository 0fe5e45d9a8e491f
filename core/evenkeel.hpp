// The library's front door: loads in, a checked and measured placement out.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/batch/backend.hpp"
#include "core/model/metrics.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// How to compute, none of which changes a result.
struct Execution {
  const Backend* backend = &backends().front();
  int threads = 0;  // 0: all cores
};

struct Result {
  Placement placement;
  std::vector<LayerMetrics> metrics;  // [L]
};

// Balances one window. loads: [L, E] as in shape; shape: after resolve_policy. previous, where
// given, is what runs today: metrics then count moved slots. Errors: check's, check_loads', and a
// previous placement of other layers, experts or GPUs.
Status balance(const Loads& loads, const Shape& shape, const Rules& rules,
               const Placement* previous, const Execution& execution, Result& out);

// Places once more what balance() placed, into its result, and nothing else: to time it. The loads, shape
// and rules must be those of that call.
Status place_again(const Loads& loads, const Shape& shape, const Rules& rules,
                   const Execution& execution, Placement& placement);

// The metrics of what balance would place, without the placement: for sweeps over many problems.
Status balance_metrics(const Loads& loads, const Shape& shape, const Rules& rules,
                       const Execution& execution, std::vector<LayerMetrics>& out);

// The metrics of a placement made elsewhere. shape.slots and gpus must be the placement's.
Status score(const Loads& loads, const Placement& placement, const Shape& shape,
             const Placement* previous, const Execution& execution, std::vector<LayerMetrics>& out);

// What is known of a layer before anything is placed. Loads are in tokens of the window.
struct LayerBound {
  double mean_load = 0;    // of a GPU: the loads added up in order, divided by the GPUs
  double lower_bound = 0;  // no placement has a smaller max_load (bound.hpp)
};

// The lower bound of each layer, [L]. The same as that beside a placement's figures, up to the rounding of
// the mean, which is added up in another order there. Errors: as of balance.
Status lower_bounds(const Loads& loads, const Shape& shape, std::vector<LayerBound>& out);

// The shape of DeepSeek's eplb.rebalance_experts, with the names and the padding of its results.
struct RebalancedExperts {
  std::int32_t width = 0;             // last axis of log2phy
  std::vector<std::int64_t> phy2log;  // [L, num_replicas]
  std::vector<std::int64_t> log2phy;  // [L, E, width], padded with -1
  std::vector<std::int64_t> logcnt;   // [L, E]
};

// Mirrors rebalance_experts(weight, num_replicas, num_groups, num_nodes, num_gpus) of
// github.com/deepseek-ai/EPLB, for any strategy of the table. weight: [layers, experts] in any load
// unit. The policy is `automatic`, as there. log2phy is as wide as the strategy's source makes it
// (Strategy::widest_log2phy).
Status rebalance_experts(std::span<const float> weight, std::int32_t layers, std::int32_t experts,
                         std::int32_t num_replicas, std::int32_t num_groups, std::int32_t num_nodes,
                         std::int32_t num_gpus, std::string_view strategy,
                         const Execution& execution, RebalancedExperts& out);

}  // namespace evenkeel
