// Lines: the balancedness of all strategies over all windows of the trace.

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/numbers.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/plot.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

// Eight colours: the strategies after the eighth have dashed lines.
Plot::Stroke stroke_of(std::size_t strategy) {
  return {look::category(strategy), 1.6f, strategy >= look::kCategoryCount, false};
}

// The least value that is drawn: of means, and of the chosen strategy's band.
double least_of(const std::vector<TimeLine>& lines, std::size_t chosen) {
  float least = 1;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const TimeLine::Point& point : lines[i].points) {
      if (point.mean >= 0) least = std::min(least, i == chosen ? point.least : point.mean);
    }
  }
  return least;
}

// The windows of the lines' points under the mouse.
void series_tip(const Series& series, const std::vector<TimeLine>& lines, std::int64_t window) {
  ImGui::BeginTooltip();
  const std::int64_t width = lines.front().width;
  const std::int64_t first = window / width * width;
  heading("Steps " + range_text({first * series.window_steps,
                                 std::min(first + width, series.done) * series.window_steps}));
  if (width > 1) soft("mean (least to greatest) of " + counted(width, "window"));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto at = static_cast<std::size_t>(window / width);
    const TimeLine::Point point =
        at < lines[i].points.size() ? lines[i].points[at] : TimeLine::Point();
    std::string text = series.names[i] + "  ";
    text += point.mean < 0 ? "–" : fixed(point.mean, 4);
    if (point.mean >= 0 && point.least < point.most) {
      text += " (" + fixed(point.least, 4) + " to " + fixed(point.most, 4) + ")";
    }
    legend(Mark::dot, look::category(i), text);
  }
  ImGui::EndTooltip();
}

// One line per strategy.
void series_plot(Ui& ui, float height) {
  const Series& series = ui.model.series();
  const std::vector<TimeLine>& lines = ui.series_later ? series.later : series.now;
  const auto found = std::find(series.names.begin(), series.names.end(), ui.model.strategy_label());
  const auto chosen = static_cast<std::size_t>(found - series.names.begin());
  const double steps = static_cast<double>(ui.model.opened().steps);
  const auto window_steps = static_cast<double>(series.window_steps);
  Plot plot("compare.series", height, {0, steps},
            {std::max(0.0, least_of(lines, chosen) - 0.02), 1}, {"step", "balancedness"});
  plot.grid_y();
  plot.ticks_x([](double x) { return grouped(static_cast<std::int64_t>(x)); }, true);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i != chosen) plot.series(lines[i], 0, window_steps, stroke_of(i));
  }
  if (chosen < lines.size()) {  // over the others
    Plot::Stroke stroke = stroke_of(chosen);
    stroke.width = 3;
    stroke.band = true;
    plot.series(lines[chosen], 0, window_steps, stroke);
  }
  const Range shown = ui.model.steps();
  const float y = plot.bottom();
  plot.draw()->AddLine({plot.at(static_cast<double>(shown.begin), 0).x, y},
                       {plot.at(static_cast<double>(shown.end), 0).x, y}, look::colour(Ink::text),
                       px(3));
  const auto show = [&](std::int64_t window) {
    const std::int64_t begin = std::clamp<std::int64_t>(window, 0, series.done - 1);
    ui.model.state.steps = {begin * series.window_steps, (begin + 1) * series.window_steps};
  };
  if (plot.way() != 0) show(shown.begin / series.window_steps + plot.way());
  const auto window = static_cast<std::int64_t>(plot.mouse_x() / window_steps);
  if (!plot.hovered() || window >= series.done) return;
  series_tip(series, lines, window);
  if (plot.clicked()) show(window);
}

void series_legend(const Series& series) {
  const float room = ImGui::GetContentRegionAvail().x;
  float used = 0;
  for (std::size_t i = 0; i < series.names.size(); ++i) {
    const float width = ImGui::CalcTextSize(series.names[i].c_str()).x + px(34);
    if (i != 0 && used + width < room) {
      ImGui::SameLine(0, px(14));
    } else {
      used = 0;
    }
    used += width;
    legend(stroke_of(i).dashed ? Mark::dashes : Mark::line, look::category(i), series.names[i]);
  }
}

}  // namespace

void series_panel(Ui& ui) {
  Model& model = ui.model;
  if (!model.wants_series) section("Over time");
  const Series& series = model.series();
  const std::string windows = "windows of " + counted(model.series_steps(), "step");
  if (model.opened().steps < 2) {
    wrapped(Ink::soft, "These loads have only one step: there is nothing to compare over time.");
    return;
  }
  if (!model.wants_series) {
    wrapped(
        Ink::soft,
        "Every strategy places every window. Each placement is also evaluated on the next window, "
        "as in a real deployment.");
    if (button("Compare over all " + windows, "compare.run")) model.wants_series = true;
    return;
  }
  const std::int64_t done = series.done;
  if (choice("planned on the previous window (realistic)", "compare.later", ui.series_later))
    ui.series_later = true;
  ImGui::SameLine(0, px(3));
  if (choice("planned on this window (hindsight)", "compare.now", !ui.series_later))
    ui.series_later = false;
  ImGui::SameLine();
  if (done < series.total) {
    if (button("Cancel", "compare.cancel")) model.wants_series = false;
    ImGui::ProgressBar(static_cast<float>(done) / static_cast<float>(series.total), {-1, px(6)},
                       "");
  } else {
    soft("balancedness, " + windows);
  }
  if (!series.sentence.empty()) wrapped(Ink::alarm, series.sentence);
  if (done == 0) return;
  const float room = ImGui::GetContentRegionAvail().y / look::scale();
  series_plot(ui, std::max(room - 44, 170.0f));
  series_legend(series);
}

}  // namespace evenkeel
