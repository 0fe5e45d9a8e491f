// Replay: plans from the past of the whole trace, scored on the steps that come after.

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/numbers.hpp"
#include "core/replay/conclusion.hpp"
#include "core/replay/policies.hpp"
#include "core/replay/resolve_replay.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/plot.hpp"
#include "web/playground/replay_parts.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

constexpr std::uint64_t kMostSteps = 2'000'000'000;

// Continues the line if so much fits there.
void flow(float wide, float gap = 16) {
  ImGui::SameLine(0, px(gap));
  if (ImGui::GetContentRegionAvail().x < wide) ImGui::NewLine();
}

// "Plan every [300] steps": a number between words, which stay together.
bool number_in_words(std::string_view before, std::string_view name, std::int64_t& value,
                     std::uint64_t least, std::string_view after, std::string_view help) {
  constexpr float kField = 64;
  ImGui::AlignTextToFramePadding();
  plain(before);
  tip(help);
  ImGui::SameLine(0, px(6));
  auto wide = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
  const bool changed = whole_number(name, wide, least, kMostSteps, kField);
  tip(help);
  ImGui::SameLine(0, px(6));
  plain(after);
  if (changed) value = static_cast<std::int64_t>(wide);
  return changed;
}

std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    parts.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

std::string_view kind_of(std::string_view part) { return part.substr(0, part.find(':')); }

// One box for each kind of policy; those of a link with other numbers are of their kind.
void policy_boxes(LinkState& state, const std::string& list) {
  const std::vector<std::string> parts = parts_of(list);
  std::string chosen;  // afterwards
  bool changed = false;
  bool first = true;
  for (const PolicyKind& kind : policy_kinds()) {
    std::string of_kind;
    for (const std::string& part : parts) {
      if (kind_of(part) == kind.name) of_kind += (of_kind.empty() ? "" : ",") + part;
    }
    bool on = !of_kind.empty();
    if (!first) flow(ImGui::CalcTextSize(kind.name.data()).x + px(60), 14);
    first = false;
    const std::string name = "replay.policy." + std::string(kind.name);
    if (check_box(of_kind.empty() ? kind.name : std::string_view(of_kind), name, on)) {
      changed = true;
      of_kind = on ? kind.name : "";
    }
    tip("Plans from " + std::string(kind.sentence) + ".");
    if (!of_kind.empty()) chosen += (chosen.empty() ? "" : ",") + of_kind;
  }
  if (changed && !chosen.empty()) state.replay.policies = chosen == kDefaultPolicies ? "" : chosen;
}

void choices(Ui& ui) {
  LinkState& state = ui.model.state;
  const ReplayQuestion question = ui.model.replay_question();
  std::int64_t every = question.every;
  if (number_in_words("Plan every", "replay.every", every, 1, "steps",
                      "Steps between two plans. Each plan sees only the steps before it.")) {
    state.replay.every = every;
  }
  flow(px(190));
  number_in_words("in force", "replay.delay", state.replay.delay, 0, "steps later",
                  "Steps from a plan until its placement is in force");
  flow(px(180));
  std::int64_t from = question.from >= 0 ? question.from : question.every + question.delay;
  if (number_in_words("scored from step", "replay.from", from, 0, "",
                      "The first step that counts; usually where the first plan is in force")) {
    state.replay.from = from;
  }
  for (const char* name : {"replay.every", "replay.delay", "replay.from"}) field_problem(name);
  policy_boxes(state, question.policies);
}

std::string command_of(const Model& model) {
  Request request = model.state;
  request.steps = {};
  const ReplayQuestion question = model.replay_question();
  std::string line = command_line(request, Subcommand::balance);
  constexpr std::string_view kBalance = "evenkeel balance";
  line.replace(0, kBalance.size(), "evenkeel replay");
  line += " --every " + std::to_string(question.every);
  if (question.delay > 0) line += " --delay " + std::to_string(question.delay);
  if (question.from >= 0) line += " --from " + std::to_string(question.from);
  return line + " --policies " + question.policies;
}

// One line of constant height: progress and a button, or the hash.
void progress(Ui& ui, const Replayed& replayed, bool is_current) {
  constexpr float kButton = 124;
  if (is_current && replayed.is_complete) {
    if (button("Copy command", "replay.copy", kButton)) ui.platform.copy(command_of(ui.model));
    ImGui::SameLine();
    ImGui::AlignTextToFramePadding();
    soft("replay hash " + replayed.hash);
    tip("Of all placements; the command prints the same.");
    return;
  }
  if (ui.replay_paused) {
    if (button("Go on", "replay.run", kButton)) ui.replay_paused = false;
  } else if (button("Cancel", "replay.cancel", kButton)) {
    ui.replay_paused = true;
  }
  ImGui::SameLine();
  const auto total = static_cast<float>(std::max<std::int64_t>(1, replayed.total));
  const std::string text = is_current && replayed.total > 0 ? grouped(replayed.done) + " of " +
                                                                  grouped(replayed.total) + " steps"
                                                            : std::string();
  ImGui::ProgressBar(is_current ? static_cast<float>(replayed.done) / total : 0,
                     {-1, ImGui::GetFrameHeight()}, text.c_str());
}

}  // namespace

void replay_panel(Ui& ui) {
  Model& model = ui.model;
  if (!model.has_result()) return;
  heading("What plans from the past are worth on the steps that follow");
  choices(ui);
  const Replayed& replayed = model.replayed();
  const bool is_current = !model.waiting() && replayed.question == model.replay_question();
  if (is_current && !replayed.sentence.empty()) return wrapped(Ink::alarm, replayed.sentence);
  progress(ui, replayed, is_current);
  if (!is_current || replayed.policies.empty()) return;
  const float room = ImGui::GetContentRegionAvail().y / look::scale();
  const auto rows = static_cast<float>(replayed.policies.size());
  replay_plot(replayed, std::clamp(room - 150 - 58 * rows, 190.0f, 420.0f));
  replay_table(replayed);
  replay_split(replayed);
  if (!replayed.conclusion.empty()) wrapped(Ink::soft, replayed.conclusion);
}

}  // namespace evenkeel
