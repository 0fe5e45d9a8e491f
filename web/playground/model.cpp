#include "web/playground/model.hpp"

#include <algorithm>
#include <utility>

#include "core/io/result_json.hpp"
#include "core/replay/replay.hpp"
#include "core/replay/resolve_replay.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
void Model::choose_strategy(std::string_view name) {
  state.strategy = name;
  state.stages.assign(stages().size(), "");
  state.step = std::nullopt;
  is_from_before_keel_ = false;
}

bool Model::update() {
  bool changed = false;
  for (const Bytes& answer : engine_.receive()) {
    take(answer);
    changed = true;
  }
  if (phase_ == Phase::none || phase_ == Phase::opening || waiting()) return changed;
  Question next = question();
  next.number = asked_.number;
  if (!is_stale_ && next == asked_) return check_linked_layer() || changed;
  ++next.number;
  asked_ = next;
  is_stale_ = false;
  engine_.send(to_bytes(asked_));
  return true;
}

void Model::take(std::span<const std::byte> answer) {
  MessageKind kind = {};
  Status status = kind_of(answer, kind);
  const auto read = [&](auto& message) { return (status = from_bytes(answer, message)).ok(); };
  Refused refused;
  Opened opened;
  WindowAnswer window;
  Certified certified;
  Compared compared;
  if (status.ok()) {
    switch (kind) {
      case MessageKind::refused:
        if (read(refused)) problems_.push_back(refused.sentence);
        break;
      case MessageKind::opened:
        if (read(opened)) loads_opened(opened);
        break;
      case MessageKind::busy:
        read(busy_);
        break;
      case MessageKind::window:
        if (!read(window)) break;
        window_ = std::move(window);
        answered_ = asked_;  // only one question at a time
        busy_ = {};
        if (!has_result()) compared_ = {};
        break;
      case MessageKind::certified:
        if (!read(certified) || certified.number != window_.number) break;
        if (!certified.bounds.empty()) {
          raise_bounds(certified.bounds, window_.result.metrics);
          raise_bounds(certified.bounds, window_.without);
        }
        window_.result.steps = std::move(certified.steps);
        window_.steps_without = std::move(certified.steps_without);
        window_.is_certified_later = false;
        break;
      case MessageKind::compared:
        // Rows arrive one by one: the old ones stay until the new ones are as many.
        if (read(compared) && (compared.rows.size() == static_cast<std::size_t>(compared.total) ||
                               compared_.rows.empty())) {
          compared_ = std::move(compared);
        }
        break;
      case MessageKind::swept:
        read(swept_);
        break;
      case MessageKind::series:
        read(series_);
        break;
      case MessageKind::replayed:
        read(replayed_);
        break;
      case MessageKind::open_loads:
      case MessageKind::question:
        break;  // they go to the engine
    }
  }
  if (!status.ok()) problems_.push_back(status.sentence());
}

std::string Model::trouble() const {
  if (!problems_.empty()) {
    std::string all;
    for (const std::string& problem : problems_) all += (all.empty() ? "" : "\n") + problem;
    return all;
  }
  if (!opened_.sentence.empty()) return opened_.sentence;
  return refusal();
}

const std::string& Model::refusal() const {
  const std::string& sentence = resolution().status.sentence();
  if (!sentence.empty()) return sentence;
  return window_.loads_sentence.empty() ? window_.sentence : window_.loads_sentence;
}

// Of the loads that are open, or of the synthetic ones that are awaited; 0: nobody knows.
Model::Sizes Model::sizes() const {
  SynthSpec spec;
  const bool are_open = phase_ == Phase::unchecked || phase_ == Phase::settled;
  if (!are_open && state.file.empty() && is_synth(state.loads) &&
      parse_synth(state.loads, spec).ok()) {
    return {spec.preset->shape.layers, spec.preset->shape.experts};
  }
  return {opened_.layers, opened_.experts};
}

const Model::Resolution& Model::resolution() const {
  const Request& request = state;
  if (const Sizes of = sizes(); request != resolved_request_ || of != resolved_sizes_) {
    resolved_request_ = request;
    resolved_sizes_ = of;
    resolution_ = resolve_state(of);
  }
  return resolution_;
}

Model::Resolution Model::resolve_state(const Sizes& of) const {
  Resolution resolution;
  Resolved& result = resolution.result;
  if (of.layers > 0) {
    resolution.status = resolve_shape(state, of.layers, of.experts, Vocabulary::plain, result);
  }
  const Status status = resolve_strategy(state, Vocabulary::plain, result.strategy);
  if (resolution.status.ok()) resolution.status = status;
  return resolution;
}

void Model::want(const Shape& shape) {
  state.gpus = state.slots = state.redundant = state.nodes = state.groups = std::nullopt;
  if (wanted_shape() == shape) return;  // a short link
  state.gpus = shape.gpus;
  state.redundant = shape.slots - opened_.experts;
  state.nodes = shape.nodes;
  state.groups = shape.groups;
}

Range Model::steps() const {
  Range steps = state.steps;
  steps.end = std::min(steps.end, opened_.steps);
  return steps;
}

std::int64_t Model::series_steps() const {
  constexpr std::int64_t kWindows = 12;  // if the window is the whole trace
  const std::int64_t length = steps().end - steps().begin;
  return length < opened_.steps && length > 0 ? length
                                              : std::max<std::int64_t>(1, opened_.steps / kWindows);
}

ReplayQuestion Model::replay_question() const {
  constexpr std::int64_t kPlans = 12;  // of a short trace
  const ReplayWish& wish = state.replay;
  const std::int64_t usual = opened_.steps >= 3 * kDefaultEvery
                                 ? kDefaultEvery
                                 : std::max<std::int64_t>(1, opened_.steps / kPlans);
  return {wish.every > 0 ? wish.every : usual, wish.delay, wish.from,
          wish.policies.empty() ? std::string(kDefaultPolicies) : wish.policies};
}

Question Model::question() const {
  const Resolution& resolution = this->resolution();
  Question question;
  question.steps = state.steps;
  if (state.moe_layers) question.moe_layers = state.moe_layers->text();
  if (resolution.status.ok()) question.shape = resolution.result.shape;
  question.strategy = resolution.result.strategy;
  question.bounds = state.bounds;
  question.wants_sweep = wants_sweep;
  question.wants_series = wants_series;
  question.series_steps = series_steps();
  question.wants_replay = wants_replay;
  if (wants_replay) question.replay = replay_question();
  return question;
}

Headline Model::headline() const {
  Headline all = {0, 0, 0};
  double layers = 0;
  const Layers measured = {window_.result.metrics, window_.loads.numbers()};
  measured.for_each([&](std::size_t i) {
    const LayerMetrics& layer = measured.metrics[i];
    if (!(layer.mean_load > 0)) return;
    layers += 1;
    all.without += window_.without[i].imbalance();
    all.strategy += layer.imbalance();
    all.bound += layer.lower_bound / layer.mean_load - 1;
  });
  if (layers == 0) return {};
  return {1 + all.without / layers, 1 + all.strategy / layers, 1 + all.bound / layers};
}

std::string Model::hash() const {
  return has_result() ? hash_text(window_.result.placement) : std::string();
}

std::int32_t Model::layer_index() const { return window_.loads.nearest_layer(state.layer); }

const RowSteps& Model::row_steps() {
  if (steps_number_ != window_.number || steps_layer_ != layer_index()) {
    steps_number_ = window_.number;
    steps_layer_ = layer_index();
    row_steps_ = {};
    if (has_result()) {
      static_cast<void>(record_steps(window_.loads, window_.shape, answered_.strategy.rules,
                                     steps_layer_, row_steps_)
                            .ok());
    }
    row_state_at_ = row_steps_.steps().size() + 1;  // none yet
  }
  return row_steps_;
}

const RowState& Model::row_state() {
  const std::size_t count = row_steps().steps().size();
  const std::size_t at =
      state.step ? std::min(static_cast<std::size_t>(std::max(0, *state.step)), count) : count;
  if (at != row_state_at_) {
    row_state_at_ = at;
    row_state_ = row_steps_.state_after(at);
  }
  return row_state_;
}

}  // namespace evenkeel
