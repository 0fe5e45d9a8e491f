#include "core/traffic/synth.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/traffic/deterministic_math.hpp"

namespace evenkeel {
namespace {

// The purpose of a random stream: the first byte of its number.
enum class Purpose : std::uint64_t { popularity, noise, counts, topic, topic_schedule };

Random stream(std::uint64_t seed, Purpose purpose, std::int32_t layer = 0, std::int64_t index = 0) {
  return Random(seed, static_cast<std::uint64_t>(purpose) << 56 |
                          static_cast<std::uint64_t>(layer) << 40 |
                          static_cast<std::uint64_t>(index));
}

// An AR(1) process with standard deviation `sigma`.
struct Walk {
  Walk(double sigma, double steps)
      : keep(1 - 1 / steps), push(sigma * std::sqrt(1 - keep * keep)) {}
  double next(double value, Random& random) const {
    return keep * value + push * rough_normal(random);
  }
  double keep;
  double push;
};

}  // namespace

SynthTrace::SynthTrace(const SynthSpec& spec, std::int32_t first_layer, std::int32_t end_layer)
    : preset_(spec.preset),
      traffic_(spec.preset->traffic),
      seed_(spec.seed),
      topic_schedule_(stream(spec.seed, Purpose::topic_schedule)) {
  const double skew = static_cast<double>(spec.skew_millionths) / kOneSkew;
  for (double* sigma : {&traffic_.sigma_low, &traffic_.sigma_high, &traffic_.group_sigma,
                        &traffic_.drift_sigma, &traffic_.burst_sigma, &traffic_.topic_sigma}) {
    *sigma *= skew;
  }
  weights_.resize(static_cast<std::size_t>(experts()));
  share_.resize(weights_.size());
  for (std::int32_t layer = first_layer; layer < end_layer; ++layer) {
    layers_.push_back(make_layer(layer));
  }
}

SynthTrace::Layer SynthTrace::make_layer(std::int32_t number) const {
  const auto experts = weights_.size();
  Layer layer{number, stream(seed_, Purpose::noise, number), {}, {}, {}, {}, {}};
  Random random = stream(seed_, Purpose::popularity, number);
  const double sigma =
      traffic_.sigma_low + (traffic_.sigma_high - traffic_.sigma_low) * uniform(random);
  const auto group_size = static_cast<std::size_t>(preset_->shape.experts_per_group());
  double group = 0;
  for (std::size_t e = 0; e < experts; ++e) {
    if (e % group_size == 0) group = traffic_.group_sigma * normal(random);
    layer.base.push_back(group + sigma * normal(random));
  }
  // Both walks start in their stationary distribution.
  for (std::size_t e = 0; e < experts; ++e) {
    layer.drift.push_back(traffic_.drift_sigma * normal(random));
    layer.burst.push_back(traffic_.burst_sigma * normal(random));
  }
  if (traffic_.topics != 0) {
    layer.topic_target.resize(experts);
    aim_at_topic(layer);
    layer.topic = layer.topic_target;
  }
  return layer;
}

void SynthTrace::aim_at_topic(Layer& layer) const {
  Random random = stream(seed_, Purpose::topic, layer.number, topic_);
  for (double& target : layer.topic_target) target = traffic_.topic_sigma * normal(random);
}

void SynthTrace::advance() {
  ++step_;
  const Walk drift(traffic_.drift_sigma, traffic_.drift_steps);
  const Walk burst(traffic_.burst_sigma, traffic_.burst_steps);
  for (Layer& layer : layers_) {
    Random random = layer.noise;
    for (std::size_t e = 0; e < weights_.size(); ++e) {
      layer.drift[e] = drift.next(layer.drift[e], random);
      layer.burst[e] = burst.next(layer.burst[e], random);
    }
    layer.noise = random;
  }
  if (traffic_.topics == 0) return;
  for (Layer& layer : layers_) {
    for (std::size_t e = 0; e < weights_.size(); ++e) {
      layer.topic[e] += (layer.topic_target[e] - layer.topic[e]) / traffic_.topic_blend_steps;
    }
  }
  if (topic_schedule_.below(static_cast<std::uint32_t>(traffic_.topic_steps)) != 0) return;
  if (traffic_.topics == kNewTopics) {
    ++topic_;
  } else {  // one of the other topics
    const auto others = static_cast<std::uint32_t>(traffic_.topics - 1);
    const auto further = 1 + static_cast<std::int32_t>(topic_schedule_.below(others));
    topic_ = (topic_ + further) % traffic_.topics;
  }
  for (Layer& layer : layers_) aim_at_topic(layer);
}

void SynthTrace::set_weights(const Layer& layer) {
  const bool has_topics = traffic_.topics != 0;
  const double squeeze = traffic_.saturation > 0 ? 1 / traffic_.saturation : 0;
  for (std::size_t e = 0; e < weights_.size(); ++e) {
    const double topic = has_topics ? layer.topic[e] : 0.0;
    const double x = deterministic_exp(layer.base[e] + layer.drift[e] + layer.burst[e] + topic);
    weights_[e] = x / (1 + squeeze * x);
  }
}

// T tokens choose K different experts each, in proportion to the weights: the expected count of expert e is T
// * K * weight / sum, but at most T (the excess is spread over the others).
//
// Counts are drawn expert by expert. With R choices left, of which mu are expected for this expert, the count
// is Binomial(n, mu / n) with n = R T / (R + T - mu). So it cannot exceed T or R, its mean is mu, and its
// variance is mu (1 - mu / R) (1 - mu / T), which is the variance if R choices are drawn without replacement
// from T possible choices of each remaining expert. n is rounded up, which changes the variance by a fraction
// of less than 1 / n. Which experts are chosen together is not modelled: the result is counts, not tokens.
void SynthTrace::draw_counts(Random random, std::uint32_t* counts) {
  const std::size_t experts = weights_.size();
  const auto tokens = static_cast<std::uint32_t>(preset_->tokens);
  std::uint32_t choices = tokens * static_cast<std::uint32_t>(preset_->top_k);  // R
  std::uint32_t open = static_cast<std::uint32_t>(experts);  // experts without a count

  // Experts above the limit get all tokens, which lowers the limit for the others. Fewer than
  // choices / tokens experts can be above the limit, so `choices` stays positive.
  for (std::uint32_t open_before = 0; open != open_before;) {
    open_before = open;
    double sum = 0;
    for (const double weight : weights_) sum += weight;
    const double limit = sum * tokens / choices;
    for (std::size_t e = 0; e < experts; ++e) {
      if (!(weights_[e] > limit)) continue;
      weights_[e] = 0;  // 0 marks it as done: all other weights are positive, being powers of e
      counts[e] = tokens;
      choices -= tokens;
      --open;
    }
  }

  double rest = 0;
  for (std::size_t e = experts; e-- > 0;) share_[e] = weights_[e] / (rest += weights_[e]);
  for (std::size_t e = 0; e < experts; ++e) {
    if (weights_[e] == 0) continue;
    --open;
    const double all = choices;
    const double expected = all * share_[e];
    const auto below = static_cast<std::uint32_t>(all * tokens / (all + tokens - expected));
    const std::uint32_t trials = std::min({below + 1, tokens, choices});
    std::uint32_t count = open == 0 ? choices : binomial(random, trials, expected / trials);
    // The remaining experts can take at most `room` choices.
    const std::uint64_t room = std::uint64_t{tokens} * open;
    if (choices > room) count = std::max(count, static_cast<std::uint32_t>(choices - room));
    counts[e] = count;
    choices -= count;
  }
}

void SynthTrace::next_step(std::span<std::uint32_t> counts) {
  std::uint32_t* row = counts.data();
  for (const Layer& layer : layers_) {
    set_weights(layer);
    draw_counts(stream(seed_, Purpose::counts, layer.number, step_), row);
    row += weights_.size();
  }
  advance();
}

void SynthTrace::skip_steps(std::int64_t steps) {
  for (std::int64_t i = 0; i < steps; ++i) advance();
}

}  // namespace evenkeel
