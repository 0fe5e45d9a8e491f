// How the playground looks: sizes, fonts, two themes, and the palettes of the report (core/io).
//
// ImGui runs in physical pixels, so that text lies on them whatever the screen's scale; px() turns the
// lengths that this program is written in, those of a screen of scale 1, into physical ones.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string_view>

namespace evenkeel::look {

// Makes fonts and style for a scale; again when it changes, between frames.
void set_scale(float scale);
float scale();
inline float px(float length) { return length * scale(); }

void set_dark(bool dark);
bool is_dark();

struct Fonts {
  ImFont* text = nullptr;
  ImFont* strong = nullptr;
  ImFont* small = nullptr;
  ImFont* big = nullptr;
};
const Fonts& fonts();

// What a colour is for.
enum class Ink : std::uint8_t {
  text,
  soft,    // secondary text
  paper,   // behind everything
  wash,    // behind a panel or tile
  line,    // borders and axes
  faint,   // grids
  before,  // no balancer: orange of the Okabe-Ito palette
  after,   // the chosen strategy: blue
  bound,   // the lower bound: bluish green
  alarm,   // errors and the hottest GPU: vermilion
  count_,
};
ImU32 colour(Ink ink);
ImVec4 colour4(Ink ink);

// Viridis, for magnitudes from 0 to 1.
ImU32 magnitude(float place);
// For things without an order: eight colours, told apart by every kind of colour vision.
ImU32 category(std::size_t number);
// A shade of its own for each of many experts that lie next to each other.
ImU32 expert_colour(std::int32_t expert);
// Text that is readable on this colour.
ImU32 text_on(ImU32 background);
ImU32 faded(ImU32 of, float alpha);

}  // namespace evenkeel::look
