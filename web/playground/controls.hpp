// The controls of the latest frame in order: their positions, for tests that click them, and keyboard
// navigation.
//
// Tab moves from control to control across all columns. Left and Right change controls with many values
// (sliders, plots); elsewhere arrow keys move to the neighbour in their direction (ImGui's navigation).
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel::controls {

// Whether Tab stops at a control. In a group of alternatives it stops at the chosen one.
enum class Stop : std::uint8_t { no, yes };

void begin_frame();
// Names the last submitted item.
void note(std::string_view name, Stop stop = Stop::yes);
void note(std::string_view name, ImVec2 from, ImVec2 to, Stop stop = Stop::yes);
// The centre of a control in physical pixels; false if it was not visible.
bool find(std::string_view name, ImVec2& middle);
// The name of the control with the keyboard focus; empty if there is none.
std::string_view focused();

// Moves the focus to the next or previous control in the next frame; false if there is none in this
// direction. around: wraps to the other end.
bool go(bool back, bool around);
// Moves the focus to a control when it appears.
void go_to(std::string_view name);
// Whether the keyboard is used for navigation; leave() is called when the canvas loses the keyboard focus.
bool by_keyboard();
void leave();
// Whether Escape has something to close here: an open list, or a field that is being edited.
bool takes_escape();

// -1, 0 or 1: the direction in which Left and Right change the last submitted item; repeated while a key is
// held, or once.
enum class Held : std::uint8_t { repeats, once };
int arrows(Held held = Held::repeats);
// An invisible item that shows when it has the keyboard focus. True when it is pressed.
bool area(std::string_view name, ImVec2 size, Stop stop = Stop::yes);

}  // namespace evenkeel::controls
