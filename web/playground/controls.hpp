// The controls of the latest frame in their order: where they are, for tests, which click them; and the way
// from one to the next for whoever has only a keyboard.
//
// Tab goes from control to control, over all columns. Left and Right change what has many values (sliders,
// plots); elsewhere arrow keys go to the neighbour in their direction, by ImGui's navigation.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel::controls {

// Whether Tab stops at a control. Of several that choose one thing it stops at the chosen one.
enum class Stop : std::uint8_t { no, yes };

void begin_frame();
// Names the item that was submitted last.
void note(std::string_view name, Stop stop = Stop::yes);
void note(std::string_view name, ImVec2 from, ImVec2 to, Stop stop = Stop::yes);
// The middle of a control in physical pixels; false where it was not visible.
bool find(std::string_view name, ImVec2& middle);
// The name of the control that the keyboard is at; empty: none.
std::string_view focused();

// Goes to the next control, or the one before, in the next frame; false where there is none in this direction.
// around: then to the other end.
bool go(bool back, bool around);
// Goes to a control once it is there.
void go_to(std::string_view name);
// Whether somebody moves by keyboard; and what is done when the keys go elsewhere.
bool by_keyboard();
void leave();
// Whether Escape has something to end here: an open list, or a field that is being filled in.
bool takes_escape();

// -1, 0 or 1: where to change the item that was submitted last, by Left and Right; again and again while a key
// is held, or once.
enum class Held : std::uint8_t { repeats, once };
int arrows(Held held = Held::repeats);
// An invisible item that shows when the keyboard is at it. True when it is pressed.
bool area(std::string_view name, ImVec2 size, Stop stop = Stop::yes);

}  // namespace evenkeel::controls
