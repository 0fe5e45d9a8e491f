#include "native/request_options.hpp"

#include "core/model/stage_names.hpp"
#include "core/request/request_options.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"
#include "native/messages.hpp"

namespace evenkeel {
namespace {

// flag_value: what a flag that is given without a value means.
CLI::Option* add(CLI::App& app, Request& request, std::string_view name,
                 std::string_view flag_value = {}) {
  const RequestOption& option = *find_request_option(name);
  CLI::Option* added = app.add_option(
      word_for(Vocabulary::command, name),
      [&option, &request, flag_value](const CLI::results_t& values) {
        const bool is_bare = option.is_flag() && values.back() == "true";
        const std::string_view text = is_bare ? flag_value : std::string_view(values.back());
        const Status status = option.read(option, text, Vocabulary::command, request);
        if (!status.ok()) throw CLI::ValidationError(status.sentence());
        return true;
      },
      std::string(option.sentence));
  if (option.is_flag()) {
    return added->expected(0)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  return added->type_name(std::string(option.value));
}

Status said(Status status, const Loads& loads, const Resolved& resolved, bool quiet, Shape& out) {
  if (!status.ok()) return about_loads(loads, status);
  for (const std::string& note : resolved.notes()) say(quiet, "note", note);
  out = resolved.shape;
  return {};
}

}  // namespace

void add_request_options(CLI::App& app, Request& request,
                         std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) add(app, request, name);
}

void add_shape_options(CLI::App& app, Request& request) {
  for (const RequestOption& option : request_options()) {
    if (option.number != nullptr) add(app, request, option.name);
  }
  app.get_option("--slots")->excludes(app.get_option("--redundant"));
  add(app, request, "policy");
}

void add_stage_options(CLI::App& app, Request& request) {
  for (const Stage& stage : stages()) {
    add(app, request, stage.name, stage.rules.back().name)
        ->group("Stages that replace the strategy's, else deepseek's (see `strategies --stages`)");
  }
}

Request with_loads(Request request, const LoadOptions& loads) {
  const std::string& path = loads.paths.front();
  const bool is_named = is_synth(path) || path == kExampleName;
  (is_named ? request.loads : request.file) = path;
  request.steps = loads.steps;
  request.moe_layers = loads.moe_layers;
  return request;
}

Status resolve_shape_for(const Loads& loads, const Request& request, bool quiet, Shape& out) {
  Resolved resolved;
  return said(resolve_shape(request, loads.layers, loads.experts, Vocabulary::command, resolved),
              loads, resolved, quiet, out);
}

Status resolve_sweep_for(const Loads& loads, const Request& request, bool quiet, Shape& out) {
  Resolved resolved;
  const Status status =
      resolve_without_slots(request, loads.layers, loads.experts, Vocabulary::command, resolved);
  return said(status, loads, resolved, quiet, out);
}

}  // namespace evenkeel
