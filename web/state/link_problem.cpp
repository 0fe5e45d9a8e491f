// What a link asks to be computed: rules, a shape, and the command that does the same.
#include <algorithm>

#include "core/base/text.hpp"
#include "core/request/request.hpp"
#include "web/state/link.hpp"
#include "web/state/link_keys.hpp"

namespace evenkeel {

Status rules_of(const LinkState& state, Rules& out) {
  const Strategy* strategy = nullptr;
  if (Status status = find_strategy(state.strategy, strategy); !status.ok()) return status;
  Rules rules = strategy->rules;
  for (std::size_t i = 0; i < state.stage_rules.size(); ++i) {
    if (state.stage_rules[i].empty()) continue;
    if (Status status = set_rule(stages()[i].name, state.stage_rules[i], rules); !status.ok()) {
      return status;
    }
  }
  rules.seed = state.seed;
  if (Status status = check_rules(rules); !status.ok()) return status;
  out = rules;
  return {};
}

Status shape_of(const LinkState& state, std::int32_t layers, std::int32_t experts, Shape& out,
                std::string& note) {
  Request request;
  request.loads = state.loads;
  request.file = state.file;
  request.gpus = state.gpus;
  request.slots = state.slots;
  request.redundant = state.redundant;
  request.nodes = state.nodes;
  request.groups = state.groups;
  request.policy = state.policy;
  Resolved resolved;
  const Status status = resolve_shape(request, layers, experts, Vocabulary::command, resolved);
  out = resolved.shape;
  note = resolved.replaced;
  return status;
}

std::string command_line(const LinkState& state, LinkCommand command) {
  constexpr std::string_view kNames[] = {"balance", "compare", "sweep"};
  const auto is_of_command = [command](const LinkKey& key) {
    if (!key.is_option || key.name == "loads" || key.name == "file") return false;
    if (command == LinkCommand::sweep) return key.name != "slots" && key.name != "redundant";
    const auto is_stage = [&](const Stage& stage) { return stage.name == key.name; };
    return command == LinkCommand::balance ||
           (key.name != "strategy" && std::none_of(stages().begin(), stages().end(), is_stage));
  };
  // A name that begins with a dash would be taken for an option.
  const std::string file = state.file.starts_with('-') ? "./" + state.file : state.file;
  std::string line = "evenkeel " + std::string(kNames[static_cast<std::size_t>(command)]) + " " +
                     shell_word(file.empty() ? state.loads : file);
  for (const LinkKey& key : link_keys()) {
    const std::string value = key.text(state);
    if (!value.empty() && is_of_command(key)) {
      line += " --" + std::string(key.name) + " " + shell_word(value);
    }
  }
  return line;
}

}  // namespace evenkeel
