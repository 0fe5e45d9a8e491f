// Small parts shared by several panels.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "web/playground/look.hpp"

namespace evenkeel {

// Text; ImGui's own functions need a format or an end pointer.
inline void plain(std::string_view text) {
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
}
void soft(std::string_view text);                    // small and secondary
void wrapped(look::Ink ink, std::string_view text);  // small, in lines
// The first of several sentences, each after the same words, and how many more there are.
void wrapped(look::Ink ink, std::string_view before, const std::vector<std::string>& sentences);
void heading(std::string_view text);
void section(std::string_view title);  // a heading with space and a line above
void tip(std::string_view text);       // for the last submitted item

// An entry of a legend: a mark and its meaning.
enum class Mark : std::uint8_t { line, dashes, square, dot };
void legend(Mark mark, ImU32 colour, std::string_view text);

// A named control. Widths are lengths of scale 1; 0: the width of its text; negative: the available width
// minus this.
bool button(std::string_view text, std::string_view name, float width = 0);
// One of several buttons in a row; the chosen one is filled.
bool choice(std::string_view text, std::string_view name, bool chosen, float width = 0);
// True when `on` has changed.
bool check_box(std::string_view text, std::string_view name, bool& on);
// A field for a whole number. True when a different number within the limits has been entered; for other
// input field_problem has an error, which is shown below the field.
bool whole_number(std::string_view name, std::uint64_t& value, std::uint64_t least,
                  std::uint64_t most, float width);
// A field for a short text, with a label in front and a hint where it is empty. True when another text has been
// entered that `accepts`; for others field_problem says what is `expected`.
bool short_text(std::string_view label, std::string_view name, std::string& value,
                std::string_view hint, bool (*accepts)(std::string_view), std::string_view expected,
                std::string_view help);
void field_problem(std::string_view name);
const std::string& field_problem();  // of the last edited field
// The same with buttons and a label in front.
struct Limits {
  std::int32_t least;
  std::int32_t most;
};
bool number(std::string_view label, std::string_view name, std::int32_t& value, Limits limits,
            std::string_view help);
bool number(std::string_view label, std::string_view name, std::uint64_t& value,
            std::uint64_t least, std::uint64_t most, std::string_view help);
// A slider after its text, which has space for the widest text. Left and Right move it, with Ctrl by 10.
bool slider(std::string_view text, std::string_view widest, std::string_view name, int& value,
            int least, int most, float width);
// A combo box; the caller submits the items and calls ImGui::EndCombo.
bool begin_combo(std::string_view name, std::string_view shown, float width);
// One item of it, with an explanation on a second line.
bool combo_item(std::string_view text, std::string_view sentence, bool chosen,
                std::string_view name);

// A scrolling column, also by touch.
bool begin_column(std::string_view name, ImVec2 size, bool framed);
void end_column();

std::string times(double factor);  // "1.86×"

}  // namespace evenkeel
