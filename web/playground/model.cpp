#include "web/playground/model.hpp"

#include <algorithm>
#include <utility>

#include "core/io/result_json.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
namespace {

bool is_file(std::string_view loads) { return !is_synth(loads) && loads != kExampleName; }

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.find_last_of('/') + 1));
}

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

void Model::restore(std::string_view link) {
  keep_before();
  problems_.clear();
  state = parse_link(link, problems_);
  linked_ = {};
  is_linked_ = true;
  if (!state.file.empty()) {
    std::string sentence = "This link is about the file ";
    sentence += state.file;
    sentence += ", which stayed where it was made: open your copy to see the same";
    problems_.push_back(std::move(sentence));
    linked_ = std::exchange(state, {});
    state.panel = linked_.panel;
    state.theme = linked_.theme;
    state.embed = linked_.embed;
  }
  request(state.loads);
  engine_.send(to_bytes(OpenLoads{state.loads}));
}

std::vector<std::string> Model::change(std::string_view link) {
  std::vector<std::string> problems;
  LinkState next = parse_link(link, problems);
  if (problems.empty() && next.file != state.file && !next.file.empty()) {
    problems.push_back("link, \"file\": a file's bytes must come with its name");
  }
  if (!problems.empty()) return problems;
  const bool reopen = next.file.empty() && (!state.file.empty() || next.loads != state.loads);
  if (reopen) keep_before();
  state = std::move(next);
  problems_.clear();
  refused_.clear();
  is_linked_ = true;
  // A printed link leaves the usual loads out: whoever names them wants no other file any more.
  if (link.starts_with("loads=") || link.find("&loads=") != std::string_view::npos) linked_ = {};
  if (reopen) {
    request(state.loads);
    engine_.send(to_bytes(OpenLoads{state.loads}));
  } else if (!opening_ && opened_.steps > 0) {
    check_linked_steps();
  }
  return {};
}

// Call before the state names loads that are not open yet.
void Model::keep_before() {
  if (!before_ && !opened_.name.empty()) before_ = Before{state, linked_};
}

void Model::request(const std::string& loads) {
  opening_ = true;
  requested_ = loads;
  refused_.clear();
}

void Model::open(const std::string& loads) {
  keep_before();
  LinkState fresh = state;  // strategy, seed, panel and theme stay
  fresh.loads = loads;
  fresh.file.clear();
  fresh.steps = {};
  fresh.gpus = fresh.slots = fresh.redundant = fresh.nodes = fresh.groups = std::nullopt;
  fresh.policy = Policy::automatic;
  fresh.layer = 0;
  fresh.step = std::nullopt;
  state = fresh;
  linked_ = {};
  is_linked_ = false;
  request(loads);
  engine_.send(to_bytes(OpenLoads{loads}));
}

void Model::choose_strategy(std::string_view name) {
  state.strategy = name;
  state.stage_rules.assign(stages().size(), "");
  state.step = std::nullopt;
}

void Model::loads_opened(const Opened& opened) {
  if (opened.name != requested_) return;  // somebody was faster in choosing others
  opening_ = false;
  if (!opened.sentence.empty()) {
    problems_ = {opened.sentence};
    refused_ = opened.sentence;
    if (opened_.name.empty()) opened_ = opened;  // there were none before
    if (before_) {  // those that are there stay, with all that was theirs
      state = std::move(before_->state);
      linked_ = std::move(before_->linked);
      before_.reset();
    }
    return;
  }
  opened_ = opened;
  before_.reset();
  if (!is_file(opened.name)) return check_linked_steps();
  LinkState fresh = state;
  const std::string name = file_name(opened.name);
  const bool linked = awaits_file() && linked_.file == name;
  if (linked) {
    fresh = std::exchange(linked_, {});
    fresh.panel = state.panel;
    fresh.theme = state.theme;
    fresh.embed = state.embed;
    is_linked_ = true;
  } else {
    fresh.steps = {};
    fresh.policy = Policy::automatic;
    fresh.layer = 0;
    fresh.step = std::nullopt;
    is_linked_ = false;
  }
  linked_ = {};
  fresh.file = name;
  problems_.clear();
  state = fresh;
  check_linked_steps();
  if (!linked || !fresh.gpus) want(usual_shape(opened.name, opened_));
}

bool Model::update() {
  bool changed = false;
  for (const Bytes& answer : engine_.receive()) {
    take(answer);
    changed = true;
  }
  if (opening_ || opened_.steps == 0 || asked_.number != window_.number) return changed;
  Question next = question();
  next.number = asked_.number;
  if (next == asked_) return check_linked_layer() || changed;
  ++next.number;
  asked_ = next;
  engine_.send(to_bytes(asked_));
  return true;
}

void Model::take(std::span<const std::byte> answer) {
  if (Opened opened; from_bytes(answer, opened)) {
    loads_opened(opened);
    // Whatever was asked was about other loads, and is not answered any more.
    asked_.steps = {-1, -1};
    if (opened.sentence.empty()) window_.number = asked_.number;
  } else if (from_bytes(answer, busy_)) {
  } else if (WindowAnswer window; from_bytes(answer, window)) {
    window_ = std::move(window);
    answered_ = asked_;  // one question is asked at a time
    busy_ = {};
    if (!window_.sentence.empty()) compared_ = {};
  } else if (Compared compared; from_bytes(answer, compared)) {
    // Rows trickle in: the old ones stay until the new ones are as many.
    if (compared.rows.size() == static_cast<std::size_t>(compared.total) ||
        compared_.rows.empty()) {
      compared_ = std::move(compared);
    }
  } else if (from_bytes(answer, swept_)) {
  } else {
    from_bytes(answer, series_);
  }
}

void Model::check_linked_steps() {
  const Range steps = state.steps;
  const std::int64_t end = steps.end == Range().end ? opened_.steps : steps.end;
  if (!is_linked_ || (steps.begin < end && end <= opened_.steps)) return;
  problems_.push_back("link, \"steps\": " + range_text(steps) +
                      " is no part of these loads' steps, 0:" + std::to_string(opened_.steps) +
                      "; all of them are taken");
  state.steps = {};
}

// Once the window is about the state. True if there is something new to say.
bool Model::check_linked_layer() {
  if (!is_linked_ || !has_loads()) return false;
  const std::size_t said = problems_.size();
  const std::int32_t first = window_.loads.first_layer;
  const std::int32_t last = first + window_.loads.layers - 1;
  // 0 is also what a link has that names none: the first is shown.
  if (state.layer != 0 && (state.layer < first || state.layer > last)) {
    problems_.push_back("link, \"layer\": there is no layer " + std::to_string(state.layer) +
                        "; these loads have " + std::to_string(first) + " to " +
                        std::to_string(last) + ", and the first is shown");
    state.layer = 0;
    state.step = std::nullopt;
  }
  if (!has_result()) return problems_.size() > said;  // steps are counted once there is a placement
  is_linked_ = false;
  const std::size_t count = state.step ? row_steps().steps().size() : 0;
  if (state.step && static_cast<std::size_t>(*state.step) > count) {
    problems_.push_back("link, \"step\": there is no step " + std::to_string(*state.step) +
                        "; this layer takes " + std::to_string(count) + ", and the last is shown");
    state.step = std::nullopt;
  }
  return problems_.size() > said;
}

bool Model::awaits_file() const {
  LinkState untouched;
  untouched.panel = state.panel;
  untouched.theme = state.theme;
  untouched.embed = state.embed;
  return !linked_.file.empty() && state == untouched;
}

std::string Model::link() const {
  if (!awaits_file()) return print_link(state);
  LinkState awaited = linked_;
  awaited.panel = state.panel;
  awaited.theme = state.theme;
  awaited.embed = state.embed;
  return print_link(awaited);
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
