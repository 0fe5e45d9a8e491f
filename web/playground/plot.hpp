// Axes, grids and lines, drawn with ImGui's draw lists.
#pragma once

#include <imgui.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "web/playground/engine/messages.hpp"

namespace evenkeel {

// A plot occupies the given space below the cursor and maps its numbers to pixels.
class Plot {
 public:
  struct Span {
    double from;
    double to;
  };
  // What the axes measure; empty: it is said elsewhere.
  struct Names {
    std::string_view x;
    std::string_view y;
  };
  // height: a length of scale 1. Space for labels is kept free on the left and below.
  Plot(std::string_view name, float height, Span x, Span y, Names names = {});

  // Horizontal lines with labels; `text` converts a number to a label.
  using Text = std::function<std::string(double)>;
  void grid_y(const Text& text);
  // With as many decimals as the labels differ in, at least two.
  void grid_y();
  void ticks_x(const Text& text, bool whole_numbers);

  ImVec2 at(double x, double y) const;
  float left() const { return from_.x; }
  float right() const { return to_.x; }
  float top() const { return from_.y; }
  float bottom() const { return to_.y; }
  bool hovered() const { return hovered_; }
  bool clicked() const { return clicked_; }
  // -1, 0 or 1: the direction of the keys Left and Right, if the plot has the keyboard focus.
  int way() const { return way_; }
  // The position of the mouse on the x axis.
  double mouse_x() const;
  ImDrawList* draw() const { return draw_; }

  // A horizontal line, optionally dashed, with an optional label at its right end.
  void level(double y, ImU32 colour, bool dashed, std::string_view label) const;
  void line(std::span<const ImVec2> points, ImU32 colour, float width) const;
  struct Stroke {
    ImU32 colour = 0;
    float width = 1.6f;
    bool dashed = false;
    bool band = false;  // from the least to the greatest value, behind the line of the means
  };
  // A line over x, of which a neighbour has this length and the first begins at x = from. Where it has more points than the
  // plot has pixels, those of a pixel are joined.
  void series(const TimeLine& line, double from, double length, const Stroke& stroke) const;
  void text(ImVec2 at, ImU32 colour, std::string_view text, float align = 0) const;

 private:
  std::vector<TimeLine::Point> joined(const TimeLine& line) const;
  void dashes(std::span<const ImVec2> points, ImU32 colour, float width) const;

  ImDrawList* draw_;
  Span x_, y_;
  ImVec2 from_, to_;  // of the plot, without its labels
  bool hovered_ = false;
  bool clicked_ = false;
  int way_ = 0;
};

// From `from` in steps of 1, 2 or 5 times a power of ten, about `count` of them.
std::vector<double> round_ticks(double from, double to, int count);

}  // namespace evenkeel
