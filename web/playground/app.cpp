#include "web/playground/app.hpp"

#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_impl_sdl2.h>
#include <imgui_internal.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "web/playground/controls.hpp"
#include "web/playground/gl.hpp"
#include "web/playground/look.hpp"
#include "web/playground/summary.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kFramesTimed = 256;

void ask_for_gl() {
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, kGlProfile);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, kGlMajor);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, kGlMinor);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
}

}  // namespace

App::~App() {
  if (context_ == nullptr) return;
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplSDL2_Shutdown();
  ImGui::DestroyContext();
  SDL_GL_DeleteContext(context_);
  SDL_DestroyWindow(window_);
  SDL_Quit();
}

std::string App::open_window(int width, int height) {
  // Only the canvas receives keys: the rest of the page keeps its own handling.
  SDL_SetHint("SDL_EMSCRIPTEN_KEYBOARD_ELEMENT", "#canvas");
  SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return SDL_GetError();
  ask_for_gl();
  const Uint32 flags = SDL_WINDOW_OPENGL | SDL_WINDOW_ALLOW_HIGHDPI | kWindowFlags;
  window_ = SDL_CreateWindow("Evenkeel playground", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                             width, height, flags);
  if (window_ == nullptr) return SDL_GetError();
  context_ = SDL_GL_CreateContext(window_);
  if (context_ == nullptr) {
    std::string failed = SDL_GetError();
    SDL_DestroyWindow(std::exchange(window_, nullptr));
    SDL_Quit();
    return failed;
  }
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = false;  // frames are drawn only after changes
  ImGui_ImplSDL2_InitForOpenGL(window_, context_);
  ImGui_ImplOpenGL3_Init(nullptr);
  io.ClipboardUserData = &ui_.platform;
  io.SetClipboardTextFn = [](void* platform, const char* text) {
    static_cast<Platform*>(platform)->copy(text);
  };
  look::set_scale(pixels_a_unit());
  return {};
}

float App::pixels_a_unit() const {
  int width = 1, height = 1, pixels = 1, pixels_down = 1;
  SDL_GetWindowSize(window_, &width, &height);
  SDL_GL_GetDrawableSize(window_, &pixels, &pixels_down);
  return static_cast<float>(pixels) / static_cast<float>(std::max(1, width));
}

void App::resize(int width, int height) {
  if (context_ == nullptr) return;
  SDL_SetWindowSize(window_, width, height);
  touch();
}

bool App::take(const SDL_Event& event) {
  touch();
  if (event.type == SDL_QUIT) return true;
  if ((event.type == SDL_KEYDOWN || event.type == SDL_KEYUP) && event.key.keysym.sym == SDLK_TAB &&
      (event.key.keysym.mod & (KMOD_CTRL | KMOD_ALT | KMOD_GUI)) == 0) {
    if (event.type == SDL_KEYDOWN) tab((event.key.keysym.mod & KMOD_SHIFT) != 0, true);
    return false;
  }
  SDL_Event scaled = event;  // ImGui uses physical pixels
  if (event.type == SDL_MOUSEMOTION) {
    scaled.motion.x = static_cast<int>(std::lround(event.motion.x * pixels_a_unit()));
    scaled.motion.y = static_cast<int>(std::lround(event.motion.y * pixels_a_unit()));
  }
  ImGui_ImplSDL2_ProcessEvent(&scaled);
  return false;
}

void App::paste(const char* text) {
  if (context_ == nullptr) return;
  ImGuiIO& io = ImGui::GetIO();
  for (const ImGuiKey held : {ImGuiMod_Ctrl, ImGuiMod_Super}) {
    io.AddKeyEvent(held, false);  // Ctrl of Ctrl+V: while it is down, fields accept no characters
  }
  io.AddInputCharactersUTF8(text);
  touch();
}

bool App::tab(bool back, bool around) {
  if (context_ == nullptr) return false;
  touch();
  return controls::go(back, around);
}

void App::leave() {
  if (context_ == nullptr) return;
  controls::leave();
  touch();
}

void App::set_dark(bool dark) {
  if (context_ == nullptr) return;
  look::set_dark(dark);
  ui_.heat_number = -1;
  touch();
}

bool App::idle() const {
  return ui_.picture_in == 0 && frames_due_ == 0 && !model_.waiting() && !model_.comparing() &&
         !ui_.playing_steps && !ui_.playing_windows;
}

std::uint64_t now_ms() { return SDL_GetTicks64(); }

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
  if (context_ == nullptr) return true;  // changes are only read, not drawn
  ++frames_;
  const auto begin = std::chrono::steady_clock::now();
  const float scale = pixels_a_unit();
  if (scale != look::scale()) {
    look::set_scale(scale);
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplSDL2_NewFrame();
  int width = 1, height = 1;
  SDL_GL_GetDrawableSize(window_, &width, &height);
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
  io.DisplayFramebufferScale = {1, 1};
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
  SDL_GL_SwapWindow(window_);
  const std::chrono::duration<float, std::milli> taken = std::chrono::steady_clock::now() - begin;
  if (frame_ms_.size() == kFramesTimed) frame_ms_.erase(frame_ms_.begin());
  frame_ms_.push_back(taken.count());
  return true;
}

void App::save_picture() { ui_.picture_in = 2; }

std::string App::read(std::string_view what) {
  if (what == "said") return ui_.said;
  if (what == "order") return ui_.order;
  if (context_ == nullptr && what == "focused") return "";
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
  x = static_cast<int>(std::lround(middle.x / pixels_a_unit()));
  y = static_cast<int>(std::lround(middle.y / pixels_a_unit()));
  return true;
}

}  // namespace evenkeel
