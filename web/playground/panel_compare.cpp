// All strategies side by side on the window.

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/base/numbers.hpp"
#include "core/model/strategies.hpp"
#include "web/playground/controls.hpp"
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
    {"To bound", "Max / lower bound - 1: no strategy could gain more than this", 1.1f},
    {"Same GPU", "Copies that share a GPU with another copy of their expert", 1.1f},
    {"Moved", "", 1},  // see help_of
    {"µs/layer", "Time to place a layer here, on one thread, the best of three measurements", 1},
};

constexpr float kNarrowName = 1.4f;
constexpr float kArrow = 16;  // of the column that is sorted by

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

// Numbers and their titles end on one line; `beside` is kept free for an arrow.
void right_text(std::string_view text, float beside) {
  const float width = ImGui::CalcTextSize(text.data(), text.data() + text.size()).x + beside;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                       std::max(0.0f, ImGui::GetContentRegionAvail().x - width));
  plain(text);
}

std::string help_of(int column, const Compared& compared) {
  if (column != moved_) return kColumns[column].help;
  return compared.previous.begin < compared.previous.end
             ? "Slots in all layers whose weights have to move from the same strategy's placement "
               "of steps " +
                   range_text(compared.previous)
             : "Slots whose weights have to move from the placement of the previous window, if the "
               "window begins after step 0";
}

void titles(const Compared& compared, float arrow) {
  ImGui::TableNextRow(ImGuiTableRowFlags_Headers);
  for (int i = 0; i < columns_; ++i) {
    const bool is_sorted = (ImGui::TableGetColumnFlags(i) & ImGuiTableColumnFlags_IsSorted) != 0;
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
      right_text(kColumns[i].title, is_sorted ? px(kArrow) : arrow);
  }
}

// Where there is less room numbers are smaller and closer; where there is too little the table moves sideways
// under the names of the strategies.
void table(Ui& ui) {
  Model& model = ui.model;
  const std::vector<ComparedRow>& rows = model.compared().rows;
  const std::string chosen = named(model.answered().rules).name;
  constexpr float kRoom = 700, kLeastRoom = 500;
  const float room = ImGui::GetContentRegionAvail().x;
  const bool narrow = room < px(kRoom);
  const float arrow = narrow ? 0 : px(kArrow);
  ImGuiTableFlags flags = ImGuiTableFlags_Sortable | ImGuiTableFlags_BordersInnerH |
                          ImGuiTableFlags_SortTristate | ImGuiTableFlags_PadOuterX;
  const ImVec2 padding = ImGui::GetStyle().CellPadding;
  if (narrow) ImGui::PushFont(look::fonts().small);
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {narrow ? px(4) : padding.x, padding.y});
  ImVec2 size = {0, 0};
  if (room < px(kLeastRoom)) {
    flags |= ImGuiTableFlags_ScrollX;
    size.y = (ImGui::GetTextLineHeight() + 2 * padding.y) * static_cast<float>(rows.size() + 1) +
             ImGui::GetStyle().ScrollbarSize + px(2);
  }
  if (ImGui::BeginTable("compare", columns_, flags, size, std::max(room, px(kLeastRoom)))) {
    ImGui::TableSetupScrollFreeze(size.y > 0 ? 1 : 0, 0);
    for (int i = 0; i < columns_; ++i) {
      const bool ascending = i == name_ || i > worst_;
      ImGui::TableSetupColumn(kColumns[i].title,
                              ImGuiTableColumnFlags_WidthStretch |
                                  (ascending ? ImGuiTableColumnFlags_PreferSortAscending
                                             : ImGuiTableColumnFlags_PreferSortDescending),
                              narrow && i == name_ ? kNarrowName : kColumns[i].width);
    }
    titles(model.compared(), arrow);
    double best = 0;
    for (const ComparedRow& row : rows) best = std::max(best, row.summary.balancedness);
    ui.order.clear();
    for (const std::size_t index : sorted_rows(rows)) {
      const ComparedRow& row = rows[index];
      ui.order += (ui.order.empty() ? "" : " ") + row.label;
      ImGui::TableNextRow();
      ImGui::TableSetColumnIndex(name_);
      const Strategy* strategy = nullptr;
      const bool in_table = find_strategy(row.name, strategy).ok();
      if (ImGui::Selectable(row.label.c_str(), row.name == chosen,
                            ImGuiSelectableFlags_SpanAllColumns) &&
          in_table) {
        model.choose_strategy(row.label);
      }
      controls::note("compare." + row.label,
                     row.name == chosen ? controls::Stop::yes : controls::Stop::no);
      tip(row.name + "\nresult hash " + row.hash);
      for (int i = 1; i < columns_; ++i) {
        ImGui::TableSetColumnIndex(i);
        const bool is_best = !narrow && i == balanced_ && row.summary.balancedness == best;
        if (is_best) ImGui::PushFont(look::fonts().strong);
        right_text(cell_text(row, i), arrow);
        if (is_best) ImGui::PopFont();
      }
    }
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
  if (narrow) ImGui::PopFont();
}

}  // namespace

void compare_panel(Ui& ui) {
  if (!ui.model.has_result()) return;
  // What is still about something else is pale.
  constexpr float kPale = 0.45f;
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, ui.model.comparing() ? kPale : 1);
  table(ui);
  ImGui::PopStyleVar();
  series_panel(ui);
}

}  // namespace evenkeel
