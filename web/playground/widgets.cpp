#include "web/playground/widgets.hpp"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "core/io/report_numbers.hpp"
#include "web/playground/controls.hpp"

namespace evenkeel {

using look::Ink;
using look::px;

void soft(std::string_view text) {
  ImGui::PushFont(look::fonts().small);
  ImGui::PushStyleColor(ImGuiCol_Text, look::colour(Ink::soft));
  plain(text);
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

void wrapped(Ink ink, std::string_view text) {
  ImGui::PushFont(look::fonts().small);
  ImGui::PushStyleColor(ImGuiCol_Text, look::colour(ink));
  ImGui::PushTextWrapPos(0);
  plain(text);
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

void heading(std::string_view text) {
  ImGui::PushFont(look::fonts().strong);
  plain(text);
  ImGui::PopFont();
}

void section(std::string_view title) {
  ImGui::Dummy({0, px(6)});
  ImGui::Separator();
  ImGui::Dummy({0, px(2)});
  heading(title);
}

void tip(std::string_view text) {
  if (text.empty() || !ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(px(320));
  plain(text);
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

void legend(Mark mark, ImU32 colour, std::string_view text) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float y = at.y + look::fonts().small->FontSize / 2;
  switch (mark) {
    case Mark::line:
      draw->AddLine({at.x, y}, {at.x + px(14), y}, colour, px(2.5f));
      break;
    case Mark::square:
      draw->AddRectFilled({at.x, y - px(5)}, {at.x + px(10), y + px(5)}, colour, px(2));
      break;
    case Mark::dot:
      draw->AddCircleFilled({at.x + px(4), y}, px(4), colour);
      break;
  }
  ImGui::Dummy({px(mark == Mark::line ? 16.0f : 11.0f), 1});
  ImGui::SameLine(0, px(3));
  soft(text);
}

bool button(std::string_view text, std::string_view name, float width) {
  const std::string label = std::string(text) + "###" + std::string(name);
  const bool pressed = ImGui::Button(label.c_str(), {width < 0 ? -1 : px(width), 0});
  controls::note(name);
  return pressed;
}

bool choice(std::string_view text, std::string_view name, bool chosen, float width) {
  if (chosen) {
    const ImU32 accent = look::colour(Ink::after);
    for (const ImGuiCol_ at : {ImGuiCol_Button, ImGuiCol_ButtonHovered, ImGuiCol_ButtonActive}) {
      ImGui::PushStyleColor(at, accent);
    }
    ImGui::PushStyleColor(ImGuiCol_Text, look::text_on(accent));
  }
  const bool pressed = button(text, name, width);
  if (chosen) ImGui::PopStyleColor(4);
  return pressed;
}

bool number(std::string_view label, std::string_view name, std::int32_t& value,
            std::string_view help) {
  constexpr float kWidth = 128;
  ImGui::AlignTextToFramePadding();
  plain(label);
  tip(help);
  ImGui::SameLine(
      std::max(ImGui::GetContentRegionAvail().x - px(kWidth) + ImGui::GetCursorPosX(), px(100)));
  ImGui::SetNextItemWidth(px(kWidth));
  const std::string id = "##" + std::string(name);
  std::int32_t typed = value;
  const bool changed = ImGui::InputInt(id.c_str(), &typed, 1, 8);
  const ImVec2 corner = ImGui::GetItemRectMin();
  const float field = ImGui::GetItemRectSize().x - 2 * ImGui::GetFrameHeight();
  controls::note(name, corner, {corner.x + field, ImGui::GetItemRectMax().y});
  tip(help);
  if (!changed || typed == value) return false;
  value = typed;
  return true;
}

bool begin_combo(std::string_view name, std::string_view shown, float width) {
  ImGui::SetNextItemWidth(width < 0 ? -1 : px(width));
  const std::string id = "##" + std::string(name);
  const bool open =
      ImGui::BeginCombo(id.c_str(), std::string(shown).c_str(), ImGuiComboFlags_HeightLargest);
  if (!open) controls::note(name);
  return open;
}

bool combo_item(std::string_view text, std::string_view sentence, bool chosen,
                std::string_view name) {
  const std::string id = "##" + std::string(name);
  const ImVec2 at = ImGui::GetCursorPos();
  ImGui::PushFont(look::fonts().small);
  const float small_line = ImGui::GetTextLineHeight();
  const float wide = ImGui::CalcTextSize(sentence.data(), sentence.data() + sentence.size()).x;
  ImGui::PopFont();
  const float line = ImGui::GetTextLineHeight();
  const float height = line + (sentence.empty() ? 0 : small_line) + px(4);
  const bool pressed = ImGui::Selectable(id.c_str(), chosen, 0, {std::max(wide, px(120)), height});
  controls::note(name);
  const ImVec2 after = ImGui::GetCursorPos();
  ImGui::SetCursorPos({at.x, at.y + px(1)});
  plain(text);
  if (!sentence.empty()) {
    ImGui::SetCursorPos({at.x, at.y + line + px(2)});
    soft(sentence);
  }
  ImGui::SetCursorPos(after);
  if (chosen) ImGui::SetItemDefaultFocus();
  return pressed;
}

bool begin_column(std::string_view name, ImVec2 size, bool framed) {
  // Nothing is filled that is filled already: large areas are what costs, where no GPU draws.
  ImGui::PushStyleColor(ImGuiCol_ChildBg, framed ? look::colour(Ink::wash) : 0);
  // Arrow keys go from one column to the other.
  const bool open = ImGui::BeginChild(std::string(name).c_str(), size,
                                      framed ? ImGuiChildFlags_Border : ImGuiChildFlags_None,
                                      ImGuiWindowFlags_NavFlattened);
  ImGui::PopStyleColor();
  return open;
}

// A finger that moves up or down scrolls, whatever it came down on.
void end_column() {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.MouseSource == ImGuiMouseSource_TouchScreen &&
      ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
      ImGui::IsMouseDragging(ImGuiMouseButton_Left, px(8))) {
    const ImVec2 way = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, px(8));
    if (std::fabs(way.y) > 2 * std::fabs(way.x)) {
      ImGui::ClearActiveID();
      ImGui::SetScrollY(ImGui::GetScrollY() - io.MouseDelta.y);
    }
  }
  ImGui::EndChild();
}

std::string times(double ratio) { return report::ratio(ratio) + "×"; }

}  // namespace evenkeel
