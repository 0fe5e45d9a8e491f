#include "web/playground/model.hpp"

#include <algorithm>
#include <utility>

#include "core/io/result_json.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
namespace {

// What loads without a usual deployment get: 8 GPUs and a redundant expert or more on each.
Shape usual_shape(std::string_view loads, const Opened& opened) {
  SynthSpec spec;
  if (is_synth(loads) && parse_synth(loads, spec).ok()) return spec.preset->shape;
  if (loads == kExampleName) return {2, 12, 16, 8, 2, 4};
  const std::int32_t experts = std::max(1, opened.experts);
  const std::int32_t gpus = std::min(8, experts);
  return {opened.layers, experts, (experts / gpus + 1) * gpus, gpus, 1, 1};
}

}  // namespace

void Model::choose_strategy(std::string_view name) {
  state.strategy = name;
  state.stage_rules.assign(stages().size(), "");
  state.step = std::nullopt;
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
        answered_ = asked_;  // one question is asked at a time
        busy_ = {};
        if (!window_.sentence.empty()) compared_ = {};
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
  if (!window_.loads_sentence.empty()) return window_.loads_sentence;
  return window_.sentence;
}

Shape Model::wanted_shape() const {
  const std::string& loads = state.file.empty() ? state.loads : opened_.name;
  const Shape usual = usual_shape(loads, opened_);
  Shape shape = usual;
  shape.layers = opened_.layers;
  shape.experts = opened_.experts;
  shape.gpus = state.gpus.value_or(usual.gpus);
  const bool usual_gpus = shape.gpus == usual.gpus;  // as in the command
  if (state.slots) {
    shape.slots = *state.slots;
  } else if (state.redundant) {
    shape.slots = shape.experts + *state.redundant;
  } else if (!usual_gpus) {
    shape.slots = (shape.experts + shape.gpus - 1) / std::max(1, shape.gpus) * shape.gpus;
  }
  shape.nodes = state.nodes.value_or(usual_gpus ? usual.nodes : 1);
  shape.groups = state.groups.value_or(usual_gpus || state.nodes ? usual.groups : 1);
  return shape;
}

void Model::want(const Shape& shape) {
  state.gpus = shape.gpus;
  state.slots = std::nullopt;
  state.redundant = shape.slots - opened_.experts;
  state.nodes = shape.nodes;
  state.groups = shape.groups;
  if (state.file.empty() && shape == usual_shape(state.loads, opened_)) {
    state.gpus = state.redundant = state.nodes = state.groups = std::nullopt;  // a short link
  }
}

Range Model::steps() const {
  Range steps = state.steps;
  steps.end = std::min(steps.end, opened_.steps);
  return steps;
}

std::int64_t Model::series_steps() const {
  constexpr std::int64_t kWindows = 12;  // where the window is the whole trace
  const std::int64_t length = steps().end - steps().begin;
  return length < opened_.steps && length > 0 ? length
                                              : std::max<std::int64_t>(1, opened_.steps / kWindows);
}

Question Model::question() const {
  Question question;
  question.steps = state.steps;
  question.shape = wanted_shape();
  question.policy = state.policy;
  question.wants_sweep = wants_sweep;
  question.wants_series = wants_series;
  question.series_steps = series_steps();
  // Rules that make no sense together: the engine says so, in its answer.
  static_cast<void>(rules_of(state, question.rules).ok());
  return question;
}

Headline Model::headline() const {
  Headline all = {0, 0, 0};
  double layers = 0;
  for (std::size_t i = 0; i < window_.result.metrics.size(); ++i) {
    const LayerMetrics& layer = window_.result.metrics[i];
    if (!(layer.mean_load > 0)) continue;
    layers += 1;
    all.without += window_.without[i].imbalance();
    all.strategy += layer.imbalance();
    all.bound += layer.lower_bound / layer.mean_load - 1;
  }
  if (layers == 0) return {};
  return {1 + all.without / layers, 1 + all.strategy / layers, 1 + all.bound / layers};
}

std::string Model::command() const {
  const Shape shape = wanted_shape();
  LinkState said = state;
  said.gpus = shape.gpus;
  if (!said.slots) said.redundant = shape.slots - shape.experts;
  said.nodes = shape.nodes;
  said.groups = shape.groups;
  Shape by_state, by_numbers;
  std::string note;
  const auto of = [&](const LinkState& asked, Shape& out) {
    return shape_of(asked, opened_.layers, opened_.experts, out, note).ok();
  };
  const bool is_complete = of(state, by_state) == of(said, by_numbers) && by_state == by_numbers;
  return command_line(opened_.steps == 0 || is_complete ? state : said);
}

std::string Model::strategy_label() const {
  Rules rules;
  static_cast<void>(rules_of(state, rules).ok());
  return named(rules).label;
}

std::string Model::hash() const {
  return has_result() ? hash_text(window_.result.placement) : std::string();
}

std::int32_t Model::layer_index() const {
  const std::int32_t layers = std::max(1, window_.loads.layers);
  return std::clamp(state.layer - window_.loads.first_layer, 0, layers - 1);
}

const RowSteps& Model::row_steps() {
  if (steps_number_ != window_.number || steps_layer_ != layer_index()) {
    steps_number_ = window_.number;
    steps_layer_ = layer_index();
    row_steps_ = {};
    if (has_result()) {
      static_cast<void>(
          record_steps(window_.loads, window_.shape, answered_.rules, steps_layer_, row_steps_)
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
