// Synthetic traces: expert loads for every shape in the model table, generated from a seed, with the same
// bytes on every platform.
//
// The popularity of expert e in layer l at step t is a saturated log-normal number:
//
//   log x = sigma_l base_e + group + drift_e(t) + burst_e(t) + topic_e(t),   p ~ x / (1 + x / s)
//
// base: constant, normal, with a skew sigma_l that differs between layers; group: equal for all experts of a
// group; drift, burst: slow and fast AR(1) processes around 0; topic: follows the vector of the current
// topic, which switches at random for all layers at once. Then `tokens` tokens choose `top_k` different
// experts each, at random (draw_counts in synth.cpp).
//
// Each layer has its own random streams, and each step of a layer has one for its counts. So a range of
// layers or steps has the same numbers as the full trace.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/lanes/random.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

inline constexpr std::int32_t kNewTopics = -1;

// Describes the popularity of experts and its change. Standard deviations are those of natural logarithms:
// 0.1 is about 10 %. Times are in steps (forward passes of the whole batch).
struct SynthTraffic {
  double sigma_low = 0;     // smallest skew of a layer ...
  double sigma_high = 0;    // ... and largest; the skews of layers are uniform in between
  double group_sigma = 0;   // deviation of the part that the experts of a group share
  double saturation = 0;    // s above: no expert exceeds s times the median expert; 0: no limit
  double drift_sigma = 0;   // deviation of the slow AR(1): documents enter and leave the batch
  double drift_steps = 1;   // its time constant: correlation falls by 1 / drift_steps per step
  double burst_sigma = 0;   // deviation of the fast AR(1): neighbouring tokens of a text
  double burst_steps = 1;   // its time constant
  double topic_sigma = 0;   // deviation of each topic's vector
  std::int32_t topics = 0;  // number of topics, which recur; kNewTopics: each is new; 0: none
  std::int32_t topic_steps = 1;  // mean time between switches; each time is geometric
  double topic_blend_steps = 1;  // time constant with which popularity follows a switch
};

struct SynthPreset {
  std::string_view name;
  std::string_view sentence;  // the model and the traffic
  Shape shape;                // layers and experts of the model, and a usual deployment
  std::int32_t top_k = 1;     // experts that a token chooses in each layer
  std::int32_t tokens = 1;    // in the batch of each step, over all GPUs
  SynthTraffic traffic;
};

std::span<const SynthPreset> synth_presets();

// Finds a preset by name. An unknown name is an error that lists the names.
Status find_synth_preset(std::string_view name, const SynthPreset*& out);

inline constexpr std::string_view kSynthPrefix = "synth:";
inline constexpr std::int64_t kDefaultSynthSteps = 300;  // a usual window
inline constexpr std::int64_t kMaxSynthSteps = 1'000'000;
inline constexpr std::int32_t kOneSkew = 1'000'000;  // skew 1 in millionths
inline constexpr std::int32_t kMaxSynthSkew = 4 * kOneSkew;

// Defines one trace. The same spec gives the same bytes on every platform and in every version.
struct SynthSpec {
  const SynthPreset* preset = nullptr;
  std::uint64_t seed = 0;
  std::int64_t steps = kDefaultSynthSteps;
  // Factor on all deviations of log popularity, in millionths. 0: all experts are equally popular, and
  // counts differ only by chance.
  std::int32_t skew_millionths = kOneSkew;

  friend bool operator==(const SynthSpec&, const SynthSpec&) = default;
};

inline bool is_synth(std::string_view text) { return text.starts_with(kSynthPrefix); }

// Parses "synth:PRESET", followed by ",seed=N", ",steps=N", ",skew=X" in any order, each at most once. `out`
// is written only on success.
Status parse_synth(std::string_view text, SynthSpec& out);

// The shortest text for a spec, with options in a fixed order: parse_synth(synth_text(spec)) returns the
// spec.
std::string synth_text(const SynthSpec& spec);

// Generates the steps of a trace one by one; memory does not grow with the number of steps.
class SynthTrace {
 public:
  // All layers, or layers first_layer .. end_layer-1. spec.preset must be set.
  explicit SynthTrace(const SynthSpec& spec) : SynthTrace(spec, 0, spec.preset->shape.layers) {}
  SynthTrace(const SynthSpec& spec, std::int32_t first_layer, std::int32_t end_layer);

  // The number of tokens that chose each expert in the next step: [layers, experts], row by row. Each row
  // sums to tokens * top_k, and no count exceeds tokens. It may be called beyond spec.steps.
  void next_step(std::span<std::uint32_t> counts);

  // Skips steps, more than ten times faster than generating them; the steps after them are the same.
  void skip_steps(std::int64_t steps);

  std::int64_t step() const { return step_; }  // the number of the next step
  std::int32_t layers() const { return static_cast<std::int32_t>(layers_.size()); }
  std::int32_t experts() const { return preset_->shape.experts; }
  std::size_t cells() const { return layers_.size() * static_cast<std::size_t>(experts()); }

 private:
  struct Layer {
    std::int32_t number;
    Random noise;               // feeds drift and burst
    std::vector<double> base;   // log popularity that does not change, by expert
    std::vector<double> drift;  // by expert
    std::vector<double> burst;
    std::vector<double> topic;         // current value of the blend
    std::vector<double> topic_target;  // the value it approaches
  };

  Layer make_layer(std::int32_t number) const;
  void aim_at_topic(Layer& layer) const;
  void set_weights(const Layer& layer);
  void draw_counts(Random random, std::uint32_t* counts);
  void advance();  // to the popularity of the next step

  const SynthPreset* preset_;
  SynthTraffic traffic_;  // of the preset, with the spec's skew
  std::uint64_t seed_;
  std::int64_t step_ = 0;
  Random topic_schedule_;
  std::int32_t topic_ = 0;
  std::vector<Layer> layers_;
  std::vector<double> weights_;  // popularity of one layer's experts
  std::vector<double> share_;    // weight of each expert / sum of its own and all later weights
};

}  // namespace evenkeel
