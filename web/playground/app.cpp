#include "web/playground/app.hpp"

#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "web/playground/controls.hpp"
#include "web/playground/gl.hpp"
#include "web/playground/look.hpp"
#include "web/playground/screen.hpp"
#include "web/playground/summary.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kFramesTimed = 256;

}  // namespace

App::~App() {
  if (!is_open_) return;
  ImGui_ImplOpenGL3_Shutdown();
  screen::close();
  ImGui::DestroyContext();
}

std::string App::open_window() {
  if (std::string failed = screen::open(); !failed.empty()) return failed;
  is_open_ = true;
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = false;  // frames are drawn only after changes
  screen::attach();
  ImGui_ImplOpenGL3_Init(nullptr);
  io.ClipboardUserData = &ui_.platform;
  io.SetClipboardTextFn = [](void* platform, const char* text) {
    static_cast<Platform*>(platform)->copy(text);
  };
  look::set_scale(screen::pixels_a_unit());
  return {};
}

void App::paste(const char* text) {
  if (!is_open_) return;
  ImGuiIO& io = ImGui::GetIO();
  for (const ImGuiKey held : {ImGuiMod_Ctrl, ImGuiMod_Super}) {
    io.AddKeyEvent(held, false);  // Ctrl of Ctrl+V: while it is down, fields accept no characters
  }
  io.AddInputCharactersUTF8(text);
  touch();
}

bool App::tab(bool back, bool around) {
  if (!is_open_) return false;
  touch();
  return controls::go(back, around);
}

void App::leave() {
  if (!is_open_) return;
  controls::leave();
  touch();
}

void App::set_dark(bool dark) {
  if (!is_open_) return;
  look::set_dark(dark);
  ui_.heat_number = -1;
  touch();
}

bool App::idle() const {
  return ui_.picture_in == 0 && frames_due_ == 0 && !model_.waiting() && !model_.comparing() &&
         !ui_.playing_steps && !ui_.playing_windows;
}

std::uint64_t now_ms() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now).count());
}

bool App::update() {
  const bool changed = model_.update();
  if (changed) frames_due_ = std::max(frames_due_, 2);
  return changed;
}

bool App::frame() {
  const bool plays = ui_.playing_steps || ui_.playing_windows;
  if (plays && now_ms() >= ui_.next_play) frames_due_ = std::max(frames_due_, 2);
  update();
  if (ui_.picture_in > 0) frames_due_ = std::max(frames_due_, 1);
  if (frames_due_ == 0) return false;
  --frames_due_;
  if (!is_open_) return true;  // changes are only read, not drawn
  ++frames_;
  const auto begin = std::chrono::steady_clock::now();
  const float scale = screen::pixels_a_unit();
  if (scale != look::scale()) {
    look::set_scale(scale);
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  ImGui_ImplOpenGL3_NewFrame();
  screen::begin_frame();
  const auto [width, height] = screen::pixels();
  // Asked here and not when the key arrives: by then ImGui may not yet have seen the end of a click before it.
  const bool escape_is_used = controls::takes_escape();
  ImGui::NewFrame();
  if (ImGui::IsKeyPressed(ImGuiKey_Escape, false) && !escape_is_used) ui_.platform.give_keys_away();
  controls::begin_frame();
  const LinkState before = model_.state;
  draw_ui(ui_);
  // Draws the effect of a click; events that need their own frame get one.
  const bool events_wait = !ImGui::GetCurrentContext()->InputEventsQueue.empty();
  if (events_wait || !(model_.state == before)) frames_due_ = std::max(frames_due_, 2);
  ImGui::Render();
  glViewport(0, 0, width, height);
  const ImVec4 paper = look::colour4(look::Ink::paper);
  glClearColor(paper.x, paper.y, paper.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  if (ui_.picture_in > 0 && --ui_.picture_in == 0) {
    ui_.said = ui_.platform.save_picture(width, height);
    frames_due_ = std::max(frames_due_, 2);
  }
  screen::show();
  const std::chrono::duration<float, std::milli> taken = std::chrono::steady_clock::now() - begin;
  if (frame_ms_.size() == kFramesTimed) frame_ms_.erase(frame_ms_.begin());
  frame_ms_.push_back(taken.count());
  return true;
}

void App::save_picture() { ui_.picture_in = 2; }

std::string App::read(std::string_view what) {
  if (what == "said") return ui_.said;
  if (what == "order") return ui_.order;
  if (!is_open_ && what == "focused") return "";
  if (what == "focused") return std::string(controls::focused());
  if (what == "field_problem") return field_problem();
  if (what == "frames") return std::to_string(frames_);
  if (what == "idle") return idle() ? "1" : "0";
  if (what == "frame_ms") {
    std::string list;
    for (const float ms : frame_ms_) list += (list.empty() ? "" : " ") + std::to_string(ms);
    return list;
  }
  return read_model(model_, what);
}

bool App::find(std::string_view control, int& x, int& y) const {
  ImVec2 middle;
  if (!controls::find(control, middle)) return false;
  x = static_cast<int>(std::lround(middle.x / screen::pixels_a_unit()));
  y = static_cast<int>(std::lround(middle.y / screen::pixels_a_unit()));
  return true;
}

}  // namespace evenkeel
