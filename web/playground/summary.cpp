#include "web/playground/summary.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "core/base/numbers.hpp"
#include "core/io/result_json.hpp"
#include "core/model/figures.hpp"
#include "core/model/strategies.hpp"
#include "core/request/file_names.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"
#include "web/playground/exports.hpp"
#include "web/playground/step_text.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using json = nlohmann::ordered_json;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);  // file names are untrusted
}

std::string shape_text(const Model& model) {
  if (!model.has_result()) return {};
  const Shape& shape = model.window().shape;
  return counted(shape.layers, "layer") + " of " + counted(shape.experts, "expert") + ", " +
         counted(shape.slots, "slot") + " on " + counted(shape.gpus, "GPU");
}

json menus() {
  json all = {{"loads", json::array()},
              {"strategies", json::array()},
              {"panels", json::array()},
              {"exports", json::array()}};
  for (const Panel& panel : panels()) {
    all["panels"].push_back({{"value", panel.word}, {"title", panel.title}, {"sentence", ""}});
  }
  for (const SynthPreset& preset : synth_presets()) {
    all["loads"].push_back({{"value", std::string(kSynthPrefix) + std::string(preset.name)},
                            {"title", preset.name},
                            {"sentence", preset.sentence}});
  }
  all["loads"].push_back({{"value", kExampleName},
                          {"title", "DeepSeek's example"},
                          {"sentence", "2 layers of 12 experts"}});
  for (const Strategy& strategy : strategies()) {
    all["strategies"].push_back({{"value", strategy.label()},
                                 {"title", strategy.label()},
                                 {"sentence", strategy.sentence}});
  }
  for (const ExportFormat& format : export_formats()) {
    all["exports"].push_back(
        {{"value", format.name}, {"title", format.title}, {"sentence", format.sentence}});
  }
  return all;
}

// Each row has its figures by name, and `cells`: its texts under `headings`.
json compared(const Model& model) {
  json headings = {"Strategy"};
  for (const Figure& figure : kFigures) {
    if ((figure.tables & kComparison) != 0) headings.push_back(capitalized(figure.label));
  }
  json rows = json::array();
  for (const ComparedRow& row : model.compared().rows) {
    json object = {{"strategy", row.name}, {"label", row.label}, {"hash", row.hash}};
    json cells = {row.label};
    for (const Figure& figure : kFigures) {
      const double value = row.summary.of(figure);
      if (figure.is_overall()) {
        object[std::string(figure.name)] = std::isnan(value) ? json() : json(value);
      }
      if ((figure.tables & kComparison) != 0) cells.push_back(figure_text(figure, value));
    }
    object["cells"] = std::move(cells);
    rows.push_back(std::move(object));
  }
  return {{"total", model.compared().total}, {"headings", headings}, {"rows", rows}};
}

// The replay so far, if it is the one that is asked for.
json replay(const Model& model) {
  const Replayed& replayed = model.replayed();
  if (model.waiting() || !(replayed.question == model.replay_question())) return {{"done", 0}};
  json policies = json::array();
  for (const ReplayedPolicy& policy : replayed.policies) {
    policies.push_back({{"policy", policy.name},
                        {"step_imbalance", policy.imbalance},
                        {"received_share", policy.received_share}});
  }
  return {
      {"done", replayed.done},         {"total", replayed.total},          {"hash", replayed.hash},
      {"sentence", replayed.sentence}, {"every", replayed.question.every}, {"policies", policies}};
}

// The loads, for a frame's host.
json opened(const Model& model) {
  const Opened& loads = model.opened();
  return {{"name", loads.name},
          {"steps", loads.steps},
          {"layers", loads.layers},
          {"experts", loads.experts}};
}

// What was recognised and assumed: by the reader of the loads, then for the deployment.
std::vector<std::string> notes(const Model& model) {
  std::vector<std::string> all = model.opened().notes;
  for (std::string& note : model.resolution().result.notes()) all.push_back(std::move(note));
  return all;
}

// The output of `evenkeel balance --json`.
std::string result_text(const Model& model) {
  if (!model.has_result()) return {};
  const NamedRules& strategy = model.answered().strategy;
  const WindowAnswer& window = model.window();
  return result_json({&strategy, window.backend, strategy.rules.seed, window.loads.numbers()},
                     window.shape, window.result);
}

}  // namespace

std::string summary_text(const Model& model) {
  const std::string trouble = model.trouble();
  if (!trouble.empty()) return trouble;
  if (!model.has_result())
    return "Working: " + (model.busy().what.empty() ? "starting" : model.busy().what);
  const Headline all = model.headline();
  const RatioPair pair = ratios(all.strategy, all.bound);
  const Shape& shape = model.window().shape;
  return "With " + model.strategy_label() + " the load of a layer's hottest GPU is on average " +
         pair.first + " times the mean, instead of " + ratio(all.without) +
         " without a balancer; no placement " +
         (shape.nodes > 1 ? "that keeps groups on a node " : "") + "gets below " + pair.second +
         ". The placement is optimal within " +
         percent(summarize(
             {model.window().result.metrics, model.window().loads.numbers()})["gap_to_bound"]) +
         ".";
}

// As the panel of the placement says it; after all steps the last of them.
std::string text_of_step(Model& model) {
  const std::span<const Step> steps = model.row_steps().steps();
  const auto wanted = static_cast<std::size_t>(std::max(0, model.state.step.value_or(1 << 30)));
  const std::size_t at = std::min(wanted, steps.size());
  const WindowAnswer& window = model.window();
  const auto layer = static_cast<std::size_t>(model.layer_index());
  return step_text(at == 0 ? nullptr : &steps[at - 1], window.shape,
                   model.answered().strategy.rules, window.result.metrics[layer].mean_load);
}

std::string read_model(Model& model, std::string_view what) {
  const LinkState& state = model.state;
  if (what == "summary") {
    return dump({{"text", summary_text(model)},
                 {"trouble", model.trouble()},
                 {"warnings", model.opened().warnings},
                 {"old_default", model.old_default()},
                 {"shape", shape_text(model)},
                 {"loads", state.file.empty() ? state.loads : ""},
                 {"file", state.file},
                 {"title", title_of_files(state.file)},
                 {"strategy", model.strategy_label()},
                 {"hash", model.hash()},
                 {"link", model.link()},
                 {"command", model.command()},
                 {"panel", state.panel.empty() ? panels().front().word : state.panel},
                 {"theme", state.theme},
                 {"embed", state.embed},
                 {"waiting", model.waiting()},
                 {"compared", model.compared().rows.size()}});
  }
  if (what == "headline") return summary_text(model);
  if (what == "trouble") return model.trouble();
  if (what == "notes") return dump(notes(model));
  if (what == "warnings") return dump(model.opened().warnings);
  if (what == "refused") return model.refused();
  if (what == "opened") return dump(opened(model));
  if (what == "result") return result_text(model);
  if (what == "link") return model.link();
  if (what == "state") return print_link(state);  // also while a link's file is expected
  if (what == "command") return model.command();
  if (what == "hash") return model.hash();
  if (what == "loads") return state.file.empty() ? state.loads : state.file;
  if (what == "strategy") return model.strategy_label();
  if (what == "panel") return state.panel;
  if (what == "shape") return shape_text(model);
  if (what == "steps") return range_text(model.steps());
  if (what == "compared") return dump(compared(model));
  if (what == "series") return std::to_string(model.series().done);
  if (what == "replay") return dump(replay(model));
  if (what == "swept") return std::to_string(model.swept().points.size());
  if (what == "step") return state.step ? std::to_string(*state.step) : "last";
  if (what == "steps_of_layer") return std::to_string(model.row_steps().steps().size());
  if (what == "step_text" && model.has_result()) return text_of_step(model);
  if (what == "menus") return dump(menus());
  return {};
}

}  // namespace evenkeel
