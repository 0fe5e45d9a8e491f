// The core for JavaScript: functions for evenkeel.js, with complete requests from requests.js and answers for
// answers.js. If something is wrong, the answer is a string with the error.

#include <emscripten.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/number_list.hpp"
#include "core/base/text.hpp"
#include "core/batch/step_scores.hpp"
#include "core/evenkeel.hpp"
#include "core/io/loads/read_synth.hpp"
#include "core/io/placements/engine_files.hpp"
#include "core/io/result_json.hpp"
#include "core/model/figures.hpp"
#include "core/model/placement.hpp"
#include "core/model/policy.hpp"
#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "core/request/bounds.hpp"
#include "core/request/problem.hpp"
#include "core/request/request.hpp"
#include "web/module/value.hpp"
#include "web/module/values.hpp"

namespace evenkeel {
namespace {

// A problem, and how it was asked.
struct Asked : Problem {
  Request request;                  // without stages,
  StageRules stages;                // which are one strategy's or several's
  Resolved resolved;                // the shape, with notes
  std::vector<float> single_steps;  // [steps, layers, experts], or empty: only their sum is known

  // Figures by the step of a placement of the resolved shape.
  StepMetrics score_steps(const Placement& placement) const {
    if (single_steps.empty()) return {};
    RawSteps raw;
    raw.data = reinterpret_cast<const std::byte*>(single_steps.data());
    raw.kind = ElementKind::real;
    raw.layers = loads.layers;
    raw.experts = loads.experts;
    raw.steps = loads.steps;
    std::vector<std::int32_t> rows(static_cast<std::size_t>(loads.layers));
    std::iota(rows.begin(), rows.end(), 0);
    StepScores scores;
    scores.add_placement(resolved.shape, placement);
    scores.add_steps(raw, rows, 1);
    return scores.metrics(0);
  }
};

Status take_options(const Given& request, Asked& out) {
  Status status = find_policy(text_in(request, "policy"), out.request.policy);
  if (status.ok() && !request["strategy"].is_missing()) {
    status = take_strategy(text_in(request, "strategy"), Vocabulary::script, out.request);
  }
  if (status.ok() && !request["effort"].is_missing()) {
    status = take_effort(text_in(request, "effort"), Vocabulary::script, out.request);
  }
  if (status.ok()) status = find_bounds(text_in(request, "bounds"), out.request.bounds);
  if (status.ok())
    status = take_seed(text_in(request, "seed"), Vocabulary::script, out.request.seed);
  const auto texts = request["stages"].texts();
  out.stages.resize(stages().size());
  for (std::size_t i = 0; i + 1 < texts.size() && status.ok(); i += 2) {
    Rules unused;  // whether there are such a stage and rule
    status = set_rule(texts[i], texts[i + 1], unused, Vocabulary::script);
    for (std::size_t stage = 0; stage < stages().size(); ++stage) {
      if (stages()[stage].name == texts[i]) out.stages[stage] = texts[i + 1];
    }
  }
  return status;
}

// Everything except the shape, which for score also depends on the placement.
Status take_request(const Given& request, Asked& out) {
  Status status = take_loads(request, out.loads, out.single_steps);
  out.request.loads = out.loads.source;  // a preset's name says how its model is usually deployed
  if (status.ok()) status = take_shape(request, out.loads, out.request);
  if (status.ok()) status = take_options(request, out);
  if (status.ok()) status = check_request(out.request, Vocabulary::script);
  if (!status.ok() || request["previous"].is_missing()) return status;
  return take_placement(request, "previous", "the previous placement", out.loads.experts,
                        out.previous.emplace());
}

Status take_problem(const Given& request, Asked& out) {
  const Status status = take_request(request, out);
  if (!status.ok()) return status;
  const Status resolved = resolve_shape(out.request, out.loads.layers, out.loads.experts,
                                        Vocabulary::script, out.resolved);
  out.shape = out.resolved.shape;
  return about_loads(out.loads, resolved);
}

// The common part of all answers.
Answer answer_to(const Asked& asked) {
  Answer answer = Answer::object();
  std::string note;
  for (const std::string& part : asked.resolved.notes()) note += (note.empty() ? "" : "; ") + part;
  answer.set("format", Answer(kResultFormat));
  answer.set("shape", list_of(asked.resolved.shape));
  answer.set("backend", Answer(std::string(backends().front().name)));
  answer.set("note", Answer(note));
  return answer;
}

// The names of the rules, by stage; null for a strategy without stages.
Answer rules_of(const Rules& rules) {
  if (!rules.has_stages()) return Answer();
  Answer names = Answer::list();
  for (const Stage& stage : stages()) {
    names.push(Answer(std::string(rule_name(stage, rules))));
  }
  return names;
}

// {metrics} and the origin {strategy, rules: by stage}.
void set_result(const Asked& asked, const NamedRules* strategy,
                const std::vector<LayerMetrics>& metrics, const StepMetrics& steps,
                Answer& answer) {
  answer.set("metrics", object_of({metrics, asked.loads.numbers(), &steps}));
  if (strategy == nullptr) return;
  answer.set("strategy", Answer(strategy->name));
  answer.set("rules", rules_of(strategy->rules));
}

// Raises the lower bounds of results where that is asked for.
Status certified(const Asked& asked, std::span<std::vector<LayerMetrics>* const> metrics) {
  return certify(asked.loads, asked.resolved.shape, asked.request.bounds, asked.request.seed, {},
                 metrics);
}

// Of the current call: JavaScript copies the arrays of its answer from here. It stays for the next call, which then needs
// no new memory.
Result made;

// {packed}: what hash_placement wants. made.placement.log2phy is then packed. Returns the most copies of an expert.
std::int32_t set_packed(const Asked& asked, Answer& answer) {
  const std::int32_t most_copies = pack_log2phy(made.placement);
  answer.set("packed",
             packed_object_of(made.placement, asked.resolved.shape.gpus, asked.loads.numbers()));
  return most_copies;
}

Answer balance_loads(const Given& request) {
  Asked asked;
  NamedRules strategy;
  Status status = take_problem(request, asked);
  asked.request.stages = asked.stages;
  if (status.ok()) status = resolve_strategy(asked.request, Vocabulary::script, strategy);
  if (status.ok()) status = asked.balance_with(strategy.rules, made);
  if (status.ok()) status = certified(asked, {{&made.metrics}});
  if (!status.ok()) return Answer(status.sentence());
  made.placement.nodes = asked.resolved.shape.nodes;
  made.placement.groups = asked.resolved.shape.groups;
  Answer answer = answer_to(asked);
  set_result(asked, &strategy, made.metrics, asked.score_steps(made.placement), answer);
  const std::int32_t most_copies = set_packed(asked, answer);
  answer.set("placement", object_of(made.placement, most_copies));
  return answer;
}

Answer score_placement(const Given& request) {
  constexpr const char* kName = "the placement";
  Asked asked;
  Placement& placement = made.placement;
  placement = {};
  Status status = take_request(request, asked);
  if (status.ok()) {
    status = take_placement(request, "placement", kName, asked.loads.experts, placement);
  }
  if (status.ok() && placement.layers != asked.loads.layers) {
    status = refuse(kName, several(placement.layers, "layer"), ", but the loads and options say ",
                    asked.loads.layers);
  }
  if (status.ok()) {
    status = resolve_scored(kName, asked.request, asked.loads, Vocabulary::script, placement,
                            asked.resolved);
  }
  if (status.ok()) {
    status =
        score(asked.loads, placement, asked.resolved.shape, asked.moved_from(), {}, made.metrics);
  }
  if (status.ok()) status = certified(asked, {{&made.metrics}});
  if (!status.ok()) return Answer(status.sentence());
  Answer answer = answer_to(asked);
  set_result(asked, nullptr, made.metrics, asked.score_steps(placement), answer);
  set_packed(asked, answer);
  return answer;
}

// {hash} of a packed placement: of all of it, or of its map alone.
Answer hash_placement(const Given& packed, bool of_map) {
  Placement placement;
  std::int32_t gpus = 0;
  std::vector<std::int32_t> dense;
  LayerNumbers numbers;
  take_packed(packed, placement, gpus, dense, numbers);
  Answer answer = Answer::object();
  answer.set("hash",
             Answer(of_map ? map_hash_text(placement, gpus, numbers) : hash_text(placement)));
  return answer;
}
Answer hash_all(const Given& packed) { return hash_placement(packed, false); }
Answer hash_map(const Given& packed) { return hash_placement(packed, true); }

struct Compared {
  std::string hash;
  double us_per_layer;
  std::vector<LayerMetrics> metrics;
  StepMetrics steps;
};

Answer compare_strategies(const Given& request) {
  using Clock = std::chrono::steady_clock;
  using Microseconds = std::chrono::duration<double, std::micro>;
  Asked asked;
  std::vector<NamedRules> chosen;
  Status status = take_problem(request, asked);
  if (status.ok()) {
    const auto names = request["strategies"].texts();
    status = choose_strategies(names, asked.stages, asked.request.seed, Vocabulary::script, chosen);
  }
  std::vector<Compared> rows(chosen.size());
  std::vector<std::vector<LayerMetrics>*> metrics;
  for (std::size_t i = 0; i < chosen.size() && status.ok(); ++i) {
    Microseconds taken = Microseconds::max();
    for (int run = 0; run < 3 && status.ok();
         ++run) {  // the best of three; the first one is the warm-up
      const Clock::time_point begin = Clock::now();
      status = asked.balance_with(chosen[i].rules, made);
      taken = std::min<Microseconds>(taken, Clock::now() - begin);
    }
    rows[i] = {hash_text(made.placement), taken.count() / asked.loads.layers, made.metrics,
               asked.score_steps(made.placement)};
    metrics.push_back(&rows[i].metrics);
  }
  if (status.ok()) status = certified(asked, metrics);
  if (!status.ok()) return Answer(status.sentence());
  Answer list = Answer::list();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Answer row = Answer::object();
    row.set("hash", Answer(rows[i].hash));
    row.set("us_per_layer", Answer(rows[i].us_per_layer));
    set_result(asked, &chosen[i], rows[i].metrics, rows[i].steps, row);
    list.push(row);
  }
  Answer answer = answer_to(asked);
  answer.set("strategies", list);
  return answer;
}

Answer lower_bound(const Given& request) {
  Asked asked;
  std::vector<LayerBound> bounds;
  Status status = take_problem(request, asked);
  if (status.ok()) status = lower_bounds(asked.loads, asked.resolved.shape, bounds);
  std::vector<double> strong(bounds.size());
  const bool raises = status.ok() && asked.request.bounds != Bounds::cheap;
  if (raises) {
    status = strong_bounds(asked.loads, asked.resolved.shape, asked.request.seed, {}, 0, strong);
  }
  if (!status.ok()) return Answer(status.sentence());
  for (std::size_t i = 0; raises && i < bounds.size(); ++i) bounds[i].lower_bound = strong[i];
  std::vector<double> lowest;
  std::vector<double> means;
  for (const LayerBound& layer : bounds) {
    lowest.push_back(layer.lower_bound);
    means.push_back(layer.mean_load);
  }
  Answer answer = answer_to(asked);
  answer.set("lower_bound", Answer::numbers(lowest));
  answer.set("mean_gpu_load", Answer::numbers(means));
  return answer;
}

Range range_of(double begin, double end) {
  return {static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)};
}

Answer make_loads(const Given& request) {
  SynthSpec spec;
  ReadOptions options;
  Loads loads;
  Status status = parse_synth(text_in(request, "text"), spec);
  const std::vector<double> ranges = numbers_in(request, "ranges");  // NaN: everything
  if (!std::isnan(ranges[0])) options.steps = range_of(ranges[0], ranges[1]);
  if (!std::isnan(ranges[2])) {
    const Range layers = range_of(ranges[2], ranges[3]);
    options.layers = NumberList({layers.begin, layers.end});
  }
  std::vector<float> single_steps;
  if (ranges[4] != 0) {
    options.row = [&](const Place&, std::span<const Number> row) {
      for (const Number& count : row) single_steps.push_back(static_cast<float>(count.real));
    };
  }
  if (status.ok()) status = read_synth(spec, options, loads);
  if (!single_steps.empty()) loads.values = std::move(single_steps);
  return status.ok() ? object_of(loads) : Answer(status.sentence());
}

// {file}: a text, or bytes.
Answer engine_file(const Given& request) {
  const EngineFormat* format = nullptr;
  Placement placement;
  std::string file;
  const std::vector<double> numbers = numbers_in(request, "numbers");
  const auto dense = request["dense_layers"].numbers<std::int32_t>();
  EngineMap map = {.dense_layers = dense, .numbered = true, .words = Vocabulary::script};
  Status status = find_engine_format(text_in(request, "format"), format);
  if (status.ok()) {
    status = take_number(Vocabulary::script, "mtp", static_cast<std::int64_t>(numbers[0]), 0,
                         kMostMtpLayers, map.mtp);
  }
  if (status.ok()) {
    status = take_placement(request, "placement", "the placement",
                            static_cast<std::int32_t>(numbers[1]), placement);
  }
  if (status.ok()) status = write_engine_file(*format, placement, map, file);
  if (!status.ok()) return Answer(status.sentence());
  Answer answer = Answer::object();
  answer.set("file", is_text(*format)
                         ? Answer(file)
                         : Answer::numbers(std::vector<std::uint8_t>(file.begin(), file.end())));
  return answer;
}

// The error if sizes are out of range, otherwise "". Called before memory is allocated.
Answer check_sizes(const Given& request) {
  const std::vector<double> sizes = numbers_in(request, "sizes");
  return Answer(check_limits(text_in(request, "name"), static_cast<std::int64_t>(sizes[0]),
                             static_cast<std::int64_t>(sizes[1]),
                             static_cast<std::int64_t>(sizes[2]))
                    .sentence());
}

// A table of the core: for each row its texts, starting with name and sentence.
void add_row(Answer& table, std::initializer_list<std::string_view> texts,
             const Answer& more = {}) {
  Answer row = Answer::list();
  for (const std::string_view text : texts) row.push(Answer(std::string(text)));
  row.push(more);
  table.push(row);
}

Answer list_strategies(const Given&) {
  Answer table = Answer::list();
  for (const Strategy& strategy : strategies()) {
    add_row(table,
            {strategy.name, strategy.sentence, strategy.alias, strategy.label(), strategy.source},
            rules_of(strategy.rules));
  }
  return table;
}

Answer list_stages(const Given&) {
  Answer table = Answer::list();
  for (const Stage& stage : stages()) {
    Answer rules = Answer::list();
    for (const StageRule& rule : stage.rules) add_row(rules, {rule.name, rule.sentence});
    add_row(table, {stage.name, stage.sentence}, rules);
  }
  return table;
}

Answer list_figures(const Given&) {
  Answer table = Answer::list();
  for (const Figure& figure : kFigures) {
    Answer more = Answer::object();
    more.set("per_layer", Answer::truth(figure.of_layer != nullptr));
    more.set("in_metrics", Answer::truth(figure.is_overall() && figure.is_metric()));
    add_row(table,
            {figure.name, figure.sentence, figure.label,
             kUnitNames[static_cast<std::size_t>(figure.unit)],
             kBetterNames[static_cast<std::size_t>(figure.better)], figure.formula, figure.engines,
             figure.overall.words},
            more);
  }
  return table;
}

Answer list_presets(const Given&) {
  Answer table = Answer::list();
  for (const SynthPreset& preset : synth_presets()) {
    Answer more = Answer::object();
    more.set("shape", list_of(preset.shape));
    more.set("traffic", Answer::numbers(std::vector<std::int32_t>{preset.top_k, preset.tokens}));
    add_row(table, {preset.name, preset.sentence}, more);
  }
  return table;
}

Answer list_formats(const Given&) {
  Answer table = Answer::list();
  for (const EngineFormat& format : engine_formats()) {
    add_row(table, {format.name, format.sentence, format.extension, format.source,
                    name_of(format.layers)});
  }
  return table;
}

// By their numbers in memory.js.
constexpr Answer (*kFunctions[])(const Given&) = {
    balance_loads, score_placement, compare_strategies, lower_bound, make_loads,
    engine_file,   check_sizes,     list_strategies,    list_stages, list_figures,
    list_presets,  list_formats,    hash_all,           hash_map};

// Of the current call.
std::unique_ptr<std::uint64_t[]>
    request_bytes;  // not set to zero, which takes as long as reading them
std::string answer_bytes;

const ValueHead* request_in_bytes() {
  return reinterpret_cast<const ValueHead*>(request_bytes.get());
}

}  // namespace

extern "C" {

// Room for a request of this many bytes.
EMSCRIPTEN_KEEPALIVE const ValueHead* evenkeel_room(std::size_t bytes) {
  answer_bytes = std::string();
  request_bytes.reset(new std::uint64_t[bytes / sizeof(std::uint64_t) + 1]);
  return request_in_bytes();
}

// The answer of a function to the request in the room; valid until the next request.
EMSCRIPTEN_KEEPALIVE const char* evenkeel_ask(std::size_t function) {
  answer_bytes = kFunctions[function](Given(request_in_bytes())).take_bytes();
  request_bytes.reset();
  return answer_bytes.data();
}

}  // extern "C"

}  // namespace evenkeel
