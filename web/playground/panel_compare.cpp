// All strategies side by side on the window.

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/model/figures.hpp"
#include "core/model/strategies.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

constexpr int kName = 0;  // the first column; behind it are figures
constexpr float kNameWidth = 2;

std::vector<const Figure*> compared_figures() {
  std::vector<const Figure*> figures;
  for (const Figure& figure : kFigures) {
    if ((figure.tables & kComparison) != 0) figures.push_back(&figure);
  }
  return figures;
}

std::string title_of(const Figure* figure) {
  return figure == nullptr ? "Strategy" : capitalized(figure->heading);
}

float width_of(const Figure& figure) { return figure.heading.size() > 6 ? 1.1f : 1.0f; }

constexpr float kNarrowName = 1.4f;
constexpr float kArrow = 16;  // of the sorted column

std::vector<std::size_t> sorted_rows(const std::vector<ComparedRow>& rows,
                                     const std::vector<const Figure*>& figures) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const ImGuiTableSortSpecs* specs = ImGui::TableGetSortSpecs();
  if (specs == nullptr || specs->SpecsCount == 0) return order;
  const ImGuiTableColumnSortSpecs& by = specs->Specs[0];
  const bool down = by.SortDirection == ImGuiSortDirection_Descending;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const ComparedRow& one = rows[down ? b : a];
    const ComparedRow& other = rows[down ? a : b];
    if (by.ColumnIndex == kName) return one.label < other.label;
    const Figure& figure = *figures[static_cast<std::size_t>(by.ColumnIndex - 1)];
    return one.summary.of(figure) < other.summary.of(figure);
  });
  return order;
}

// Right-aligns numbers with their titles; `beside` is kept free for an arrow.
void right_text(std::string_view text, float beside) {
  const float width = ImGui::CalcTextSize(text.data(), text.data() + text.size()).x + beside;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                       std::max(0.0f, ImGui::GetContentRegionAvail().x - width));
  plain(text);
}

std::string help_of(const Figure* figure, const Compared& compared) {
  if (figure == nullptr) return "Click one to use it";
  std::string help = capitalized(figure->label) + ": " + std::string(figure->formula) + ", " +
                     std::string(figure->overall.words) + ".";
  help += "\n" + capitalized(figure->sentence) + ".";
  if (!figure->engines.empty()) help += "\n" + std::string(figure->engines) + ".";
  if (figure->needs != Needs::previous) return help;
  return help + (compared.previous.begin < compared.previous.end
                     ? "\nHere from the same strategy's placement of steps " +
                           range_text(compared.previous) + "."
                     : "\nHere from the placement of the previous window, if the window begins "
                       "after step 0.");
}

void titles(const std::vector<const Figure*>& figures, const Compared& compared, float arrow) {
  ImGui::TableNextRow(ImGuiTableRowFlags_Headers);
  for (int i = 0; i <= static_cast<int>(figures.size()); ++i) {
    const Figure* figure = i == kName ? nullptr : figures[static_cast<std::size_t>(i - 1)];
    const std::string title = title_of(figure);
    const bool is_sorted = (ImGui::TableGetColumnFlags(i) & ImGuiTableColumnFlags_IsSorted) != 0;
    ImGui::TableSetColumnIndex(i);
    const float x = ImGui::GetCursorPosX();
    ImGui::TableHeader(("##" + title).c_str());
    controls::note("compare.by." + title);
    tip(help_of(figure, compared));
    ImGui::SameLine();
    ImGui::SetCursorPosX(x);
    if (i == kName)
      plain(title);
    else
      right_text(title, is_sorted ? px(kArrow) : arrow);
  }
}

// With less room numbers are smaller and closer; with too little room the table scrolls sideways under the
// names of the strategies.
void table(Ui& ui) {
  Model& model = ui.model;
  const std::vector<ComparedRow>& rows = model.compared().rows;
  const std::vector<const Figure*> figures = compared_figures();
  const int columns = 1 + static_cast<int>(figures.size());
  const std::string chosen = model.answered().strategy.name;
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
  if (ImGui::BeginTable("compare", columns, flags, size, std::max(room, px(kLeastRoom)))) {
    ImGui::TableSetupScrollFreeze(size.y > 0 ? 1 : 0, 0);
    ImGui::TableSetupColumn(
        title_of(nullptr).c_str(),
        ImGuiTableColumnFlags_WidthStretch | ImGuiTableColumnFlags_PreferSortAscending,
        narrow ? kNarrowName : kNameWidth);
    for (const Figure* figure : figures) {
      ImGui::TableSetupColumn(
          title_of(figure).c_str(),
          ImGuiTableColumnFlags_WidthStretch |
              (figure->better == Better::higher ? ImGuiTableColumnFlags_PreferSortDescending
                                                : ImGuiTableColumnFlags_PreferSortAscending),
          width_of(*figure));
    }
    titles(figures, model.compared(), arrow);
    double best = 0;
    for (const ComparedRow& row : rows) best = std::max(best, row.summary["balancedness"]);
    ui.order.clear();
    for (const std::size_t index : sorted_rows(rows, figures)) {
      const ComparedRow& row = rows[index];
      ui.order += (ui.order.empty() ? "" : " ") + row.label;
      ImGui::TableNextRow();
      ImGui::TableSetColumnIndex(kName);
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
      for (int i = 1; i < columns; ++i) {
        ImGui::TableSetColumnIndex(i);
        const Figure& figure = *figures[static_cast<std::size_t>(i - 1)];
        const bool is_best = !narrow && &figure == &FigureRow("balancedness").figure() &&
                             row.summary.of(figure) == best;
        if (is_best) ImGui::PushFont(look::fonts().strong);
        right_text(figure_text(figure, row.summary.of(figure)), arrow);
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
  // Results that do not belong to the current window yet are pale.
  constexpr float kPale = 0.45f;
  ImGui::PushStyleVar(ImGuiStyleVar_Alpha, ui.model.comparing() ? kPale : 1);
  table(ui);
  ImGui::PopStyleVar();
  series_panel(ui);
}

}  // namespace evenkeel
