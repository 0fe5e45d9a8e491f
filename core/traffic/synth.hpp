// Synthetic traces: expert loads for every shape in the model table, from a seed, with the same
// bytes on every platform.
//
// The popularity of expert e in layer l at step t is a saturated log-normal number:
//
//   log x = sigma_l base_e + group + drift_e(t) + burst_e(t) + topic_e(t),   p ~ x / (1 + x / s)
//
// base: fixed, normal, with a skew sigma_l that differs from layer to layer; group: the same for a
// group's experts; drift, burst: AR(1) around 0, slow and fast; topic: follows the vector of the
// current topic, which switches at random for all layers at once. Then `tokens` tokens choose
// `top_k` different experts each, by chance (draw_counts in synth.cpp).
//
// Each layer has random streams of its own, each step of a layer has one for its counts: a range of
// layers or steps has the numbers that all of them have.
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

// How popular the experts are and how that changes. Deviations are of natural logarithms: 0.1 is
// about 10 %. Times are in steps (forward passes of the whole batch).
struct SynthTraffic {
  double sigma_low = 0;     // skew of the most balanced layer ...
  double sigma_high = 0;    // ... and of the least; each layer has one in between, equally likely
  double group_sigma = 0;   // deviation common to the experts of a group
  double saturation = 0;    // s above: no expert gets beyond s times the median one; 0: no limit
  double drift_sigma = 0;   // deviation of the slow AR(1): documents of the batch come and go
  double drift_steps = 1;   // its time constant; its correlation falls by 1 / drift_steps a step
  double burst_sigma = 0;   // deviation of the fast AR(1): neighbouring tokens of one text
  double burst_steps = 1;   // its time constant
  double topic_sigma = 0;   // deviation of each topic's vector
  std::int32_t topics = 0;  // how many there are; they come back. 0: none
  std::int32_t topic_steps = 1;  // mean time from switch to switch
  double topic_blend_steps = 1;  // time constant with which popularity follows a switch
};

struct SynthPreset {
  std::string_view name;
  std::string_view sentence;  // which model, which traffic
  Shape shape;                // layers and experts of the model, a usual deployment of it
  std::int32_t top_k = 1;     // experts a token chooses in each layer
  std::int32_t tokens = 1;    // in the batch of each step, all GPUs together
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

// One trace; the same spec is the same bytes, everywhere and for ever.
struct SynthSpec {
  const SynthPreset* preset = nullptr;
  std::uint64_t seed = 0;
  std::int64_t steps = kDefaultSynthSteps;
  // All deviations of log popularity are multiplied by this, in millionths. 0: all experts are
  // equally popular and only chance is left.
  std::int32_t skew_millionths = kOneSkew;

  friend bool operator==(const SynthSpec&, const SynthSpec&) = default;
};

inline bool is_synth(std::string_view text) { return text.starts_with(kSynthPrefix); }

// "synth:PRESET", then any of ",seed=N", ",steps=N", ",skew=X" in any order, each at most once.
// `out` is written only on success.
Status parse_synth(std::string_view text, SynthSpec& out);

// The shortest text for a spec, in one order: parse_synth(synth_text(spec)) gives spec back.
std::string synth_text(const SynthSpec& spec);

// Generates the steps of a trace one after the other; memory does not grow with the steps.
class SynthTrace {
 public:
  // All layers, or those from first_layer up to, but without, end_layer. The preset is set.
  explicit SynthTrace(const SynthSpec& spec) : SynthTrace(spec, 0, spec.preset->shape.layers) {}
  SynthTrace(const SynthSpec& spec, std::int32_t first_layer, std::int32_t end_layer);

  // How many tokens chose each expert in the next step: [layers, experts], row by row. Each row
  // adds up to tokens * top_k and has no number above tokens. The trace may be continued beyond
  // spec.steps.
  void next_step(std::span<std::uint32_t> counts);

  // Passes over steps, over ten times as fast as generating them; the next step is the same.
  void skip_steps(std::int64_t steps);

  std::int64_t step() const { return step_; }  // the number of the next one
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
    std::vector<double> topic;         // where the blend is now
    std::vector<double> topic_target;  // where it goes
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
  std::vector<double> share_;    // of each expert among it and those behind it
};

}  // namespace evenkeel
