// Where on the canvas the controls of the latest frame are, by name: for tests, which click them.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

namespace evenkeel::controls {

void begin_frame();
// Names the item that was submitted last.
void note(std::string_view name);
void note(std::string_view name, ImVec2 from, ImVec2 to);
// The middle of a control in physical pixels; false where it was not visible.
bool find(std::string_view name, ImVec2& middle);

}  // namespace evenkeel::controls
