// Closes an interval of a replay: what would have been possible in it, and the splits of what was lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"
#include "core/replay/layer.hpp"
#include "core/replay/planned_policy.hpp"
#include "core/replay/planning.hpp"
#include "core/replay/split.hpp"
#include "core/request/bounds.hpp"

namespace evenkeel {

class IntervalClose {
 public:
  // Before the first layer of an interval.
  void begin(const ReplaySetup& setup, std::span<const ReplayLayer> layers,
             const LayerNumbers& numbers, Bounds bounds);
  // Makes the splits of layers begin .. end-1, of whose open interval the scales are taken. interval: its number, for the
  // draws. Errors: those of the back end.
  Status close(std::span<ReplayLayer> layers, std::int32_t begin, std::int32_t end,
               std::size_t interval, const Execution& execution, const StopQuestion& stop);

  // [L] of one policy; those without tokens have 0 steps.
  std::span<const Split> splits(std::size_t policy) const { return splits_[policy]; }

 private:
  // What is the same for all policies with these slots and this planner.
  struct Ideal {
    Shape shape;
    Rules rules;
    bool has_plan = false;
    std::vector<std::int32_t> phy2log;  // [count, P] planned on the mean of the interval
    std::vector<double> bounds;         // [count]
  };
  Ideal& ideal_of(const PlannedPolicy& policy, std::vector<Ideal>& ideals) const;
  Status make_ideal(Ideal& ideal, const LayerRange& range, const Execution& execution,
                    const StopQuestion& stop) const;
  // The imbalance in the mean of the kept steps under phy2log, of one layer.
  double mean_of_kept(const ReplayLayer& layer, std::span<const std::int32_t> phy2log) const;
  Status plan_each_step(const ReplayLayer& layer, const Execution& execution,
                        const StopQuestion& stop, double& out) const;

  const ReplaySetup* setup_ = nullptr;
  Bounds bounds_ = Bounds::automatic;
  Loads mean_;                              // [L, E] of the interval
  std::vector<std::vector<Split>> splits_;  // [policies, L]
};

}  // namespace evenkeel
