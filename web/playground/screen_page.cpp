// The canvas of the page. web/input.js calls the functions for its events.

#include <emscripten.h>
#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <string_view>

#include "web/playground/app.hpp"
#include "web/playground/screen.hpp"

// clang-format off
EM_JS(int, page_open_canvas, (), {
  const context = GL.createContext(Module.canvas, {majorVersion: 2, minorVersion: 0, alpha: false, depth: false,
    stencil: false, antialias: false});
  if (context) GL.makeContextCurrent(context);
  return context;
});
EM_JS(void, page_set_cursor, (const char* name), { Module.canvas.style.cursor = UTF8ToString(name); });
// clang-format on

namespace evenkeel {

App& app();  // main_page.cpp

namespace screen {
namespace {

Size size;
float scale = 1;
double latest = 0;  // time of the latest frame in milliseconds
int cursor = ImGuiMouseCursor_Arrow;
int pressed = 0;  // bits of mouse buttons

struct Key {
  std::string_view name;  // as the DOM names it
  ImGuiKey key;
};
constexpr Key kKeys[] = {{"ArrowLeft", ImGuiKey_LeftArrow}, {"ArrowRight", ImGuiKey_RightArrow},
                         {"ArrowUp", ImGuiKey_UpArrow},     {"ArrowDown", ImGuiKey_DownArrow},
                         {"PageUp", ImGuiKey_PageUp},       {"PageDown", ImGuiKey_PageDown},
                         {"Home", ImGuiKey_Home},           {"End", ImGuiKey_End},
                         {"Insert", ImGuiKey_Insert},       {"Delete", ImGuiKey_Delete},
                         {"Backspace", ImGuiKey_Backspace}, {"Enter", ImGuiKey_Enter},
                         {"Escape", ImGuiKey_Escape},       {" ", ImGuiKey_Space}};

ImGuiKey key_of(std::string_view name) {
  if (name.size() == 1) {
    const char lower = static_cast<char>(name[0] | 0x20);
    if (lower >= 'a' && lower <= 'z') return static_cast<ImGuiKey>(ImGuiKey_A + (lower - 'a'));
    if (name[0] >= '0' && name[0] <= '9')
      return static_cast<ImGuiKey>(ImGuiKey_0 + (name[0] - '0'));
  }
  for (const Key& known : kKeys) {
    if (known.name == name) return known.key;
  }
  return ImGuiKey_None;
}

const char* cursor_name(ImGuiMouseCursor shape) {
  switch (shape) {
    case ImGuiMouseCursor_TextInput:
      return "text";
    case ImGuiMouseCursor_ResizeAll:
      return "move";
    case ImGuiMouseCursor_ResizeNS:
      return "ns-resize";
    case ImGuiMouseCursor_ResizeEW:
      return "ew-resize";
    case ImGuiMouseCursor_Hand:
      return "pointer";
    case ImGuiMouseCursor_NotAllowed:
      return "not-allowed";
    default:
      return "default";
  }
}

bool is_open() { return ImGui::GetCurrentContext() != nullptr; }

}  // namespace

std::string open() { return page_open_canvas() != 0 ? "" : "the browser has no WebGL 2"; }

void attach() { ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_HasMouseCursors; }
void close() {}
Size pixels() { return size; }
float pixels_a_unit() { return scale; }

void begin_frame() {
  ImGuiIO& io = ImGui::GetIO();
  const double now = emscripten_get_now();
  io.DeltaTime = latest > 0 ? static_cast<float>(std::max(now - latest, 0.01) / 1000) : 1.0F / 60;
  latest = now;
  io.DisplaySize = {static_cast<float>(size.width), static_cast<float>(size.height)};
  const int wanted = ImGui::GetMouseCursor();
  if (wanted == cursor) return;
  cursor = wanted;
  page_set_cursor(cursor_name(cursor));
}

void show() {}  // the browser does, when the frame's function returns

}  // namespace screen
}  // namespace evenkeel

using evenkeel::app;
namespace screen = evenkeel::screen;

extern "C" {

// The canvas has this size in CSS pixels and in physical ones.
EMSCRIPTEN_KEEPALIVE void app_resize(int width, int pixels, int pixels_down) {
  screen::size = {pixels, pixels_down};
  screen::scale = static_cast<float>(pixels) / static_cast<float>(std::max(1, width));
  app().touch();
}
// The mouse or a finger (touch) is at x, y in CSS pixels of the canvas. button: -1, or a button as the DOM counts them,
// which is now down or not.
EMSCRIPTEN_KEEPALIVE void app_point(float x, float y, int button, int down, int touch) {
  if (!screen::is_open()) return;
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(touch != 0 ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  io.AddMousePosEvent(std::round(x * screen::scale), std::round(y * screen::scale));
  if (button >= 0 && button <= 2) {
    constexpr int kButtons[] = {0, 2, 1};
    io.AddMouseButtonEvent(kButtons[button], down != 0);
    screen::pressed = down != 0 ? screen::pressed | 1 << button : screen::pressed & ~(1 << button);
  }
  app().touch();
}
// The mouse has left the canvas. While a button is down, the canvas still gets its moves.
EMSCRIPTEN_KEEPALIVE void app_point_away() {
  if (!screen::is_open() || screen::pressed != 0) return;
  ImGui::GetIO().AddMousePosEvent(-FLT_MAX, -FLT_MAX);
  app().touch();
}
EMSCRIPTEN_KEEPALIVE void app_wheel(float x, float y) {
  if (!screen::is_open()) return;
  ImGui::GetIO().AddMouseWheelEvent(x, y);
  app().touch();
}
// A key as the DOM names it, and the modifiers: 1 Ctrl, 2 Shift, 4 Alt, 8 Meta. Returns 1 if it is one of the keys
// that controls may use.
EMSCRIPTEN_KEEPALIVE int app_key(const char* name, int down, int modifiers) {
  if (!screen::is_open()) return 0;
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Ctrl, (modifiers & 1) != 0);
  io.AddKeyEvent(ImGuiMod_Shift, (modifiers & 2) != 0);
  io.AddKeyEvent(ImGuiMod_Alt, (modifiers & 4) != 0);
  io.AddKeyEvent(ImGuiMod_Super, (modifiers & 8) != 0);
  const ImGuiKey key = screen::key_of(name);
  if (key != ImGuiKey_None) io.AddKeyEvent(key, down != 0);
  app().touch();
  return key != ImGuiKey_None ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE void app_type(const char* text) {
  if (!screen::is_open()) return;
  ImGui::GetIO().AddInputCharactersUTF8(text);
  app().touch();
}
// The page's window has the keyboard focus or has lost it: then no key is down.
EMSCRIPTEN_KEEPALIVE void app_focus(int has) {
  if (!screen::is_open()) return;
  ImGui::GetIO().AddFocusEvent(has != 0);
  app().touch();
}

}  // extern "C"
