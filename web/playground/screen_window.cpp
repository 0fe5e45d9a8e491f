#include "web/playground/screen_window.hpp"

#include <imgui.h>
#include <imgui_impl_sdl2.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "web/playground/screen.hpp"

namespace evenkeel::screen {
namespace {

SDL_Window* window = nullptr;
SDL_GLContext context = nullptr;

}  // namespace

std::string open() {
  SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return SDL_GetError();
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 2);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
  window =
      SDL_CreateWindow("Evenkeel playground", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, 1280,
                       800, SDL_WINDOW_OPENGL | SDL_WINDOW_ALLOW_HIGHDPI | SDL_WINDOW_RESIZABLE);
  if (window == nullptr) return SDL_GetError();
  context = SDL_GL_CreateContext(window);
  if (context != nullptr) return {};
  std::string failed = SDL_GetError();
  SDL_DestroyWindow(std::exchange(window, nullptr));
  SDL_Quit();
  return failed;
}

void attach() { ImGui_ImplSDL2_InitForOpenGL(window, context); }

void close() {
  ImGui_ImplSDL2_Shutdown();
  SDL_GL_DeleteContext(context);
  SDL_DestroyWindow(window);
  SDL_Quit();
}

Size pixels() {
  Size size;
  SDL_GL_GetDrawableSize(window, &size.width, &size.height);
  return size;
}

float pixels_a_unit() {
  int width = 1, height = 1;
  SDL_GetWindowSize(window, &width, &height);
  return static_cast<float>(pixels().width) / static_cast<float>(std::max(1, width));
}

void begin_frame() {
  ImGui_ImplSDL2_NewFrame();
  const Size size = pixels();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(size.width), static_cast<float>(size.height)};
  io.DisplayFramebufferScale = {1, 1};
}

void show() { SDL_GL_SwapWindow(window); }

bool take(App& app, const SDL_Event& event) {
  app.touch();
  if (event.type == SDL_QUIT) return true;
  if ((event.type == SDL_KEYDOWN || event.type == SDL_KEYUP) && event.key.keysym.sym == SDLK_TAB &&
      (event.key.keysym.mod & (KMOD_CTRL | KMOD_ALT | KMOD_GUI)) == 0) {
    if (event.type == SDL_KEYDOWN) app.tab((event.key.keysym.mod & KMOD_SHIFT) != 0, true);
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

}  // namespace evenkeel::screen
