#include "web/playground/widgets.hpp"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "web/playground/controls.hpp"

namespace evenkeel {

using look::Ink;
using look::px;

namespace {

std::string typed;  // into the focused field
struct Refused {
  std::string name;
  std::string sentence;
} refused;  // the last input if it was not a valid number

}  // namespace

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

void wrapped(Ink ink, std::string_view before, const std::vector<std::string>& sentences) {
  constexpr std::size_t kMost = 4;  // a recording of many files can have many
  for (std::size_t i = 0; i < std::min(sentences.size(), kMost); ++i) {
    wrapped(ink, std::string(before) + sentences[i]);
  }
  if (sentences.size() > kMost) {
    wrapped(ink, "and " + std::to_string(sentences.size() - kMost) + " more");
  }
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
    case Mark::dashes:
      draw->AddLine({at.x, y}, {at.x + px(6), y}, colour, px(2.5f));
      draw->AddLine({at.x + px(9), y}, {at.x + px(15), y}, colour, px(2.5f));
      break;
    case Mark::square:
      draw->AddRectFilled({at.x, y - px(5)}, {at.x + px(10), y + px(5)}, colour, px(2));
      break;
    case Mark::dot:
      draw->AddCircleFilled({at.x + px(4), y}, px(4), colour);
      break;
  }
  const bool is_wide = mark == Mark::line || mark == Mark::dashes;
  ImGui::Dummy({px(is_wide ? 16.0f : 11.0f), 1});
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

bool check_box(std::string_view text, std::string_view name, bool& on) {
  const std::string label = std::string(text) + "###" + std::string(name);
  const bool changed = ImGui::Checkbox(label.c_str(), &on);
  controls::note(name);
  return changed;
}

bool whole_number(std::string_view name, std::uint64_t& value, std::uint64_t least,
                  std::uint64_t most, float width) {
  char text[24];
  std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(value));
  ImGui::SetNextItemWidth(width < 0 ? -1 : px(width));
  const std::string id = "##" + std::string(name);
  if (ImGui::InputText(id.c_str(), text, sizeof text,
                       ImGuiInputTextFlags_CharsDecimal | ImGuiInputTextFlags_AutoSelectAll)) {
    typed = text;
  }
  const bool entered = ImGui::IsItemDeactivatedAfterEdit();
  controls::note(name);
  if (!entered) return false;
  std::uint64_t number = 0;
  if (!parse_whole(typed, number) || number < least || number > most) {
    refused = {std::string(name), in_quotes(typed) + ": expected a whole number from " +
                                      std::to_string(least) + " to " + std::to_string(most)};
    return false;
  }
  refused = {};
  return std::exchange(value, number) != number;
}

bool short_text(std::string_view label, std::string_view name, std::string& value,
                std::string_view hint, bool (*accepts)(std::string_view), std::string_view expected,
                std::string_view help) {
  constexpr float kWidth = 128;
  ImGui::AlignTextToFramePadding();
  plain(label);
  tip(help);
  ImGui::SameLine(
      std::max(ImGui::GetContentRegionAvail().x - px(kWidth) + ImGui::GetCursorPosX(), px(100)));
  char text[256];
  std::snprintf(text, sizeof text, "%s", value.c_str());
  ImGui::SetNextItemWidth(-1);
  const std::string id = "##" + std::string(name);
  if (ImGui::InputTextWithHint(id.c_str(), std::string(hint).c_str(), text, sizeof text,
                               ImGuiInputTextFlags_AutoSelectAll)) {
    typed = text;
  }
  const bool entered = ImGui::IsItemDeactivatedAfterEdit();
  controls::note(name);
  tip(help);
  bool changed = false;
  if (entered && !typed.empty() && !accepts(typed)) {
    refused = {std::string(name), in_quotes(typed) + ": expected " + std::string(expected)};
  } else if (entered) {
    refused = {};
    changed = std::exchange(value, typed) != value;
  }
  field_problem(name);
  return changed;
}

void field_problem(std::string_view name) {
  if (refused.name == name) wrapped(Ink::alarm, refused.sentence);
}
const std::string& field_problem() { return refused.sentence; }

bool number(std::string_view label, std::string_view name, std::uint64_t& value,
            std::uint64_t least, std::uint64_t most, std::string_view help) {
  constexpr float kWidth = 128;
  constexpr std::uint64_t kFast = 8;
  ImGui::AlignTextToFramePadding();
  plain(label);
  tip(help);
  ImGui::SameLine(
      std::max(ImGui::GetContentRegionAvail().x - px(kWidth) + ImGui::GetCursorPosX(), px(100)));
  const float side = ImGui::GetFrameHeight();
  const float gap = ImGui::GetStyle().ItemInnerSpacing.x / 2;
  const float field = px(kWidth) - 2 * (side + gap);
  bool changed = whole_number(name, value, least, most, field / look::scale());
  tip(help);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {0, ImGui::GetStyle().FramePadding.y});
  ImGui::PushButtonRepeat(true);
  const auto step = [&](const char* sign, bool up) {
    ImGui::SameLine(0, gap);
    const std::string own = std::string(name) + (up ? ".more" : ".less");
    const std::uint64_t by = ImGui::GetIO().KeyCtrl ? kFast : 1;
    const std::uint64_t room = up ? most - std::min(value, most) : value - std::min(least, value);
    if (ImGui::Button((sign + ("###" + own)).c_str(), {side, 0}) && room > 0) {
      value = up ? value + std::min(by, room) : value - std::min(by, room);
      changed = true;
    }
    controls::note(own, controls::Stop::no);
  };
  step("\u2013", false);
  step("+", true);
  ImGui::PopButtonRepeat();
  ImGui::PopStyleVar();
  field_problem(name);
  return changed;
}

bool number(std::string_view label, std::string_view name, std::int32_t& value, Limits limits,
            std::string_view help) {
  auto wide = static_cast<std::uint64_t>(std::max(0, value));
  const bool changed = number(label, name, wide, static_cast<std::uint64_t>(limits.least),
                              static_cast<std::uint64_t>(limits.most), help);
  if (changed) value = static_cast<std::int32_t>(wide);
  return changed;
}

bool slider(std::string_view text, std::string_view widest, std::string_view name, int& value,
            int least, int most, float width) {
  const float left = ImGui::GetCursorPosX();
  ImGui::AlignTextToFramePadding();
  plain(text);
  ImGui::SameLine();
  const float wide = ImGui::CalcTextSize(widest.data(), widest.data() + widest.size()).x;
  ImGui::SetCursorPosX(left + wide + px(10));
  ImGui::SetNextItemWidth(width < 0 ? -1 : px(width));
  const std::string id = "##" + std::string(name);
  bool changed = ImGui::SliderInt(id.c_str(), &value, least, most, "",
                                  ImGuiSliderFlags_AlwaysClamp | ImGuiSliderFlags_NoInput);
  controls::note(name);
  if (const int way = controls::arrows(); way != 0) {
    constexpr int kFast = 10;
    value = std::clamp(value + way * (ImGui::GetIO().KeyCtrl ? kFast : 1), least, most);
    changed = true;
  }
  return changed;
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
  controls::note(name, controls::Stop::no);
  if (chosen) ImGui::SetItemDefaultFocus();
  const ImVec2 after = ImGui::GetCursorPos();
  ImGui::SetCursorPos({at.x, at.y + px(1)});
  plain(text);
  if (!sentence.empty()) {
    ImGui::SetCursorPos({at.x, at.y + line + px(2)});
    soft(sentence);
  }
  ImGui::SetCursorPos(after);
  return pressed;
}

bool begin_column(std::string_view name, ImVec2 size, bool framed) {
  // No area is filled twice: large areas are slow without a GPU.
  ImGui::PushStyleColor(ImGuiCol_ChildBg, framed ? look::colour(Ink::wash) : 0);
  // Arrow keys move between columns.
  const bool open = ImGui::BeginChild(std::string(name).c_str(), size,
                                      framed ? ImGuiChildFlags_Border : ImGuiChildFlags_None,
                                      ImGuiWindowFlags_NavFlattened);
  ImGui::PopStyleColor();
  return open;
}

// Vertical finger movement scrolls, whatever is under the finger.
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

std::string times(double factor) { return ratio(factor) + "×"; }

}  // namespace evenkeel
