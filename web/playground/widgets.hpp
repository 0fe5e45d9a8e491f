// Small parts that several panels are made of.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "web/playground/look.hpp"

namespace evenkeel {

// Text, of which ImGui's own functions want a format or an end.
inline void plain(std::string_view text) {
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
}
void soft(std::string_view text);                    // small and secondary
void wrapped(look::Ink ink, std::string_view text);  // small, in lines
void heading(std::string_view text);
void section(std::string_view title);  // a heading with room and a line above
void tip(std::string_view text);       // over the item submitted last

// An entry of a legend: a mark and what it stands for.
enum class Mark : std::uint8_t { line, dashes, square, dot };
void legend(Mark mark, ImU32 colour, std::string_view text);

// A named control; widths are in lengths of scale 1, 0: as wide as its text, below 0: as much less than
// the room there is.
bool button(std::string_view text, std::string_view name, float width = 0);
// Of two or more buttons in a row the chosen one is filled.
bool choice(std::string_view text, std::string_view name, bool chosen, float width = 0);
// A field for a whole number. True once another one within the limits was entered; for anything else there is
// a sentence, which field_problem shows below the field.
bool whole_number(std::string_view name, std::uint64_t& value, std::uint64_t least,
                  std::uint64_t most, float width);
void field_problem(std::string_view name);
const std::string& field_problem();  // of the field that was filled in last
// Such a field with buttons, its label in front.
struct Limits {
  std::int32_t least;
  std::int32_t most;
};
bool number(std::string_view label, std::string_view name, std::int32_t& value, Limits limits,
            std::string_view help);
bool number(std::string_view label, std::string_view name, std::uint64_t& value,
            std::uint64_t least, std::uint64_t most, std::string_view help);
// A slider behind its text, which has room for the widest one. Left and Right move it, with Ctrl by 10.
bool slider(std::string_view text, std::string_view widest, std::string_view name, int& value,
            int least, int most, float width);
// A combo's frame around items that the caller submits; end with ImGui::EndCombo.
bool begin_combo(std::string_view name, std::string_view shown, float width);
// One item of it, with a second line that says what it is.
bool combo_item(std::string_view text, std::string_view sentence, bool chosen,
                std::string_view name);

// In a column of its own: a child that scrolls, by touch as well.
bool begin_column(std::string_view name, ImVec2 size, bool framed);
void end_column();

std::string times(double ratio);  // "1.86×"

}  // namespace evenkeel
