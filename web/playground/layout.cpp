// Layout of the panels on the canvas: two columns, or one with tabs if it is narrow.

#include <algorithm>
#include <vector>

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

// In one column, or in two where they fit: then less has to be scrolled.
void setup_panel(Ui& ui) {
  constexpr float kTwoColumns = 520;
  constexpr float kGap = 18;
  const float room = ImGui::GetContentRegionAvail().x;
  const bool two = room >= px(kTwoColumns);
  if (two) begin_column("loads", {(room - px(kGap)) / 2, 0}, false);
  trace_panel(ui);
  deployment_panel(ui);
  if (two) {
    end_column();
    ImGui::SameLine(0, px(kGap));
    begin_column("choices", {0, 0}, false);
  }
  strategy_panel(ui);
  appearance(ui.model.state);
  if (two) end_column();
}

constexpr Panel kSetup = {"setup", "Setup", setup_panel};
constexpr Panel kPanels[] = {
    {"placement", "Placement", placement_panel}, {"traffic", "Traffic", traffic_panel},
    {"compare", "Compare", compare_panel},       {"redundancy", "Redundancy", redundancy_panel},
    {"replay", "Replay", replay_panel},          {"export", "Export", export_panel}};

const Panel& current(const Ui& ui, bool narrow) {
  for (const Panel& panel : kPanels) {
    if (ui.model.state.panel == panel.word) return panel;
  }
  return narrow && ui.model.state.panel == kSetup.word ? kSetup : kPanels[0];
}

std::string tab_name(const Panel& panel) { return std::string("tab.") + panel.word; }

// A tab is a word with a line below, which is thick for the chosen tab. Returns how far the keyboard moves
// from it.
int tab(Ui& ui, const Panel& panel, bool chosen, float padding) {
  const float font_size = ImGui::GetFontSize();
  const ImVec2 text = ImGui::CalcTextSize(panel.title);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size = {text.x + 2 * padding, text.y + px(14)};
  const controls::Stop stop = chosen ? controls::Stop::yes : controls::Stop::no;
  if (controls::area(tab_name(panel), size, stop)) ui.model.state.panel = panel.word;
  const int way = controls::arrows(controls::Held::once);
  const bool lit = chosen || ImGui::IsItemHovered() || ImGui::IsItemFocused();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddText(chosen ? look::fonts().strong : ImGui::GetFont(), font_size,
                {at.x + padding, at.y + px(6)}, look::colour(lit ? Ink::text : Ink::soft),
                panel.title);
  if (chosen) {
    draw->AddRectFilled({at.x + px(4), at.y + size.y - px(3)},
                        {at.x + size.x - px(4), at.y + size.y}, look::colour(Ink::after), px(1.5f));
  }
  return way;
}

void tabs(Ui& ui, bool narrow, const Panel& chosen) {
  constexpr float kSides = 2 * (std::size(kPanels) + 1);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  const auto room = [&] {  // beside the words
    float left = ImGui::GetContentRegionAvail().x;
    if (narrow) left -= ImGui::CalcTextSize(kSetup.title).x;
    for (const Panel& panel : kPanels) left -= ImGui::CalcTextSize(panel.title).x;
    return left;
  };
  const bool is_small = room() < kSides * px(4);
  if (is_small) ImGui::PushFont(look::fonts().small);
  const float padding = std::clamp(room() / kSides, px(2), px(11));
  std::vector<const Panel*> shown;
  if (narrow) shown.push_back(&kSetup);
  for (const Panel& panel : kPanels) shown.push_back(&panel);
  int to = -1;
  for (int i = 0; i < std::ssize(shown); ++i) {
    const Panel& panel = *shown[static_cast<std::size_t>(i)];
    if (i != 0) ImGui::SameLine();
    const int way = tab(ui, panel, panel.word == chosen.word, padding);
    if (way != 0) to = std::clamp(i + way, 0, static_cast<int>(shown.size()) - 1);
  }
  if (to >= 0) {
    const Panel& panel = *shown[static_cast<std::size_t>(to)];
    ui.model.state.panel = panel.word;
    controls::go_to(tab_name(panel));
  }
  if (is_small) ImGui::PopFont();
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
  ui.model.wants_replay = panel.draw == replay_panel && !ui.replay_paused;
  headline_panel(ui);
  // In a frame of another page: only the panel of the link, without the setup.
  if (!state.embed || state.steps != Range()) time_panel(ui);
  if (!state.embed) tabs(ui, narrow, panel);
  if (begin_column("panel", {0, 0}, false)) {
    panel.draw(ui);
    const bool wants_result = panel.draw != traffic_panel && panel.draw != setup_panel;
    const bool is_refused = !ui.model.refusal().empty() && !ui.model.waiting();
    if (wants_result && is_refused) {
      soft("A placement is shown when the deployment is valid.");
      if (narrow || state.embed) suggestions(ui);  // otherwise the setup shows them
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
  const float below = controls::by_keyboard() ? -px(24) : 0;  // room for a line about keys
  constexpr ImGuiWindowFlags kFlags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoBringToFrontOnFocus;
  if (ImGui::Begin("playground", nullptr, kFlags)) {
    if (!narrow && !embed) {
      if (begin_column("setup", {px(kSetupWidth), below}, true)) setup_panel(ui);
      end_column();
      ImGui::SameLine(0, px(18));
    }
    if (begin_column("results", {0, below}, false)) results(ui, narrow);
    end_column();
    if (below < 0) {
      soft(size.x < px(kNarrow)
               ? "Tab: next · Arrows: neighbour or value · Space: press · Esc: leave"
               : "Tab: next control · Arrows: neighbour, or change the value · Space: press · "
                 "Enter: edit · Escape: leave");
    }
  }
  ImGui::End();
}

}  // namespace evenkeel
