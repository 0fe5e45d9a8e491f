// The answer, in four numbers; and the window of time that it is about.

#include <algorithm>
#include <cstdio>

#include "core/io/report_numbers.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

struct Tile {
  std::string title;
  std::string number;
  std::string below;
  Ink ink;
};

void draw_tile(const Tile& tile, ImVec2 size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 to = {at.x + size.x, at.y + size.y};
  draw->AddRectFilled(at, to, look::colour(Ink::wash), px(8));
  draw->AddRectFilled(at, {at.x + px(5), to.y}, look::colour(tile.ink), px(8),
                      ImDrawFlags_RoundCornersLeft);
  ImGui::BeginGroup();
  ImGui::PushClipRect(at, to, true);
  const float left = px(16);
  const ImVec2 cursor = ImGui::GetCursorPos();
  ImGui::SetCursorPos({cursor.x + left, cursor.y + px(8)});
  soft(tile.title);
  ImGui::SetCursorPos({cursor.x + left, cursor.y + px(25)});
  ImGui::PushFont(look::fonts().big);
  plain(tile.number);
  ImGui::PopFont();
  ImGui::SetCursorPos({cursor.x + left, cursor.y + px(58)});
  soft(tile.below);
  ImGui::PopClipRect();
  ImGui::SetCursorPos(cursor);
  ImGui::Dummy(size);
  ImGui::EndGroup();
}

void tiles(const Model& model, Tile (&out)[4]) {
  const Headline all = model.headline();
  const Summary summary = summarize(model.window().result.metrics);
  const report::RatioPair pair = report::ratios(all.strategy, all.bound);
  out[0] = {"No balancer", times(all.without), "hottest GPU / mean", Ink::before};
  out[1] = {model.strategy_label(), pair.first + "×", "hottest GPU / mean", Ink::after};
  out[2] = {"Lower bound", pair.second + "×", "no placement can do better", Ink::bound};
  const double lost = all.without > 0 ? 1 - all.strategy / all.without : 0;
  out[3] = {"Balancedness", report::ratio(summary.balancedness),
            lost >= 0 ? report::percent(lost) + " less waiting" : "worse than none", Ink::line};
}

}  // namespace

void headline_panel(Ui& ui) {
  const Model& model = ui.model;
  if (const std::string trouble = model.trouble(); !trouble.empty()) {
    wrapped(Ink::alarm, trouble);
    if (!model.problems().empty()) {
      if (button("Understood", "trouble.close")) ui.model.drop_problems();
      return;
    }
  }
  if (!model.has_result()) {
    if (model.trouble().empty()) soft(model.busy().what.empty() ? "computing" : model.busy().what);
    return;
  }
  Tile all[4];
  tiles(model, all);
  const float room = ImGui::GetContentRegionAvail().x;
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const int columns = room < px(560) ? 2 : 4;
  const ImVec2 size = {(room - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns),
                       px(82)};
  for (int i = 0; i < 4; ++i) {
    if (i % columns != 0) ImGui::SameLine();
    draw_tile(all[i], size);
  }
}

// The scrubber: where the window begins, how long it is, and play.
void time_panel(Ui& ui) {
  Model& model = ui.model;
  const std::int64_t steps = model.opened().steps;
  if (steps < 2) return;
  constexpr double kSecondsAWindow = 0.25;
  Range window = model.steps();
  std::int64_t length = std::max<std::int64_t>(1, window.end - window.begin);
  const bool whole = length >= steps;

  if (ui.playing_windows && !model.waiting() && ImGui::GetTime() >= ui.next_play) {
    ui.next_play = ImGui::GetTime() + kSecondsAWindow;
    window.begin += std::max<std::int64_t>(1, length / 4);
    if (window.begin + length > steps) window.begin = 0;
    model.state.steps = {window.begin, window.begin + length};
  }

  ImGui::AlignTextToFramePadding();
  heading("Window");
  ImGui::SameLine();
  constexpr int kShares[] = {1, 4, 16};
  const char* names[] = {"all", "1/4", "1/16"};
  for (int i = 0; i < 3; ++i) {
    const std::int64_t share = std::max<std::int64_t>(1, steps / kShares[i]);
    if (i != 0) ImGui::SameLine(0, px(3));
    if (choice(names[i], std::string("window.") + names[i], length == share)) {
      ui.playing_windows = ui.playing_windows && i != 0;
      window.begin = std::min(window.begin, steps - share);
      model.state.steps = i == 0 ? Range() : Range{window.begin, window.begin + share};
      length = share;
    }
    tip(report::counted(share, "step") + " summed into one load");
  }
  ImGui::SameLine();
  ImGui::BeginDisabled(whole);
  if (button(ui.playing_windows ? "Stop" : "Play", "window.play", 52)) {
    ui.playing_windows = !ui.playing_windows;
  }
  ImGui::SameLine();
  std::int64_t begin = window.begin;
  const std::int64_t least = 0, most = steps - length;
  char text[64];
  std::snprintf(text, sizeof text, "steps %lld to %lld of %lld", static_cast<long long>(begin),
                static_cast<long long>(window.end), static_cast<long long>(steps));
  ImGui::SetNextItemWidth(-1);
  if (ImGui::SliderScalar("##window", ImGuiDataType_S64, &begin, &least, &most, text)) {
    model.state.steps = {begin, begin + length};
  }
  controls::note("window.slider");
  ImGui::EndDisabled();
}

}  // namespace evenkeel
