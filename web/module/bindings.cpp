// The core for JavaScript: functions for evenkeel.js, with complete requests from requests.js and answers for
// answers.js. If something is wrong, the answer is a string with the error.

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/number_list.hpp"
#include "core/base/text.hpp"
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
#include "web/module/values.hpp"

namespace evenkeel {
namespace {

using emscripten::val;

// A problem, and how it was asked.
struct Asked : Problem {
  Request request;    // without stages,
  StageRules stages;  // which are one strategy's or several's
  Resolved resolved;  // the shape, with notes
};

Status take_options(const val& request, Asked& out) {
  out.request.strategy = text_in(request, "strategy");
  Status status = find_policy(text_in(request, "policy"), out.request.policy);
  if (status.ok()) status = find_bounds(text_in(request, "bounds"), out.request.bounds);
  if (status.ok())
    status = take_seed(text_in(request, "seed"), Vocabulary::script, out.request.seed);
  const auto texts = emscripten::vecFromJSArray<std::string>(request["stages"]);
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
Status take_request(const val& request, Asked& out) {
  take_loads(request, out.loads);
  out.request.loads = out.loads.source;  // a preset's name says how its model is usually deployed
  Status status = take_shape(request, out.loads, out.request);
  if (status.ok()) status = take_options(request, out);
  if (status.ok()) status = check_request(out.request, Vocabulary::script);
  if (!status.ok() || request["previous"].isUndefined()) return status;
  return take_placement(request, "previous", "the previous placement", out.loads.experts,
                        out.previous.emplace());
}

Status take_problem(const val& request, Asked& out) {
  const Status status = take_request(request, out);
  if (!status.ok()) return status;
  const Status resolved = resolve_shape(out.request, out.loads.layers, out.loads.experts,
                                        Vocabulary::script, out.resolved);
  out.shape = out.resolved.shape;
  return about_loads(out.loads, resolved);
}

// The common part of all answers.
val answer_to(const Asked& asked) {
  val answer = val::object();
  std::string note;
  for (const std::string& part : asked.resolved.notes()) note += (note.empty() ? "" : "; ") + part;
  answer.set("format", val(kResultFormat));
  answer.set("shape", list_of(asked.resolved.shape));
  answer.set("backend", val(std::string(backends().front().name)));
  answer.set("note", val(note));
  return answer;
}

// The names of the rules, by stage; null for a strategy without stages.
val rules_of(const Rules& rules) {
  if (!rules.has_stages()) return val::null();
  val names = val::array();
  for (const Stage& stage : stages()) {
    names.call<void>("push", val(std::string(rule_name(stage, rules))));
  }
  return names;
}

// {hash, metrics} and the origin {strategy, rules: by stage}.
void set_result(const Asked& asked, const NamedRules* strategy, const Result& result, val& answer) {
  answer.set("hash", val(hash_text(result.placement)));
  answer.set("map_hash",
             val(map_hash_text(result.placement, asked.shape.gpus, asked.loads.numbers())));
  answer.set("metrics", object_of({result.metrics, asked.loads.numbers()}));
  if (strategy == nullptr) return;
  answer.set("strategy", val(strategy->name));
  answer.set("rules", rules_of(strategy->rules));
}

// Raises the lower bounds of a result where that is asked for.
Status certified(const Asked& asked, Result& result) {
  std::vector<LayerMetrics>* const metrics[] = {&result.metrics};
  return certify(asked.loads, asked.resolved.shape, asked.request.bounds, asked.request.seed, {},
                 metrics);
}

val balance_loads(const val& request) {
  Asked asked;
  Result result;
  NamedRules strategy;
  Status status = take_problem(request, asked);
  asked.request.stages = asked.stages;
  if (status.ok()) status = resolve_strategy(asked.request, Vocabulary::script, strategy);
  if (status.ok()) status = asked.balance_with(strategy.rules, result);
  if (status.ok()) status = certified(asked, result);
  if (!status.ok()) return val(status.sentence());
  result.placement.nodes = asked.resolved.shape.nodes;
  result.placement.groups = asked.resolved.shape.groups;
  val answer = answer_to(asked);
  set_result(asked, &strategy, result, answer);
  answer.set("placement", object_of(result.placement));
  return answer;
}

val score_placement(const val& request) {
  constexpr const char* kName = "the placement";
  Asked asked;
  Result result;
  Status status = take_request(request, asked);
  if (status.ok()) {
    status = take_placement(request, "placement", kName, asked.loads.experts, result.placement);
  }
  if (status.ok() && result.placement.layers != asked.loads.layers) {
    status = refuse(kName, several(result.placement.layers, "layer"),
                    ", but the loads and options say ", asked.loads.layers);
  }
  if (status.ok()) {
    status = resolve_scored(kName, asked.request, asked.loads, Vocabulary::script, result.placement,
                            asked.resolved);
  }
  if (status.ok()) {
    status = score(asked.loads, result.placement, asked.resolved.shape, asked.moved_from(), {},
                   result.metrics);
  }
  if (status.ok()) status = certified(asked, result);
  if (!status.ok()) return val(status.sentence());
  val answer = answer_to(asked);
  set_result(asked, nullptr, result, answer);
  return answer;
}

val compare_strategies(const val& request) {
  using Clock = std::chrono::steady_clock;
  using Microseconds = std::chrono::duration<double, std::micro>;
  Asked asked;
  std::vector<NamedRules> chosen;
  Status status = take_problem(request, asked);
  if (status.ok()) {
    const auto names = emscripten::vecFromJSArray<std::string>(request["strategies"]);
    status = choose_strategies(names, asked.stages, asked.request.seed, Vocabulary::script, chosen);
  }
  val rows = val::array();
  for (std::size_t i = 0; i < chosen.size() && status.ok(); ++i) {
    Result result;
    Microseconds taken = Microseconds::max();
    for (int run = 0; run < 3 && status.ok();
         ++run) {  // the best of three; the first one is the warm-up
      const Clock::time_point begin = Clock::now();
      status = asked.balance_with(chosen[i].rules, result);
      taken = std::min<Microseconds>(taken, Clock::now() - begin);
    }
    if (status.ok()) status = certified(asked, result);
    if (!status.ok()) break;
    val row = val::object();
    set_result(asked, &chosen[i], result, row);
    row.set("us_per_layer", val(taken.count() / asked.loads.layers));
    rows.call<void>("push", row);
  }
  if (!status.ok()) return val(status.sentence());
  val answer = answer_to(asked);
  answer.set("strategies", rows);
  return answer;
}

val lower_bound(const val& request) {
  Asked asked;
  std::vector<LayerBound> bounds;
  Status status = take_problem(request, asked);
  if (status.ok()) status = lower_bounds(asked.loads, asked.resolved.shape, bounds);
  std::vector<double> strong(bounds.size());
  const bool raises = status.ok() && asked.request.bounds != Bounds::cheap;
  if (raises) {
    status = strong_bounds(asked.loads, asked.resolved.shape, asked.request.seed, {}, 0, strong);
  }
  if (!status.ok()) return val(status.sentence());
  for (std::size_t i = 0; raises && i < bounds.size(); ++i) bounds[i].lower_bound = strong[i];
  std::vector<double> lowest;
  std::vector<double> means;
  for (const LayerBound& layer : bounds) {
    lowest.push_back(layer.lower_bound);
    means.push_back(layer.mean_load);
  }
  val answer = answer_to(asked);
  answer.set("lower_bound", copy_of(lowest));
  answer.set("mean_gpu_load", copy_of(means));
  return answer;
}

Range range_of(double begin, double end) {
  return {static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)};
}

val make_loads(const val& request) {
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
  if (status.ok()) status = read_synth(spec, options, loads);
  return status.ok() ? object_of(loads) : val(status.sentence());
}

// {file}: a text, or bytes.
val engine_file(const val& request) {
  const EngineFormat* format = nullptr;
  Placement placement;
  std::string file;
  const std::vector<double> numbers = numbers_in(request, "numbers");
  const auto dense =
      emscripten::convertJSArrayToNumberVector<std::int32_t>(request["dense_layers"]);
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
  if (!status.ok()) return val(status.sentence());
  val answer = val::object();
  answer.set("file", is_text(*format)
                         ? val(file)
                         : copy_of(std::vector<std::uint8_t>(file.begin(), file.end())));
  return answer;
}

// The error if sizes are out of range, otherwise "". Called before memory is allocated.
std::string check_sizes(const std::string& name, double layers, double experts, double slots) {
  return check_limits(name, static_cast<std::int64_t>(layers), static_cast<std::int64_t>(experts),
                      static_cast<std::int64_t>(slots))
      .sentence();
}

// A table of the core: for each row its texts, starting with name and sentence.
void add_row(val& table, std::initializer_list<std::string_view> texts,
             val more = val::undefined()) {
  val row = val::array();
  for (const std::string_view text : texts) row.call<void>("push", val(std::string(text)));
  row.call<void>("push", more);
  table.call<void>("push", row);
}

val list_strategies() {
  val table = val::array();
  for (const Strategy& strategy : strategies()) {
    add_row(table,
            {strategy.name, strategy.sentence, strategy.alias, strategy.label(), strategy.source},
            rules_of(strategy.rules));
  }
  return table;
}

val list_stages() {
  val table = val::array();
  for (const Stage& stage : stages()) {
    val rules = val::array();
    for (const StageRule& rule : stage.rules) add_row(rules, {rule.name, rule.sentence});
    add_row(table, {stage.name, stage.sentence}, rules);
  }
  return table;
}

val list_figures() {
  val table = val::array();
  for (const Figure& figure : kFigures) {
    val more = val::object();
    more.set("per_layer", val(figure.of_layer != nullptr));
    more.set("in_metrics", val(figure.is_overall() && figure.is_metric()));
    add_row(table,
            {figure.name, figure.sentence, figure.label,
             kUnitNames[static_cast<std::size_t>(figure.unit)],
             kBetterNames[static_cast<std::size_t>(figure.better)], figure.formula, figure.engines,
             figure.overall.words},
            more);
  }
  return table;
}

val list_presets() {
  val table = val::array();
  for (const SynthPreset& preset : synth_presets()) {
    val more = val::object();
    more.set("shape", list_of(preset.shape));
    more.set("traffic", copy_of(std::vector<std::int32_t>{preset.top_k, preset.tokens}));
    add_row(table, {preset.name, preset.sentence}, more);
  }
  return table;
}

val list_formats() {
  val table = val::array();
  for (const EngineFormat& format : engine_formats()) {
    add_row(table, {format.name, format.sentence, format.extension, format.source,
                    name_of(format.layers)});
  }
  return table;
}

}  // namespace

EMSCRIPTEN_BINDINGS(evenkeel) {
  emscripten::function("balance", &balance_loads);
  emscripten::function("score", &score_placement);
  emscripten::function("compare", &compare_strategies);
  emscripten::function("lowerBound", &lower_bound);
  emscripten::function("synth", &make_loads);
  emscripten::function("exportPlacement", &engine_file);
  emscripten::function("checkSizes", &check_sizes);
  emscripten::function("strategies", &list_strategies);
  emscripten::function("stages", &list_stages);
  emscripten::function("figures", &list_figures);
  emscripten::function("presets", &list_presets);
  emscripten::function("formats", &list_formats);
}

}  // namespace evenkeel
