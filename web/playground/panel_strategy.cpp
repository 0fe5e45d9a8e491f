// The choice of a strategy, and of the stages of which it is composed.

#include <string>
#include <string_view>

#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

bool is_composed(const LinkState& state) {
  for (const std::string& rule : state.stages) {
    if (!rule.empty()) return true;
  }
  return false;
}

void strategy_row(Ui& ui, const Strategy& strategy, const std::string& label, bool chosen) {
  const ImVec2 at = ImGui::GetCursorPos();
  const float room = ImGui::GetContentRegionAvail().x;
  ImGui::PushFont(look::fonts().small);
  const float lines =
      ImGui::CalcTextSize(strategy.sentence.data(), nullptr, false, room - px(24)).y;
  ImGui::PopFont();
  const float height = ImGui::GetTextLineHeight() + lines + px(10);
  if (ImGui::Selectable(("##" + label).c_str(), chosen, 0, {0, height})) {
    ui.model.choose_strategy(label);
  }
  controls::note("strategy." + label, chosen ? controls::Stop::yes : controls::Stop::no);
  tip(std::string(strategy.name) + "\n" + std::string(strategy.source));
  const ImVec2 after = ImGui::GetCursorPos();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetItemRectMin();
  const ImVec2 dot = {corner.x + px(11), corner.y + px(5) + ImGui::GetTextLineHeight() / 2};
  draw->AddCircle(dot, px(5.5f), look::colour(chosen ? Ink::after : Ink::soft), 0, px(1.3f));
  if (chosen) draw->AddCircleFilled(dot, px(3), look::colour(Ink::after));
  ImGui::SetCursorPos({at.x + px(24), at.y + px(3)});
  heading(label);
  ImGui::SetCursorPos({at.x + px(24), at.y + px(4) + ImGui::GetTextLineHeight()});
  wrapped(Ink::soft, strategy.sentence);
  ImGui::SetCursorPos(after);
}

// keel is one row with a choice of efforts. A link's number of kicks is none of them; the header names it.
bool is_keel(std::string_view name) { return name.starts_with("keel"); }

void keel_row(Ui& ui) {
  const std::string chosen = ui.model.state.strategy;
  const Strategy* row = nullptr;
  if (!is_keel(chosen) || !find_strategy(chosen, row).ok()) {
    static_cast<void>(find_strategy("keel", row));
  }
  strategy_row(ui, *row, "keel", is_keel(chosen));
  if (!is_keel(chosen)) return;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + px(24));
  ImGui::AlignTextToFramePadding();
  soft("Effort");
  for (const Strategy& strategy : strategies()) {
    if (!is_keel(strategy.name)) continue;
    const std::string_view effort =
        strategy.name == "keel" ? "default" : strategy.name.substr(strategy.name.find(':') + 1);
    ImGui::SameLine(0, px(3));
    if (choice(effort, "effort." + std::string(effort), strategy.name == chosen)) {
      ui.model.choose_strategy(strategy.name);
    }
  }
}

void stage_combos(Ui& ui) {
  LinkState& state = ui.model.state;
  const Strategy* base = nullptr;
  if (!find_strategy(state.strategy, base).ok() || !base->rules.has_stages()) return;
  section("Stages");
  for (std::size_t i = 0; i < stages().size(); ++i) {
    const Stage& stage = stages()[i];
    const std::string own(rule_name(stage, base->rules));
    std::string& chosen = state.stages[i];
    ImGui::AlignTextToFramePadding();
    plain(stage.name);
    tip(stage.sentence);
    ImGui::SameLine(px(80));
    const std::string name = "stage." + std::string(stage.name);
    if (stage.is_switch()) {
      bool on = (chosen.empty() ? own : chosen) != stage.rules.front().name;
      if (check_box("copies on different GPUs", name, on)) {
        const std::string_view rule = (on ? stage.rules.back() : stage.rules.front()).name;
        chosen = rule == own ? std::string() : std::string(rule);
        state.step = std::nullopt;
      }
      tip(stage.sentence);
      continue;
    }
    if (!begin_combo(name, chosen.empty() ? own : chosen, -1)) continue;
    for (const StageRule& rule : stage.rules) {
      const bool is_own = rule.name == own;
      const std::string label =
          std::string(rule.name) + (is_own ? " (" + state.strategy + ")" : "");
      if (combo_item(label, rule.sentence, rule.name == (chosen.empty() ? own : chosen),
                     name + "." + std::string(rule.name))) {
        chosen = is_own ? std::string() : std::string(rule.name);
        state.step = std::nullopt;
      }
    }
    ImGui::EndCombo();
  }
}

}  // namespace

void strategy_panel(Ui& ui) {
  section("Strategy");
  LinkState& state = ui.model.state;
  const bool composed = is_composed(state);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {px(8), px(2)});
  keel_row(ui);
  for (const Strategy& strategy : strategies()) {
    if (is_keel(strategy.name)) continue;
    const bool chosen = strategy.name == state.strategy || strategy.alias == state.strategy;
    strategy_row(ui, strategy, std::string(strategy.label()), chosen);
  }
  ImGui::PopStyleVar();
  stage_combos(ui);
  if (composed && button("Back to " + state.strategy, "stage.reset", -1)) {
    ui.model.choose_strategy(std::string(state.strategy));
  }
}

}  // namespace evenkeel
