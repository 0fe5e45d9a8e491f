// Where the playground is drawn and where its input comes from: a canvas of the page (screen_page.cpp), or a window
// by SDL2 (screen_window.cpp). There is one.
#pragma once

#include <string>

namespace evenkeel::screen {

// Opens it with an OpenGL context; returns an error sentence if that fails.
std::string open();
// Tells ImGui about it. ImGui's context exists.
void attach();
void close();

// Its size in physical pixels.
struct Size {
  int width = 1;
  int height = 1;
};
Size pixels();
// Physical pixels per unit of its width: of a CSS pixel in a page.
float pixels_a_unit();

// Gives ImGui the time and the size. Call it once before each of ImGui's frames.
void begin_frame();
// Shows the frame.
void show();

}  // namespace evenkeel::screen
