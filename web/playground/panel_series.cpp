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

// One line per strategy, one point per window.
void series_plot(Ui& ui, float height) {
  const Series& series = ui.model.series();
  const auto value = [&](const SeriesWindow& window, std::size_t i) {
    return static_cast<double>(ui.series_later ? window.later[i] : window.now[i]);
  };
  double least = 1;
  for (const SeriesWindow& window : series.windows) {
    for (std::size_t i = 0; i < series.names.size(); ++i) {
      if (value(window, i) >= 0) least = std::min(least, value(window, i));
    }
  }
  const auto steps = static_cast<double>(ui.model.opened().steps);
  Plot plot("compare.series", height, {0, steps}, {std::max(0.0, least - 0.02), 1});
  plot.grid_y([](double y) { return fixed(y, 2); });
  plot.ticks_x([](double x) { return grouped(static_cast<std::int64_t>(x)); }, true);
  const std::string chosen = ui.model.strategy_label();
  const SeriesWindow* pointed = nullptr;
  std::vector<ImVec2> chosen_points;  // drawn over the others
  ImU32 chosen_colour = 0;
  for (std::size_t i = 0; i < series.names.size(); ++i) {
    std::vector<ImVec2> points;
    for (const SeriesWindow& window : series.windows) {
      const double middle = static_cast<double>(window.steps.begin + window.steps.end) / 2;
      if (value(window, i) >= 0) points.push_back(plot.at(middle, value(window, i)));
      const bool under = plot.mouse_x() >= static_cast<double>(window.steps.begin) &&
                         plot.mouse_x() < static_cast<double>(window.steps.end);
      if (plot.hovered() && under) pointed = &window;
    }
    const bool is_chosen = series.names[i] == chosen;
    if (is_chosen) {
      chosen_points = points;
      chosen_colour = look::category(i);
    }
    plot.line(points, look::category(i), 1.6f);
  }
  plot.line(chosen_points, chosen_colour, 3);
  const Range shown = ui.model.steps();
  const float y = plot.bottom();
  plot.draw()->AddLine({plot.at(static_cast<double>(shown.begin), 0).x, y},
                       {plot.at(static_cast<double>(shown.end), 0).x, y}, look::colour(Ink::text),
                       px(3));
  if (plot.way() != 0) {
    std::size_t at = 0;  // the shown window, or the one after it
    while (at + 1 < series.windows.size() && series.windows[at].steps.end <= shown.begin) ++at;
    if (plot.way() > 0 || at > 0) at += static_cast<std::size_t>(plot.way());
    at = std::min(at, series.windows.size() - 1);
    ui.model.state.steps = series.windows[at].steps;
  }
  if (pointed == nullptr) return;
  ImGui::BeginTooltip();
  heading("Steps " + range_text(pointed->steps));
  for (std::size_t i = 0; i < series.names.size(); ++i) {
    const double at = value(*pointed, i);
    legend(Mark::dot, look::category(i),
           series.names[i] + "  " + (at < 0 ? std::string("–") : fixed(at, 4)));
  }
  ImGui::EndTooltip();
  if (plot.clicked()) ui.model.state.steps = pointed->steps;
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
    legend(Mark::line, look::category(i), series.names[i]);
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
  const auto done = static_cast<std::int32_t>(series.windows.size());
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
  series_plot(ui, std::max(room - 44, 140.0f));
  series_legend(series);
}

}  // namespace evenkeel
