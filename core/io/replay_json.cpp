#include "core/io/replay_json.hpp"

#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/io/result_json.hpp"

namespace evenkeel {
namespace {

using replay_object = nlohmann::ordered_json;

replay_object known(double value) {
  return std::isnan(value) ? replay_object() : replay_object(value);
}

// null if it was not computed.
replay_object split_object(const Split& split) {
  if (!(split.steps > 0)) return {};
  replay_object object = {{"total", split.total}};
  for (std::size_t i = 0; i < kSplitTermCount; ++i) {
    object[std::string(kSplitTerms[i].name)] = split.terms[i];
  }
  object["fast_sampling"] = known(split.sampling());
  replay_object bands = replay_object::array();
  for (std::size_t i = 0; i < split.bands.size(); ++i) {
    const bool is_last = i + 1 == split.bands.size();
    bands.push_back({{"from_steps", kScaleSteps[i]},
                     {"to_steps", is_last ? replay_object() : replay_object(kScaleSteps[i + 1])},
                     {"imbalance", split.bands[i]},
                     {"sampling", known(split.sampling_bands[i])}});
  }
  object["fast_by_scale"] = std::move(bands);
  const bool has_hindsight = split.hindsight_steps > 0;
  object["hindsight"] = has_hindsight ? replay_object(split.hindsight) : replay_object();
  object["each_step"] = has_hindsight ? replay_object(split.each_step) : replay_object();
  return object;
}

std::string_view strategy_name(const PlannedPolicy& policy) {
  return policy.plans() ? std::string_view(policy.strategy.name) : std::string_view();
}

replay_object mean_of_replans(double sum, std::int64_t replans) {
  return replans > 0 ? replay_object(sum / static_cast<double>(replans)) : replay_object();
}

replay_object policy_object(const ReplayOrigin& origin, const PlannedPolicy& policy,
                            const PolicyResult& result) {
  const StepFigures& figures = result.figures;
  const auto received = static_cast<double>(result.received);
  const auto bytes = static_cast<double>(origin.expert_bytes);
  const std::string_view strategy = strategy_name(policy);
  replay_object object = {
      {"policy", policy.policy.name},
      {"strategy", strategy.empty() ? replay_object() : replay_object(strategy)},
      {"slots", policy.shape.slots},
      {"step_imbalance", figures.imbalance()},
      {"step_imbalance_p95", figures.imbalance_percentile()},
      {"step_balancedness", figures.balancedness()},
      {"step_balancedness_by_load", figures.balancedness_by_load()},
      {"plans", result.plans},
      {"replans", result.replans},
      {"received_slots", mean_of_replans(received, result.replans)},
      {"received_share",
       result.replans > 0 ? replay_object(result.received_share()) : replay_object()},
      {"received_bytes", origin.expert_bytes > 0 ? mean_of_replans(received * bytes, result.replans)
                                                 : replay_object()},
      {"most_received_slots",
       result.replans > 0 ? replay_object(result.most_received) : replay_object()},
      {"split", split_object(result.split)}};
  replay_object layers = replay_object::array();
  for (std::size_t layer = 0; layer < figures.layers(); ++layer) {
    const bool has_tokens = figures.steps_of(layer) > 0;
    const auto of_layer = [&](double value) {
      return has_tokens ? replay_object(value) : replay_object();
    };
    layers.push_back({{"layer", origin.layers[layer]},
                      {"step_imbalance", of_layer(figures.imbalance(layer))},
                      {"step_imbalance_p95", of_layer(figures.imbalance_percentile(layer))},
                      {"step_balancedness", of_layer(figures.balancedness(layer))},
                      {"split", split_object(result.split_of_layer[layer])}});
  }
  object["layers"] = std::move(layers);
  return object;
}

replay_object interval_object(const ReplayOrigin& origin, const ReplayInterval& interval) {
  replay_object policies = replay_object::array();
  for (const PolicyInterval& policy : interval.policies) {
    policies.push_back({{"step_imbalance", policy.imbalance},
                        {"planned", policy.planned},
                        {"received_slots", policy.received},
                        {"most_received_slots", policy.most_received},
                        {"split", split_object(policy.split)}});
  }
  return {{"begin", origin.first_step + interval.steps.begin},
          {"end", origin.first_step + interval.steps.end},
          {"policies", std::move(policies)}};
}

// Steps without tokens have no value: null.
replay_object series_object(const StepSeries& series) {
  replay_object mean = replay_object::array();
  replay_object least = replay_object::array();
  replay_object most = replay_object::array();
  for (const StepSeries::Point& point : series.points()) {
    const bool has_value = point.count > 0;
    mean.push_back(has_value ? replay_object(point.mean()) : replay_object());
    least.push_back(has_value ? replay_object(point.least) : replay_object());
    most.push_back(has_value ? replay_object(point.most) : replay_object());
  }
  return {{"mean", std::move(mean)}, {"least", std::move(least)}, {"most", std::move(most)}};
}

std::string decimal(double value) { return replay_object(value).dump(); }

}  // namespace

std::string replay_json(const ReplayOrigin& origin, const Replay& replay) {
  const ReplaySetup& setup = replay.setup();
  const ReplayOptions& options = replay.options();
  const Shape& shape = setup.shape;
  replay_object object = {
      {"format", kResultFormat},
      {"shape",
       {{"layers", shape.layers},
        {"experts", shape.experts},
        {"slots", shape.slots},
        {"gpus", shape.gpus},
        {"nodes", shape.nodes},
        {"groups", shape.groups}}},
      {"steps",
       {{"begin", origin.first_step},
        {"end", origin.first_step + replay.step()},
        {"scored_from", origin.first_step + replay.first_scored()}}},
      {"every", options.every},
      {"delay", options.delay},
      {"threshold", options.threshold > 0 ? replay_object(options.threshold) : replay_object()},
      {"seed", origin.seed},
      {"backend", origin.backend},
      {"expert_bytes",
       origin.expert_bytes > 0 ? replay_object(origin.expert_bytes) : replay_object()},
      {"hash", hex_text(replay.hash())},
      {"policies", replay_object::array()},
      {"intervals", replay_object::array()},
      {"series", replay_object::object()}};
  replay_object series = replay_object::array();
  for (std::size_t i = 0; i < setup.policies.size(); ++i) {
    object["policies"].push_back(policy_object(origin, setup.policies[i], replay.results()[i]));
    series.push_back(series_object(replay.results()[i].series));
  }
  for (const ReplayInterval& interval : replay.intervals()) {
    object["intervals"].push_back(interval_object(origin, interval));
  }
  object["series"] = {{"steps_a_point", replay.results().front().series.steps_a_point()},
                      {"policies", std::move(series)}};
  return object.dump(1) + "\n";
}

std::string replay_csv(const ReplayOrigin& origin, const Replay& replay) {
  std::string text =
      "begin,end,policy,strategy,step_imbalance,planned,received_slots,received_bytes";
  for (const SplitTerm& term : kSplitTerms) text += "," + std::string(term.name);
  text += ",fast_sampling,hindsight,each_step\n";
  const std::vector<PlannedPolicy>& policies = replay.setup().policies;
  for (const ReplayInterval& interval : replay.intervals()) {
    for (std::size_t i = 0; i < policies.size(); ++i) {
      const PolicyInterval& policy = interval.policies[i];
      text += std::to_string(origin.first_step + interval.steps.begin) + "," +
              std::to_string(origin.first_step + interval.steps.end) + "," +
              policies[i].policy.name + "," + std::string(strategy_name(policies[i])) + "," +
              decimal(policy.imbalance) + (policy.planned ? ",1," : ",0,") +
              std::to_string(policy.received) + ",";
      if (origin.expert_bytes > 0) text += std::to_string(policy.received * origin.expert_bytes);
      const bool has_split = policy.split.steps > 0;
      for (const double term : policy.split.terms) text += "," + (has_split ? decimal(term) : "");
      const double sampling = policy.split.sampling();
      text += "," + (has_split && !std::isnan(sampling) ? decimal(sampling) : std::string());
      const bool has_hindsight = policy.split.hindsight_steps > 0;
      text += "," + (has_hindsight ? decimal(policy.split.hindsight) : std::string());
      text += "," + (has_hindsight ? decimal(policy.split.each_step) : std::string()) + "\n";
    }
  }
  return text;
}

}  // namespace evenkeel
