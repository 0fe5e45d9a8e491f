// The frames of the page's canvas or of the window: Dear ImGui around the panels. A frame is drawn only when
// something has changed.
#pragma once

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

  // Opens the window; returns an error sentence if that fails. Then everything except drawing works.
  std::string open_window();
  void paste(const char* text);
  // Tab or Shift+Tab: moves to the next or previous control; false at the end. around: wraps around.
  bool tab(bool back, bool around);
  // The canvas has lost the keyboard focus.
  void leave();
  // Takes the engine's answers and sends new questions, without drawing; true if anything is new.
  bool update();
  // Draws changes, if any; true if a frame was drawn.
  bool frame();
  // Draws the next frames even without changes.
  void touch() { frames_due_ = kFramesAfterInput; }
  // Saves a picture of one of the next frames, when the clicked button looks as before.
  void save_picture();
  // Nothing to do: no frame, no answer, no playing.
  bool idle() const;

  Model& model() { return model_; }
  Ui& ui() { return ui_; }
  void set_dark(bool dark);

  // Values for tests and the page; see read() for the words.
  std::string read(std::string_view what);
  // The centre of a control in window coordinates; false if it is not visible.
  bool find(std::string_view control, int& x, int& y) const;

 private:
  // ImGui needs a second frame for effects of the first frame's layout, such as a hovered item.
  static constexpr int kFramesAfterInput = 3;

  Model model_;
  Ui ui_;
  bool is_open_ = false;  // there is something to draw on
  int frames_due_ = kFramesAfterInput;
  std::int64_t frames_ = 0;
  std::vector<float> frame_ms_;  // of the latest frames: processing time of this thread
};

}  // namespace evenkeel
