// The look of the playground: sizes, fonts, two themes, and the palettes of the report.
//
// ImGui uses physical pixels, so that text is aligned to them at any scale. px() converts the lengths in this
// program, which are those of a screen with scale 1, to physical pixels.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string_view>

namespace evenkeel::look {

// Sets fonts and style for a scale; call it again, between frames, when the scale changes.
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

// The purpose of a colour.
enum class Ink : std::uint8_t {
  text,
  soft,    // secondary text
  paper,   // background
  wash,    // background of a panel or tile
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
// Eight colours for unordered things, distinguishable with every kind of colour vision.
inline constexpr std::size_t kCategoryCount = 8;
ImU32 category(std::size_t number);
// A separate shade for each of many neighbouring experts.
ImU32 expert_colour(std::int32_t expert);
// Text that is readable on this colour.
ImU32 text_on(ImU32 background);
ImU32 faded(ImU32 of, float alpha);

}  // namespace evenkeel::look
