#include "web/playground/plot.hpp"

#include <algorithm>
#include <cmath>

#include "web/playground/controls.hpp"
#include "web/playground/look.hpp"

namespace evenkeel {

using look::Ink;
using look::px;

std::vector<double> round_ticks(double from, double to, int count) {
  std::vector<double> ticks;
  const double rough = (to - from) / std::max(1, count);
  if (!(rough > 0)) return ticks;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = power * factor;
    if (step >= rough) break;
  }
  for (double tick = std::ceil(from / step - 1e-9) * step; tick <= to + step * 1e-6; tick += step) {
    ticks.push_back(std::fabs(tick) < step * 1e-6 ? 0.0 : tick);
  }
  return ticks;
}

Plot::Plot(std::string_view name, float height, Span x, Span y)
    : draw_(ImGui::GetWindowDrawList()), x_(x), y_(y) {
  if (!(x_.to > x_.from)) x_.to = x_.from + 1;
  if (!(y_.to > y_.from)) y_.to = y_.from + 1;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 size = {std::max(ImGui::GetContentRegionAvail().x, px(120)), px(height)};
  controls::area(name, size);
  way_ = controls::arrows();
  hovered_ = ImGui::IsItemHovered(ImGuiHoveredFlags_NoNavOverride);
  clicked_ = ImGui::IsItemClicked();
  from_ = {corner.x + px(46), corner.y + px(8)};
  to_ = {corner.x + size.x - px(10), corner.y + size.y - px(24)};
}

ImVec2 Plot::at(double x, double y) const {
  return {from_.x + static_cast<float>((x - x_.from) / (x_.to - x_.from)) * (to_.x - from_.x),
          to_.y - static_cast<float>((y - y_.from) / (y_.to - y_.from)) * (to_.y - from_.y)};
}

double Plot::mouse_x() const {
  const double share = (ImGui::GetIO().MousePos.x - from_.x) / (to_.x - from_.x);
  return x_.from + std::clamp(share, 0.0, 1.0) * (x_.to - x_.from);
}

void Plot::text(ImVec2 where, ImU32 colour, std::string_view text, float align) const {
  ImFont* font = look::fonts().small;
  const char* end = text.data() + text.size();
  const ImVec2 size = font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), end);
  draw_->AddText(font, font->FontSize,
                 {std::round(where.x - size.x * align), std::round(where.y - size.y / 2)}, colour,
                 text.data(), end);
}

void Plot::grid_y(const Text& text_of) {
  const int count = std::max(2, static_cast<int>((to_.y - from_.y) / px(42)));
  for (const double tick : round_ticks(y_.from, y_.to, count)) {
    const float y = std::round(at(0, tick).y) + 0.5f;
    draw_->AddLine({from_.x, y}, {to_.x, y}, look::colour(Ink::faint));
    text({from_.x - px(7), y}, look::colour(Ink::soft), text_of(tick), 1);
  }
}

void Plot::ticks_x(const Text& text_of, bool whole_numbers) {
  const int count = std::max(2, static_cast<int>((to_.x - from_.x) / px(90)));
  for (const double tick : round_ticks(x_.from, x_.to, count)) {
    if (whole_numbers && tick != std::floor(tick)) continue;
    const float x = at(tick, 0).x;
    draw_->AddLine({x, to_.y}, {x, to_.y + px(4)}, look::colour(Ink::line));
    text({x, to_.y + px(13)}, look::colour(Ink::soft), text_of(tick), 0.5f);
  }
  draw_->AddLine({from_.x, to_.y}, {to_.x, to_.y}, look::colour(Ink::line));
}

void Plot::level(double y, ImU32 colour, bool dashed, std::string_view label) const {
  const float at_y = std::round(at(0, y).y) + 0.5f;
  if (dashed) {
    for (float x = from_.x; x < to_.x; x += px(9)) {
      draw_->AddLine({x, at_y}, {std::min(x + px(5), to_.x), at_y}, colour, px(1.5f));
    }
  } else {
    draw_->AddLine({from_.x, at_y}, {to_.x, at_y}, colour, px(1.5f));
  }
  if (!label.empty()) text({to_.x - px(2), at_y - px(8)}, colour, label, 1);
}

void Plot::line(std::span<const ImVec2> points, ImU32 colour, float width) const {
  draw_->AddPolyline(points.data(), static_cast<int>(points.size()), colour, 0, px(width));
}

}  // namespace evenkeel
