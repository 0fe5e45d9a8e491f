#include "web/playground/plot.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.hpp"
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

Plot::Plot(std::string_view name, float height, Span x, Span y, Names names)
    : draw_(ImGui::GetWindowDrawList()), x_(x), y_(y) {
  if (!(x_.to > x_.from)) x_.to = x_.from + 1;
  if (!(y_.to > y_.from)) y_.to = y_.from + 1;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 size = {std::max(ImGui::GetContentRegionAvail().x, px(120)), px(height)};
  controls::area(name, size);
  way_ = controls::arrows();
  hovered_ = ImGui::IsItemHovered(ImGuiHoveredFlags_NoNavOverride);
  clicked_ = ImGui::IsItemClicked();
  from_ = {corner.x + px(46), corner.y + px(names.y.empty() ? 8 : 24)};
  to_ = {corner.x + size.x - px(20), corner.y + size.y - px(names.x.empty() ? 24 : 38)};
  text({corner.x, corner.y + px(8)}, look::colour(Ink::soft), names.y);
  text({to_.x, to_.y + px(27)}, look::colour(Ink::soft), names.x, 1);
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
  if (text.empty()) return;
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

void Plot::grid_y() {
  const int count = std::max(2, static_cast<int>((to_.y - from_.y) / px(42)));
  const std::vector<double> ticks = round_ticks(y_.from, y_.to, count);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-6)), 2, 6);
  grid_y([decimals](double y) { return fixed(y, decimals); });
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

// Neighbours joined, so that there is at most one point for each pixel.
std::vector<TimeLine::Point> Plot::joined(const TimeLine& line) const {
  const auto pixels = static_cast<std::size_t>(std::max(1.0f, to_.x - from_.x));
  const std::size_t many = std::max<std::size_t>(1, (line.points.size() + pixels - 1) / pixels);
  std::vector<TimeLine::Point> all;
  for (std::size_t first = 0; first < line.points.size(); first += many) {
    TimeLine::Point of_all;
    float sum = 0, count = 0;
    for (std::size_t i = first; i < std::min(first + many, line.points.size()); ++i) {
      const TimeLine::Point& point = line.points[i];
      if (point.mean < 0) continue;
      of_all.least = count == 0 ? point.least : std::min(of_all.least, point.least);
      of_all.most = count == 0 ? point.most : std::max(of_all.most, point.most);
      sum += point.mean;
      ++count;
    }
    if (count > 0) of_all.mean = sum / count;
    all.push_back(of_all);
  }
  return all;
}

void Plot::series(const TimeLine& line, double from, double length, const Stroke& stroke) const {
  const std::vector<TimeLine::Point> points = joined(line);
  if (points.empty()) return;
  const auto many = static_cast<double>((line.points.size() + points.size() - 1) / points.size());
  const double width = length * static_cast<double>(line.width) * many;
  const auto x_of = [&](std::size_t i) {
    return std::min(from + width * (static_cast<double>(i) + 0.5), x_.to);
  };
  if (stroke.band) {
    const ImU32 colour = look::faded(stroke.colour, 0.22f);
    const ImDrawListFlags flags = draw_->Flags;
    draw_->Flags &= ~ImDrawListFlags_AntiAliasedFill;  // strips touch each other
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      const TimeLine::Point& a = points[i];
      const TimeLine::Point& b = points[i + 1];
      if (a.mean < 0 || b.mean < 0 || (a.least == a.most && b.least == b.most)) continue;
      draw_->AddQuadFilled(at(x_of(i), a.most), at(x_of(i + 1), b.most), at(x_of(i + 1), b.least),
                           at(x_of(i), a.least), colour);
    }
    draw_->Flags = flags;
  }
  std::vector<ImVec2> run;  // points without a gap
  for (std::size_t i = 0; i <= points.size(); ++i) {
    if (i < points.size() && points[i].mean >= 0) {
      run.push_back(at(x_of(i), points[i].mean));
      continue;
    }
    if (run.size() == 1) run.push_back({run[0].x + px(2), run[0].y});
    stroke.dashed ? dashes(run, stroke.colour, stroke.width)
                  : this->line(run, stroke.colour, stroke.width);
    run.clear();
  }
}

// Dashes of equal width along x, so that their number does not depend on how steep the line is.
void Plot::dashes(std::span<const ImVec2> points, ImU32 colour, float width) const {
  const float dash = px(6);
  const auto is_on = [&](float x) {
    return (static_cast<int>(std::floor((x - from_.x) / dash)) & 1) == 0;
  };
  std::vector<ImVec2> run;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const ImVec2 a = points[i], b = points[i + 1];
    for (float x = a.x; x < b.x;) {
      const float end =
          std::min(b.x, from_.x + (std::floor((x - from_.x) / dash + 1e-3f) + 1) * dash);
      const auto y_at = [&](float to) { return a.y + (b.y - a.y) * (to - a.x) / (b.x - a.x); };
      if (is_on((x + end) / 2)) {
        if (run.empty()) run.push_back({x, y_at(x)});
        run.push_back({end, y_at(end)});
      } else if (!run.empty()) {
        line(run, colour, width);
        run.clear();
      }
      x = end;
    }
  }
  line(run, colour, width);
}

}  // namespace evenkeel
