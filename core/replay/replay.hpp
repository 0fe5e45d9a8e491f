// Replays a trace: plans placements from the past, as a server would, and scores them on the steps that come after.
//
//   steps -> take -> per layer: history, loads of the GPUs under each placement in force
//                        every `every` steps: plans -> `delay` steps later they are in force
//                        between two such moments: an interval, of which the split is made
//
// The caller feeds steps and lets the replay work in slices, so that a page can show progress and stop:
//
//   Replay replay;  replay.start(...);
//   while (!replay.done()) replay.wants_steps() ? replay.take(steps, ...) : replay.advance(layers, ...);
//
// Memory depends on layers, experts, policies and the history that they ask for, not on the number of steps, but for a
// few numbers for each interval. Results have the same bits on every back end and with any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/evenkeel.hpp"
#include "core/model/hash.hpp"
#include "core/replay/interval_close.hpp"
#include "core/replay/layer.hpp"
#include "core/replay/planned_policy.hpp"
#include "core/replay/split.hpp"
#include "core/replay/step_series.hpp"
#include "core/request/bounds.hpp"

namespace evenkeel {

inline constexpr std::int64_t kDefaultEvery = 300;

struct ReplayOptions {
  std::int64_t every = kDefaultEvery;  // steps between plans
  std::int64_t delay = 0;              // steps from a plan until it is in force; less than `every`
  // First scored step; -1: that of the first plan in force. Plans begin with the last one that is in force then.
  std::int64_t from = -1;
  double threshold =
      0;  // plan only if the balancedness by the step since the last plan is below; 0: always
  bool splits =
      true;  // whether the splits are computed, which takes a few more plans for each interval
  Bounds bounds = Bounds::automatic;

  friend bool operator==(const ReplayOptions&, const ReplayOptions&) = default;
};

// What one policy did in one interval: the scored steps under one placement.
struct PolicyInterval {
  double imbalance = 0;            // mean over steps and layers
  bool planned = false;            // it begins with a new placement,
  std::int64_t received = 0;       // for which so many slots received an expert, in all layers,
  std::int64_t most_received = 0;  // and the GPU with the most of them received so many
  Split split;
};

struct ReplayInterval {
  StepRange steps;  // scored
  std::vector<PolicyInterval> policies;
};

struct PolicyResult {
  StepFigures figures;
  StepSeries series;  // imbalance by the step: mean over layers
  Split split;
  std::vector<Split> split_of_layer;  // [L]
  std::int64_t plans = 0;             // all of them
  // Of the plans for which it gave up another one of its own, in scored intervals:
  std::int64_t replans = 0;
  std::int64_t slots = 0;          // of all MoE layers
  std::int64_t received = 0;       // slots, in all layers
  std::int64_t most_received = 0;  // by one GPU in one of them

  // Received slots of a re-plan / slots; 0 without a re-plan.
  double received_share() const;
};

class Replay {
 public:
  // steps: the number of steps that will come. layers: numbers of the layers; policies: resolved, see resolve_policies.
  // Errors: options that do not fit each other or the steps, in the words of the caller.
  Status start(const ReplaySetup& setup, const ReplayOptions& options, const LayerNumbers& layers,
               std::int64_t steps, Vocabulary words);

  bool done() const { return jobs_.empty() && step_ == steps_; }
  bool wants_steps() const { return jobs_.empty() && step_ < steps_; }
  std::int64_t step() const { return step_; }  // taken so far
  std::int64_t steps() const { return steps_; }
  std::int64_t first_scored() const { return options_.from; }

  // Takes the next steps of the trace, which begin with step `first` of the block, up to the next plan; returns their
  // number. rows: of each layer in the block; empty: all rows in order. Call only while wants_steps().
  std::int64_t take(const RawSteps& block, std::int64_t first, std::span<const std::int32_t> rows,
                    const Execution& execution);
  // Works on up to `layers` layers of what is due. Call only while !wants_steps() and !done(). Errors: those of the
  // back end.
  Status advance(std::int32_t layers, const Execution& execution, const StopQuestion& stop);

  const ReplaySetup& setup() const { return setup_; }
  const ReplayOptions& options() const { return options_; }
  std::span<const PolicyResult> results() const { return results_; }
  std::span<const ReplayInterval> intervals() const { return intervals_; }
  // The splits of one policy in the last interval, by layer: what `intervals` has the mean of.
  std::span<const Split> last_splits(std::size_t policy) const { return close_.splits(policy); }
  // Of all placements that were ever in force: equal hashes mean the same placements at the same steps.
  std::uint64_t hash() const { return hash_.value(); }

 private:
  enum class JobKind : std::uint8_t { close, finish_interval, plan, estimate_noise, install };
  struct Job {
    JobKind kind;
    std::size_t policy = 0;
    Part part = Part::all;
    std::int32_t layer = 0;  // the next one
  };
  // A policy's placements that are planned and not in force yet.
  struct Plan {
    bool exists = false;
    std::vector<std::int32_t> phy2log[3];  // [L, P] of each Part
    std::vector<double> noise;             // [L]
  };
  // Imbalance and balancedness by the step, summed over steps and layers.
  struct Sum {
    double imbalance = 0;
    double balancedness = 0;
    std::int64_t count = 0;

    void add(const Sum& other) {
      imbalance += other.imbalance;
      balancedness += other.balancedness;
      count += other.count;
    }
  };

  std::int64_t next_stop() const;
  void add_jobs();
  void add_plan_jobs();
  bool should_plan(std::size_t policy) const;
  void sum_up(std::int64_t steps);
  Status plan(const Job& job, std::int32_t end, const Execution& execution,
              const StopQuestion& stop);
  void estimate_noise(const Job& job, std::int32_t end);
  void begin_interval(std::int64_t step);
  void finish_interval();
  void install();
  void put_in_force(std::size_t policy, std::span<const std::int32_t> phy2log);

  ReplaySetup setup_;
  ReplayOptions options_;
  std::vector<std::int32_t> layer_numbers_;
  std::vector<bool> is_dense_;  // layers without experts, where nothing moves
  std::int64_t steps_ = 0;
  std::int64_t step_ = 0;
  std::int64_t interval_begin_ = 0;
  std::int64_t kept_every_ = 1;       // of the steps of an interval one is kept for hindsight
  std::int64_t hindsight_every_ = 1;  // of the intervals one is looked at in hindsight
  std::vector<Job> jobs_;             // the first one is the next
  std::vector<ReplayLayer> layers_;
  std::vector<StepLoad> step_loads_;  // of the steps just taken: [L, steps, policies]
  std::vector<Plan> plans_;
  std::vector<Sum> since_plan_;
  std::vector<Sum> in_interval_;
  std::vector<PolicyInterval> open_;  // the interval
  IntervalClose close_;
  std::vector<PolicyResult> results_;
  std::vector<ReplayInterval> intervals_;
  Fnv1a hash_;
};

}  // namespace evenkeel
