// How the panels share the canvas: two columns, or one with tabs where it is narrow.

#include <algorithm>

#include "web/playground/controls.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

void appearance(LinkState& state) {
  section("Appearance");
  if (choice("Light", "theme.light", !look::is_dark())) state.theme = "light";
  ImGui::SameLine(0, px(3));
  if (choice("Dark", "theme.dark", look::is_dark())) state.theme = "dark";
}

void setup_panel(Ui& ui) {
  trace_panel(ui);
  deployment_panel(ui);
  strategy_panel(ui);
  appearance(ui.model.state);
}

constexpr Panel kSetup = {"setup", "Setup", setup_panel};
constexpr Panel kPanels[] = {{"placement", "Placement", placement_panel},
                             {"traffic", "Traffic", traffic_panel},
                             {"compare", "Compare", compare_panel},
                             {"redundancy", "Redundancy", redundancy_panel},
                             {"export", "Export", export_panel}};

const Panel& current(const Ui& ui, bool narrow) {
  for (const Panel& panel : kPanels) {
    if (ui.model.state.panel == panel.word) return panel;
  }
  return narrow && ui.model.state.panel == kSetup.word ? kSetup : kPanels[0];
}

// A tab is a word with a line below; the chosen one's is thick.
void tab(Ui& ui, const Panel& panel, bool chosen, float padding) {
  const ImVec2 text = ImGui::CalcTextSize(panel.title);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size = {text.x + 2 * padding, text.y + px(14)};
  if (ImGui::InvisibleButton(panel.word, size)) ui.model.state.panel = panel.word;
  controls::note(std::string("tab.") + panel.word);
  const bool lit = chosen || ImGui::IsItemHovered() || ImGui::IsItemFocused();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddText(chosen ? look::fonts().strong : look::fonts().text, look::fonts().text->FontSize,
                {at.x + padding, at.y + px(6)}, look::colour(lit ? Ink::text : Ink::soft),
                panel.title);
  if (chosen) {
    draw->AddRectFilled({at.x + px(4), at.y + size.y - px(3)},
                        {at.x + size.x - px(4), at.y + size.y}, look::colour(Ink::after), px(1.5f));
  }
}

void tabs(Ui& ui, bool narrow, const Panel& chosen) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  float words = narrow ? ImGui::CalcTextSize(kSetup.title).x : 0;
  for (const Panel& panel : kPanels) words += ImGui::CalcTextSize(panel.title).x;
  const float room = ImGui::GetContentRegionAvail().x - words;
  const float padding = std::clamp(room / (2 * (std::size(kPanels) + 1)), px(4), px(11));
  bool first = true;
  const auto add = [&](const Panel& panel) {
    if (!first) ImGui::SameLine();
    first = false;
    tab(ui, panel, panel.word == chosen.word, padding);
  };
  if (narrow) add(kSetup);
  for (const Panel& panel : kPanels) add(panel);
  ImGui::PopStyleVar();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddLine(at, {at.x + ImGui::GetContentRegionAvail().x, at.y},
                                      look::colour(Ink::line));
  ImGui::Dummy({1, px(6)});
}

void results(Ui& ui, bool narrow) {
  const LinkState& state = ui.model.state;
  const Panel& panel = current(ui, narrow);
  ui.model.wants_sweep = panel.draw == redundancy_panel;
  headline_panel(ui);
  // In another page's frame: what the link is about, and nothing to set up.
  if (!state.embed || state.steps != Range()) time_panel(ui);
  if (!state.embed) tabs(ui, narrow, panel);
  if (begin_column("panel", {0, 0}, false)) {
    panel.draw(ui);
    const bool wants_result = panel.draw != traffic_panel && panel.draw != setup_panel;
    if (wants_result && !ui.model.has_result() && !ui.model.waiting()) {
      soft("There is a placement once the deployment is valid.");
    }
  }
  end_column();
}

}  // namespace

std::span<const Panel> panels() { return kPanels; }

void draw_ui(Ui& ui) {
  constexpr float kNarrow = 860;
  constexpr float kSetupWidth = 316;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const bool embed = ui.model.state.embed;
  const bool narrow = !embed && size.x < px(kNarrow);
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  constexpr ImGuiWindowFlags kFlags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoBringToFrontOnFocus;
  if (ImGui::Begin("playground", nullptr, kFlags)) {
    if (!narrow && !embed) {
      if (begin_column("setup", {px(kSetupWidth), 0}, true)) setup_panel(ui);
      end_column();
      ImGui::SameLine(0, px(18));
    }
    if (begin_column("results", {0, 0}, false)) results(ui, narrow);
    end_column();
  }
  ImGui::End();
}

}  // namespace evenkeel
