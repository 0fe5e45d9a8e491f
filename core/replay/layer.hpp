// One layer of a replay: what its plans are made from, what is in force, and what the open interval has shown so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/model/step_figures.hpp"
#include "core/replay/history.hpp"
#include "core/replay/planned_policy.hpp"
#include "core/replay/scales.hpp"
#include "core/row/step_scorer.hpp"

namespace evenkeel {

// Of the steps of an interval at most so many are kept, evenly spaced, for plans in hindsight.
inline constexpr std::size_t kMostHindsightSteps = 512;

// The step that a replay adds to its layers.
struct OpenStep {
  bool is_odd = false;
  bool is_measured = false;  // its loads are wanted,
  bool is_scored = false;    // and it belongs to the open interval
  bool is_kept = false;      // for plans in hindsight, too
};

class ReplayLayer {
 public:
  // What is planned from the past, for the policies and rings of `setup`; `policies` placements are in force.
  ReplayLayer(const ReplaySetup& setup, std::size_t policies);

  // The next step. loads: [E] tokens with this sum. out: [policies] loads of the GPUs, if the step is measured.
  void add(const OpenStep& step, std::span<const double> loads, double total,
           std::span<StepLoad> out);

  // The past.
  const LastSteps& window(std::size_t i) const { return windows_[i]; }
  const ExponentialMean& mean(std::size_t i) const { return means_[i]; }
  const ChunkRing& ring(std::size_t i) const { return rings_[i]; }

  // Policy by policy.
  struct Placed {
    std::vector<std::int32_t> phy2log;  // [P] in force
    StepScorer scorer;
    ScaleSums scales;  // of the open interval
    double noise = 0;  // of the plan
  };
  Placed& placed(std::size_t policy) { return placed_[policy]; }
  const Placed& placed(std::size_t policy) const { return placed_[policy]; }
  void place(std::size_t policy, const Shape& shape, std::span<const std::int32_t> phy2log);

  // The open interval: only scored steps.
  const StepSum& interval() const { return interval_; }
  double interval_tokens() const { return interval_tokens_; }
  bool has_whole_loads() const { return has_whole_loads_; }
  std::size_t kept_steps() const { return kept_.size() / interval_.tokens.size(); }
  std::span<const float> kept_step(std::size_t i) const {
    return std::span(kept_).subspan(i * interval_.tokens.size(), interval_.tokens.size());
  }
  void begin_interval();

 private:
  bool splits_;
  std::vector<LastSteps> windows_;
  std::vector<ExponentialMean> means_;
  std::vector<ChunkRing> rings_;
  std::vector<Placed> placed_;
  StepSum interval_;
  double interval_tokens_ = 0;
  bool has_whole_loads_ = true;
  std::vector<float> kept_;  // [kept steps, E] tokens
};

}  // namespace evenkeel
