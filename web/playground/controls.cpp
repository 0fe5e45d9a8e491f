#include "web/playground/controls.hpp"

#include <vector>

namespace evenkeel::controls {
namespace {

struct Control {
  std::string name;
  ImVec2 middle;
};
std::vector<Control> latest;

}  // namespace

void begin_frame() { latest.clear(); }

void note(std::string_view name) {
  if (ImGui::IsItemVisible()) note(name, ImGui::GetItemRectMin(), ImGui::GetItemRectMax());
}

void note(std::string_view name, ImVec2 from, ImVec2 to) {
  latest.push_back({std::string(name), {(from.x + to.x) / 2, (from.y + to.y) / 2}});
}

bool find(std::string_view name, ImVec2& middle) {
  for (const Control& control : latest) {
    if (control.name != name) continue;
    middle = control.middle;
    return true;
  }
  return false;
}

}  // namespace evenkeel::controls
