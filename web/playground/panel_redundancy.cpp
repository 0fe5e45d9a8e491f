// Balancedness for several numbers of redundant experts, for the current window.

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/numbers.hpp"
#include "web/playground/plot.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

const SweepPoint* nearest_point(const std::vector<SweepPoint>& points, double redundant) {
  const SweepPoint* nearest = nullptr;
  for (const SweepPoint& point : points) {
    if (nearest == nullptr ||
        std::fabs(point.redundant - redundant) < std::fabs(nearest->redundant - redundant)) {
      nearest = &point;
    }
  }
  return nearest;
}

struct Line {
  std::string name;
  ImU32 colour;
  double (*value)(const SweepPoint&);
};

void point_tip(const SweepPoint& point, const Line (&lines)[3], std::int32_t gpus) {
  ImGui::BeginTooltip();
  heading(std::to_string(point.redundant) + " redundant experts");
  for (const Line& line : lines) plain(line.name + "  " + fixed(line.value(point), 4));
  soft(std::to_string(point.slots / gpus) + " slots on each GPU. Click to use it");
  ImGui::EndTooltip();
}

void use(Model& model, const SweepPoint& point) {
  Shape shape = model.wanted_shape();
  shape.slots = point.slots;
  model.want(shape);
}

void sweep_plot(Ui& ui, float height) {
  Model& model = ui.model;
  const std::vector<SweepPoint>& points = model.swept().points;
  const Line lines[3] = {{"best possible", look::colour(Ink::bound),
                          [](const SweepPoint& p) { return p.summary["best_balancedness"]; }},
                         {model.strategy_label(), look::colour(Ink::after),
                          [](const SweepPoint& p) { return p.summary["balancedness"]; }},
                         {"its worst layer", look::faded(look::colour(Ink::after), 0.55f),
                          [](const SweepPoint& p) { return p.summary["worst_balancedness"]; }}};
  double least = 1;
  for (const SweepPoint& point : points)
    least = std::min(least, point.summary["worst_balancedness"]);
  const double most = points.back().redundant;
  Plot plot("redundancy.plot", height, {0, std::max(1.0, most)},
            {std::max(0.0, least - 0.03), 1.004});
  plot.grid_y([](double y) { return fixed(y, 2); });
  plot.ticks_x([](double x) { return std::to_string(static_cast<int>(x)); }, true);
  const double now = model.window().shape.slots - model.window().shape.experts;
  if (now <= most) {
    const float x = plot.at(now, 0).x;
    plot.draw()->AddLine({x, plot.top()}, {x, plot.bottom()}, look::colour(Ink::line), px(1.5f));
    const bool right_half = x > (plot.left() + plot.right()) / 2;
    plot.text({right_half ? x - px(5) : x + px(5), plot.bottom() - px(10)}, look::colour(Ink::soft),
              "now: " + std::to_string(static_cast<int>(now)), right_half ? 1.0f : 0.0f);
  }
  for (const Line& line : lines) {
    std::vector<ImVec2> at;
    for (const SweepPoint& point : points)
      at.push_back(plot.at(point.redundant, line.value(point)));
    plot.line(at, line.colour, 2);
    for (const ImVec2& point : at) plot.draw()->AddCircleFilled(point, px(2.6f), line.colour);
  }
  if (plot.way() != 0) {
    const std::ptrdiff_t at = nearest_point(points, now) - points.data();
    const auto last = static_cast<std::ptrdiff_t>(points.size()) - 1;
    use(model,
        points[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at + plot.way(), 0, last))]);
  }
  if (!plot.hovered()) return;
  const SweepPoint& point = *nearest_point(points, plot.mouse_x());
  for (const Line& line : lines) {
    plot.draw()->AddCircle(plot.at(point.redundant, line.value(point)), px(5), line.colour, 0,
                           px(2));
  }
  point_tip(point, lines, model.window().shape.gpus);
  if (plot.clicked()) use(model, point);
}

}  // namespace

void redundancy_panel(Ui& ui) {
  Model& model = ui.model;
  const Swept& swept = model.swept();
  heading("How many redundant experts are worth their memory?");
  wrapped(
      Ink::soft,
      "Each one needs the memory for one more expert in every layer. Balancedness (mean / max GPU "
      "load, mean over layers) for this window, same GPUs, other numbers of redundant experts:");
  if (!swept.sentence.empty()) return wrapped(Ink::alarm, swept.sentence);
  const auto done = static_cast<std::int32_t>(swept.points.size());
  if (done == 0 || done < swept.total) {
    ImGui::ProgressBar(static_cast<float>(done) / static_cast<float>(std::max(1, swept.total)),
                       {-1, px(6)}, "");
  } else {
    ImGui::Dummy({1, px(6)});
  }
  if (swept.points.empty() || !model.has_result()) return;
  const float room = ImGui::GetContentRegionAvail().y / look::scale();
  sweep_plot(ui, std::clamp(room - 50, 180.0f, 460.0f));
  legend(Mark::line, look::colour(Ink::bound), "best possible");
  ImGui::SameLine(0, px(16));
  legend(Mark::line, look::colour(Ink::after), model.strategy_label());
  ImGui::SameLine(0, px(16));
  legend(Mark::line, look::faded(look::colour(Ink::after), 0.55f), "its worst layer");
  ImGui::SameLine(0, px(16));
  soft("redundant experts per layer");
}

}  // namespace evenkeel
