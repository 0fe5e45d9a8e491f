// The window, its input and its frames: SDL2 and Dear ImGui around the panels. A frame is drawn only when
// something has changed.
#pragma once

#include <SDL.h>

#include <string>
#include <string_view>
#include <vector>

#include "web/playground/ui.hpp"

namespace evenkeel {

class App {
 public:
  App(EngineClient& engine, Platform& platform) : model_(engine), ui_{model_, platform} {}
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Opens the window; a sentence where that fails. Without it everything but drawing goes on.
  std::string open_window(int width, int height);
  void resize(int width, int height);
  // Takes an input event; true where it asks to end the program.
  bool take(const SDL_Event& event);
  void paste(const char* text);
  // Tab, or Shift+Tab: goes to the next control or the one before; false at the end. around: goes on there.
  bool tab(bool back, bool around);
  // The keys go elsewhere from now on.
  void leave();
  // Takes the engine's answers and asks what has changed, without drawing; true if anything is new.
  bool update();
  // Draws what has changed, if anything; true if a frame was drawn.
  bool frame();
  // Draws the next frames, whatever has changed.
  void touch() { frames_due_ = kFramesAfterInput; }
  // Saves a picture of one of the next frames, when what was clicked for it looks as before.
  void save_picture();
  // Nothing is due: no frame, no answer, no playing.
  bool idle() const;

  Model& model() { return model_; }
  Ui& ui() { return ui_; }
  void set_dark(bool dark);

  // What tests and the page read; see read() for the words.
  std::string read(std::string_view what);
  // The middle of a control in the window's coordinates; false where it is not visible.
  bool find(std::string_view control, int& x, int& y) const;

 private:
  // ImGui needs a second frame for what the first one's layout changes, such as a hovered item.
  static constexpr int kFramesAfterInput = 3;
  float pixels_a_unit() const;

  Model model_;
  Ui ui_;
  SDL_Window* window_ = nullptr;
  SDL_GLContext context_ = nullptr;
  int frames_due_ = kFramesAfterInput;
  std::int64_t frames_ = 0;
  std::vector<float> frame_ms_;  // of the latest frames: the time that this thread took
};

}  // namespace evenkeel
