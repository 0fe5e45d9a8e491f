// All strategies side by side, now and over all windows of the trace.

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/io/report_numbers.hpp"
#include "core/strategies.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/plot.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

enum Column : int {
  name_,
  balanced_,
  worst_,
  imbalance_,
  gap_,
  same_gpu_,
  moved_,
  time_,
  columns_
};

constexpr struct {
  const char* title;
  const char* help;
  float width;
} kColumns[columns_] = {
    {"Strategy", "Click one to use it", 2.0f},
    {"Balanced", "Mean / max GPU load, mean over layers: 1 is perfect", 1.1f},
    {"Worst", "The same in the worst layer", 1},
    {"Imbalance", "(max - mean) / mean GPU load, mean over layers: 0 is perfect", 1.15f},
    {"To bound", "Max / lower bound - 1: at most this much could still be gained", 1.1f},
    {"Same GPU", "Copies that share a GPU with another copy of their expert", 1.1f},
    {"Moved", "", 1},  // see help_of
    {"µs/layer", "Time to place a layer here, on one thread, the best of three runs", 1},
};

double value_of(const ComparedRow& row, int column) {
  switch (column) {
    case balanced_:
      return row.summary.balancedness;
    case worst_:
      return row.worst_balancedness;
    case imbalance_:
      return row.summary.imbalance;
    case gap_:
      return row.summary.gap;
    case same_gpu_:
      return static_cast<double>(row.summary.same_gpu_copies);
    case moved_:
      return static_cast<double>(row.summary.moved_slots);
    default:
      return row.us_per_layer;
  }
}

std::string cell_text(const ComparedRow& row, int column) {
  const double value = value_of(row, column);
  switch (column) {
    case balanced_:
    case worst_:
      return report::fixed(value, 4);
    case imbalance_:
    case gap_:
      return report::fixed(value * 100, 2) + " %";
    case same_gpu_:
      return report::grouped(row.summary.same_gpu_copies);
    case moved_:
      return row.summary.moved_slots < 0 ? "–" : report::grouped(row.summary.moved_slots);
    default:
      return report::fixed(value, 1);
  }
}

std::vector<std::size_t> sorted_rows(const std::vector<ComparedRow>& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const ImGuiTableSortSpecs* specs = ImGui::TableGetSortSpecs();
  if (specs == nullptr || specs->SpecsCount == 0) return order;
  const ImGuiTableColumnSortSpecs& by = specs->Specs[0];
  const bool down = by.SortDirection == ImGuiSortDirection_Descending;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const ComparedRow& one = rows[down ? b : a];
    const ComparedRow& other = rows[down ? a : b];
    if (by.ColumnIndex == name_) return one.label < other.label;
    return value_of(one, by.ColumnIndex) < value_of(other, by.ColumnIndex);
  });
  return order;
}

// Numbers and their titles end on one line, left of where a title has its arrow.
void right_text(std::string_view text) {
  constexpr float kArrow = 16;
  const float width = ImGui::CalcTextSize(text.data(), text.data() + text.size()).x + px(kArrow);
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                       std::max(0.0f, ImGui::GetContentRegionAvail().x - width));
  plain(text);
}

std::string help_of(int column, const Compared& compared) {
  if (column != moved_) return kColumns[column].help;
  return compared.previous.begin < compared.previous.end
             ? "Slots of all layers whose weights have to move from the same strategy's placement "
               "of steps " +
                   range_text(compared.previous)
             : "Slots whose weights have to move from the placement of the window before: there is "
               "one once "
               "the window begins later than step 0";
}

void titles(int count, const Compared& compared) {
  ImGui::TableNextRow(ImGuiTableRowFlags_Headers);
  for (int i = 0; i < count; ++i) {
    ImGui::TableSetColumnIndex(i);
    const float x = ImGui::GetCursorPosX();
    ImGui::TableHeader((std::string("##") + kColumns[i].title).c_str());
    controls::note(std::string("compare.by.") + kColumns[i].title);
    tip(help_of(i, compared));
    ImGui::SameLine();
    ImGui::SetCursorPosX(x);
    if (i == name_)
      plain(kColumns[i].title);
    else
      right_text(kColumns[i].title);
  }
}

void table(Ui& ui) {
  Model& model = ui.model;
  const std::vector<ComparedRow>& rows = model.compared().rows;
  const std::string chosen = named(model.answered().rules).name;
  const bool narrow = ImGui::GetContentRegionAvail().x < px(640);
  constexpr ImGuiTableFlags kFlags = ImGuiTableFlags_Sortable | ImGuiTableFlags_BordersInnerH |
                                     ImGuiTableFlags_SortTristate | ImGuiTableFlags_PadOuterX;
  if (narrow) ImGui::PushFont(look::fonts().small);
  const bool shown = ImGui::BeginTable("compare", narrow ? same_gpu_ : columns_, kFlags);
  if (shown) {
    const int count = narrow ? same_gpu_ : columns_;
    for (int i = 0; i < count; ++i) {
      const bool ascending = i == name_ || i > worst_;
      ImGui::TableSetupColumn(kColumns[i].title,
                              ImGuiTableColumnFlags_WidthStretch |
                                  (ascending ? ImGuiTableColumnFlags_PreferSortAscending
                                             : ImGuiTableColumnFlags_PreferSortDescending),
                              kColumns[i].width);
    }
    titles(count, model.compared());
    double best = 0;
    for (const ComparedRow& row : rows) best = std::max(best, row.summary.balancedness);
    for (const std::size_t index : sorted_rows(rows)) {
      const ComparedRow& row = rows[index];
      ImGui::TableNextRow();
      ImGui::TableSetColumnIndex(name_);
      const Strategy* strategy = nullptr;
      const bool in_table = find_strategy(row.name, strategy).ok();
      if (ImGui::Selectable(row.label.c_str(), row.name == chosen,
                            ImGuiSelectableFlags_SpanAllColumns) &&
          in_table) {
        model.choose_strategy(row.label);
      }
      controls::note("compare." + row.label);
      tip(row.name + "\nresult hash " + row.hash);
      for (int i = 1; i < count; ++i) {
        ImGui::TableSetColumnIndex(i);
        const bool is_best = !narrow && i == balanced_ && row.summary.balancedness == best;
        if (is_best) ImGui::PushFont(look::fonts().strong);
        right_text(cell_text(row, i));
        if (is_best) ImGui::PopFont();
      }
    }
    ImGui::EndTable();
  }
  if (narrow) ImGui::PopFont();
}

// The line of each strategy, a point a window.
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
  plot.grid_y([](double y) { return report::fixed(y, 2); });
  plot.ticks_x([](double x) { return report::grouped(static_cast<std::int64_t>(x)); }, true);
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
  if (pointed == nullptr) return;
  ImGui::BeginTooltip();
  heading("Steps " + range_text(pointed->steps));
  for (std::size_t i = 0; i < series.names.size(); ++i) {
    const double at = value(*pointed, i);
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float middle = corner.y + ImGui::GetTextLineHeight() / 2;
    ImGui::GetWindowDrawList()->AddCircleFilled({corner.x + px(4), middle}, px(4),
                                                look::category(i));
    ImGui::Dummy({px(9), 1});
    ImGui::SameLine(0, px(5));
    plain(series.names[i] + "  " + (at < 0 ? std::string("–") : report::fixed(at, 4)));
  }
  ImGui::EndTooltip();
  if (plot.clicked()) ui.model.state.steps = pointed->steps;
}

void series_legend(const Series& series) {
  const float room = ImGui::GetContentRegionAvail().x;
  float used = 0;
  for (std::size_t i = 0; i < series.names.size(); ++i) {
    const float width = ImGui::CalcTextSize(series.names[i].c_str()).x + px(34);
    if (i != 0 && used + width < room)
      ImGui::SameLine(0, px(14));
    else
      used = 0;
    used += width;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float y = at.y + look::fonts().small->FontSize / 2;
    ImGui::GetWindowDrawList()->AddLine({at.x, y}, {at.x + px(14), y}, look::category(i), px(3));
    ImGui::Dummy({px(16), 1});
    ImGui::SameLine(0, px(3));
    soft(series.names[i]);
  }
}

void over_time(Ui& ui) {
  Model& model = ui.model;
  if (!model.wants_series) section("Over time");
  const Series& series = model.series();
  const std::string windows = "windows of " + report::counted(model.series_steps(), "step");
  if (model.opened().steps < 2) {
    wrapped(Ink::soft, "These loads are one step: there is nothing to compare over time.");
    return;
  }
  if (!model.wants_series) {
    wrapped(Ink::soft,
            "Every strategy places every window, and each placement is also judged on the "
            "window after it, since that is what a deployment gets.");
    if (button("Compare over all " + windows, "compare.run")) model.wants_series = true;
    return;
  }
  const auto done = static_cast<std::int32_t>(series.windows.size());
  if (choice("placed a window earlier", "compare.later", ui.series_later)) ui.series_later = true;
  ImGui::SameLine(0, px(3));
  if (choice("placed on the same window", "compare.now", !ui.series_later)) ui.series_later = false;
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

}  // namespace

void compare_panel(Ui& ui) {
  if (!ui.model.has_result()) return;
  // What is still about something else is pale.
  constexpr float kPale = 0.45f;
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, ui.model.comparing() ? kPale : 1);
  table(ui);
  ImGui::PopStyleVar();
  over_time(ui);
}

}  // namespace evenkeel
