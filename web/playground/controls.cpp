#include "web/playground/controls.hpp"

#include <imgui_internal.h>

#include <vector>

namespace evenkeel::controls {
namespace {

struct Control {
  std::string name;
  ImVec2 middle;
  ImGuiID id;
  bool visible;
  bool stop;
};
std::vector<Control> latest;
std::string wanted;  // the control to focus
int patience = 0;    // remaining frames for it to appear

bool popup_is_open() { return ImGui::GetCurrentContext()->OpenPopupStack.Size > 0; }

// Moves the keyboard focus to the last submitted item, in any column.
void take_focus() {
  ImGuiContext& g = *ImGui::GetCurrentContext();
  // Between columns the request itself changes the window; the focused one may still be drawn.
  if (g.NavWindow == nullptr || g.NavWindow->RootWindow != g.CurrentWindow->RootWindow) {
    ImGui::SetNavWindow(g.CurrentWindow);
  }
  ImGui::NavMoveRequestSubmit(
      ImGuiDir_None, ImGuiDir_Up, ImGuiNavMoveFlags_IsTabbing | ImGuiNavMoveFlags_FocusApi,
      ImGuiScrollFlags_KeepVisibleEdgeX | ImGuiScrollFlags_KeepVisibleEdgeY);
  ImGui::NavMoveRequestResolveWithLastItem(&g.NavMoveResultLocal);
}

void add(std::string_view name, ImVec2 from, ImVec2 to, Stop stop) {
  const ImGuiLastItemData& item = ImGui::GetCurrentContext()->LastItemData;
  const bool stops =
      stop == Stop::yes && item.ID != 0 && (item.InFlags & ImGuiItemFlags_Disabled) == 0;
  latest.push_back({std::string(name),
                    {(from.x + to.x) / 2, (from.y + to.y) / 2},
                    item.ID,
                    ImGui::IsItemVisible(),
                    stops});
  if (wanted.empty() || wanted != name) return;
  wanted.clear();
  take_focus();
}

std::size_t place_of(ImGuiID id) {
  std::size_t at = 0;
  while (at < latest.size() && (id == 0 || latest[at].id != id)) ++at;
  return at;
}

}  // namespace

void begin_frame() {
  latest.clear();
  if (patience == 0 || --patience == 0) wanted.clear();
}

void note(std::string_view name, Stop stop) {
  add(name, ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), stop);
}

void note(std::string_view name, ImVec2 from, ImVec2 to, Stop stop) { add(name, from, to, stop); }

bool find(std::string_view name, ImVec2& middle) {
  for (const Control& control : latest) {
    if (!control.visible || control.name != name) continue;
    middle = control.middle;
    return true;
  }
  return false;
}

std::string_view focused() {
  if (!by_keyboard()) return {};
  const std::size_t at = place_of(ImGui::GetCurrentContext()->NavId);
  return at < latest.size() ? std::string_view(latest[at].name) : std::string_view();
}

bool go(bool back, bool around) {
  if (popup_is_open()) {
    ImGui::ClosePopupsExceptModals();
    return true;
  }
  const ImGuiContext& g = *ImGui::GetCurrentContext();
  const std::size_t here = place_of(g.NavId);
  // An item chosen with the mouse is shown first.
  const bool shown = g.ActiveId != 0 || !g.NavDisableHighlight || back || here == latest.size();
  const auto first_stop = [&](std::size_t from, std::size_t to) {
    for (; from != to; back ? --from : ++from) {
      const Control& control = latest[back ? from - 1 : from];
      if (!control.stop) continue;
      go_to(control.name);
      return true;
    }
    return false;
  };
  const std::size_t end = back ? 0 : latest.size();
  const std::size_t begin = back ? latest.size() : 0;
  const bool nowhere = here == latest.size();
  if (first_stop(nowhere ? begin : back || !shown ? here : here + 1, end)) return true;
  return around && first_stop(begin, end);
}

void go_to(std::string_view name) {
  wanted = name;
  patience = 4;
}

bool by_keyboard() {
  const ImGuiContext& g = *ImGui::GetCurrentContext();
  return !g.NavDisableHighlight && g.NavId != 0;
}

void leave() {
  ImGui::ClearActiveID();
  ImGui::GetCurrentContext()->NavDisableHighlight = true;
}

bool takes_escape() { return popup_is_open() || ImGui::IsAnyItemActive(); }

int arrows(Held held) {
  const ImGuiContext& g = *ImGui::GetCurrentContext();
  const bool right = g.NavMoveDir == ImGuiDir_Right;
  if (!ImGui::IsItemFocused() || !g.NavMoveSubmitted || (!right && g.NavMoveDir != ImGuiDir_Left)) {
    return 0;
  }
  ImGui::NavMoveRequestCancel();  // otherwise the focus would leave
  const ImGuiKey key = right ? ImGuiKey_RightArrow : ImGuiKey_LeftArrow;
  if (held == Held::once && !ImGui::IsKeyPressed(key, false)) return 0;
  return right ? 1 : -1;
}

bool area(std::string_view name, ImVec2 size, Stop stop) {
  const bool pressed = ImGui::InvisibleButton(std::string(name).c_str(), size);
  note(name, stop);
  const ImRect& rect = ImGui::GetCurrentContext()->LastItemData.Rect;
  ImGui::RenderNavHighlight(rect, ImGui::GetItemID());
  return pressed;
}

}  // namespace evenkeel::controls
