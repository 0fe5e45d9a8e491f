// The result in four numbers, and the window of time.

#include <algorithm>
#include <cmath>

#include "core/base/numbers.hpp"
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
  std::string brief = {};  // instead of `below` where that is too long
};

void draw_tile(const Tile& tile, ImVec2 size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 to = {at.x + size.x, at.y + size.y};
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(at, to, look::colour(Ink::wash), px(8));
  draw->AddRectFilled(at, {at.x + px(5), to.y}, look::colour(tile.ink), px(8),
                      ImDrawFlags_RoundCornersLeft);
  draw->PushClipRect(at, to, true);
  const auto text = [&](ImFont* font, float y, Ink ink, const std::string& words) {
    draw->AddText(font, font->FontSize, {at.x + px(16), at.y + px(y)}, look::colour(ink),
                  words.c_str());
  };
  text(look::fonts().small, 9, Ink::soft, tile.title);
  text(look::fonts().big, 25, Ink::text, tile.number);
  ImFont* const small = look::fonts().small;
  const float wide = small->CalcTextSizeA(small->FontSize, FLT_MAX, 0, tile.below.c_str()).x;
  const bool fits = tile.brief.empty() || wide <= size.x - px(20);
  text(small, 59, Ink::soft, fits ? tile.below : tile.brief);
  draw->PopClipRect();
  ImGui::Dummy(size);
}

void tiles(const Model& model, Tile (&out)[4]) {
  const Headline all = model.headline();
  const Summary summary =
      summarize({model.window().result.metrics, model.window().loads.numbers()});
  const RatioPair pair = ratios(all.strategy, all.bound);
  const auto tile = [](const std::string& name, const std::string& number, const StepMetrics& steps,
                       Ink ink) {
    const std::string of_sum = "hottest GPU / mean";
    if (steps.steps == 0) return Tile{name, number, of_sum, ink};
    const std::string by_step = "in a step " + times(1 + steps.imbalance);
    return Tile{name, number, of_sum + ", " + by_step, ink, by_step};
  };
  out[0] = tile("No balancer", times(all.without), model.window().steps_without, Ink::before);
  out[1] = tile(model.strategy_label(), pair.first + "×", model.window().result.steps, Ink::after);
  const std::string within = "optimal within " + percent(summary["gap_to_bound"]);
  out[2] = {"Lower bound", pair.second + "×",
            within + (model.window().shape.nodes > 1 ? " with groups on nodes" : ""), Ink::bound,
            within};
  const double lost = all.without > 0 ? 1 - all.strategy / all.without : 0;
  out[3] = {
      "Balancedness", ratio(summary["balancedness"]),
      lost >= 0 ? "hottest GPU " + percent(lost) + " below no balancer" : "worse than no balancer",
      Ink::line, lost >= 0 ? "hottest GPU -" + percent(lost) : "worse than without"};
}

// The same in a frame of another page, with less height.
void draw_small_tile(const Tile& tile, ImVec2 size) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 to = {at.x + size.x, at.y + size.y};
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(at, to, look::colour(Ink::wash), px(6));
  draw->AddRectFilled(at, {at.x + px(4), to.y}, look::colour(tile.ink), px(6),
                      ImDrawFlags_RoundCornersLeft);
  draw->PushClipRect(at, to, true);
  const auto text = [&](ImFont* font, float y, Ink ink, const std::string& words) {
    draw->AddText(font, font->FontSize, {at.x + px(12), at.y + px(y)}, look::colour(ink),
                  words.c_str());
  };
  text(look::fonts().small, 5, Ink::soft, tile.title);
  text(look::fonts().strong, 20, Ink::text, tile.number);
  ImFont* small = look::fonts().small;
  const float wide =
      look::fonts()
          .strong->CalcTextSizeA(look::fonts().strong->FontSize, FLT_MAX, 0, tile.number.c_str())
          .x;
  const char* words = tile.ink == Ink::line ? "mean / max" : "max / mean";
  const float begin = at.x + px(20) + wide;
  if (begin + small->CalcTextSizeA(small->FontSize, FLT_MAX, 0, words).x <= to.x) {
    draw->AddText(small, small->FontSize, {begin, at.y + px(22)}, look::colour(Ink::soft), words);
  }
  draw->PopClipRect();
  ImGui::Dummy(size);
}

// All steps as a track, with the window as a part that can be dragged.
void window_track(Model& model, const Range& window, std::int64_t length) {
  const std::int64_t steps = model.opened().steps;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size = {std::max(ImGui::GetContentRegionAvail().x, px(80)), ImGui::GetFrameHeight()};
  controls::area("window.track", size);
  const int way = controls::arrows();
  const bool lit = ImGui::IsItemHovered() || ImGui::IsItemActive();
  const auto x = [&](std::int64_t step) {
    return at.x +
           size.x * static_cast<float>(static_cast<double>(step) / static_cast<double>(steps));
  };
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(at, {at.x + size.x, at.y + size.y}, look::colour(Ink::wash), px(6));
  draw->AddRectFilled({x(window.begin), at.y},
                      {std::max(x(window.end), x(window.begin) + px(6)), at.y + size.y},
                      look::faded(look::colour(Ink::after), lit ? 0.42f : 0.28f), px(6));
  const std::string text =
      "steps " + grouped(window.begin) + " to " + grouped(window.end) + " of " + grouped(steps);
  const ImVec2 wide = ImGui::CalcTextSize(text.c_str());
  draw->AddText({at.x + (size.x - wide.x) / 2, at.y + (size.y - wide.y) / 2},
                look::colour(Ink::text), text.c_str());
  if (length >= steps) return;
  if (lit) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  std::int64_t begin = window.begin;
  if (ImGui::IsItemActive()) {
    const double share = (ImGui::GetIO().MousePos.x - at.x) / size.x;
    begin = std::llround(share * static_cast<double>(steps)) - length / 2;
  }
  begin += way * std::max<std::int64_t>(1, length / 4);
  begin = std::clamp<std::int64_t>(begin, 0, steps - length);
  if (begin != window.begin) model.state.steps = {begin, begin + length};
}

}  // namespace

void headline_panel(Ui& ui) {
  const Model& model = ui.model;
  if (const std::string trouble = model.trouble(); !trouble.empty()) {
    wrapped(Ink::alarm, trouble);
    if (!model.problems().empty() && button("Dismiss", "trouble.close")) {
      ui.model.drop_problems();
    }
  }
  if (const std::string_view changed = model.old_default(); !changed.empty()) {
    wrapped(Ink::text, changed);
    if (button("Use deepseek", "old_default.restore")) ui.model.restore_old_default();
    ImGui::SameLine();
    if (button("Keep keel", "old_default.keep")) ui.model.keep_default();
  }
  if (model.has_loads()) wrapped(Ink::alarm, "Warning: ", model.opened().warnings);
  if (!model.has_result()) {
    const Busy& busy = model.busy();
    const std::int64_t percent = busy.done * 100 / std::max<std::int64_t>(1, busy.of);
    if (model.trouble().empty()) {
      soft(busy.what.empty() ? "computing" : busy.what + ", " + std::to_string(percent) + " %");
    }
    return;
  }
  Tile all[4];
  tiles(model, all);
  const float room = ImGui::GetContentRegionAvail().x;
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const bool small = model.state.embed;
  const int columns = room < px(small ? 400 : 520) ? 2 : 4;
  const ImVec2 size = {(room - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns),
                       px(small ? 42 : 82)};
  for (int i = 0; i < 4; ++i) {
    if (i % columns != 0) ImGui::SameLine();
    small ? draw_small_tile(all[i], size) : draw_tile(all[i], size);
  }
}

// The scrubber: begin and length of the window, and play.
void time_panel(Ui& ui) {
  Model& model = ui.model;
  const std::int64_t steps = model.opened().steps;
  if (steps < 2) return;
  constexpr std::uint64_t kMsAWindow = 250;
  Range window = model.steps();
  std::int64_t length = std::max<std::int64_t>(1, window.end - window.begin);
  const bool whole = length >= steps;

  if (ui.playing_windows && !model.waiting() && now_ms() >= ui.next_play) {
    ui.next_play = now_ms() + kMsAWindow;
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
    tip(counted(share, "step") + " summed to one window");
  }
  ImGui::SameLine();
  auto wanted = static_cast<std::uint64_t>(length);
  const bool entered =
      whole_number("window.length", wanted, 1, static_cast<std::uint64_t>(steps), 64);
  tip("Steps per window");
  if (entered) {
    length = static_cast<std::int64_t>(wanted);
    window.begin = std::min(window.begin, steps - length);
    model.state.steps = length == steps ? Range() : Range{window.begin, window.begin + length};
  }
  ImGui::SameLine();
  ImGui::BeginDisabled(whole);
  if (button(ui.playing_windows ? "Stop" : "Play", "window.play", 52)) {
    ui.playing_windows = !ui.playing_windows;
  }
  ImGui::EndDisabled();
  ImGui::SameLine();
  if (ImGui::GetContentRegionAvail().x < px(200)) ImGui::NewLine();
  window_track(model, window, length);
  field_problem("window.length");
}

}  // namespace evenkeel
