#include "web/playground/replay_parts.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/numbers.hpp"
#include "core/replay/conclusion.hpp"
#include "core/replay/split.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/plot.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

// The deployment without a balancer, which is the first, is orange everywhere; blue is the next.
Plot::Stroke policy_stroke(std::size_t policy) {
  Plot::Stroke stroke;
  stroke.colour = look::category(policy == 0 ? 1 : policy == 1 ? 0 : policy);
  stroke.width = policy == 0 ? 1.6f : 2;
  stroke.dashed = policy >= look::kCategoryCount;
  stroke.band = policy != 0;
  return stroke;
}

ImU32 term_colour(std::size_t term) {
  constexpr std::size_t kCategory[kSplitTermCount] = {2, 0, 7, 3, 4};
  return look::category(kCategory[term]);
}

const TimeLine::Point* point_at(const TimeLine& line, std::int64_t step) {
  const std::int64_t at = step / line.width;
  if (step < 0 || at >= std::ssize(line.points)) return nullptr;
  return &line.points[static_cast<std::size_t>(at)];
}

void plot_tip(const Replayed& replayed, std::int64_t since) {
  const TimeLine& first = replayed.policies.front().line;
  const std::int64_t begin = replayed.first_scored + since / first.width * first.width;
  ImGui::BeginTooltip();
  heading(first.width > 1 ? "Steps " + range_text({begin, begin + first.width})
                          : "Step " + grouped(begin));
  if (first.width > 1) soft("mean (least to greatest)");
  for (std::size_t i = 0; i < replayed.policies.size(); ++i) {
    const ReplayedPolicy& policy = replayed.policies[i];
    const TimeLine::Point* point = point_at(policy.line, since);
    std::string text = policy.name + "  ";
    text += point == nullptr || point->mean < 0 ? "–" : percent(point->mean);
    if (point != nullptr && point->least < point->most) {
      text += " (" + percent(point->least) + " to " + percent(point->most) + ")";
    }
    legend(Mark::dot, policy_stroke(i).colour, text);
  }
  ImGui::EndTooltip();
}

void cell(const std::string& text) {
  const float wide = ImGui::CalcTextSize(text.c_str()).x;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() +
                       std::max(0.0f, ImGui::GetContentRegionAvail().x - wide));
  plain(text);
}

struct Column {
  const char* title;
  const char* help;
  float width;
};
constexpr Column kColumns[] = {
    {"Policy", "What its placements are planned from", 1.5f},
    {"Imbalance", "(hottest GPU - mean) / mean of the loads in a step, mean over steps and layers",
     1},
    {"95 %", "95 % of the steps have at most this imbalance", 0.9f},
    {"Received",
     "Slots that receive an expert which was not on their GPU, of all slots, in a re-plan", 0.9f},
    {"Bytes", "The weights that move in a re-plan, all layers", 0.9f}};

}  // namespace

void replay_plot(const Replayed& replayed, float height) {
  float most = 0;
  for (const ReplayedPolicy& policy : replayed.policies) {
    for (const TimeLine::Point& point : policy.line.points) most = std::max(most, point.most);
  }
  const auto from = static_cast<double>(replayed.first_scored);
  Plot plot("replay.plot", height, {from, static_cast<double>(replayed.total)}, {0, most * 1.04},
            {"step", "imbalance"});
  plot.grid_y([](double y) { return shortest(100 * y, 2) + " %"; });
  plot.ticks_x([](double x) { return grouped(static_cast<std::int64_t>(x)); }, true);
  const auto every = static_cast<double>(replayed.question.every);
  const auto delay = static_cast<double>(replayed.question.delay);
  const double plans = static_cast<double>(replayed.total) / every;
  constexpr double kMostMarks = 120;
  for (double i = 1; plans < kMostMarks && i < plans; ++i) {  // where plans come into force
    const double step = i * every + delay;
    if (step < from || step >= static_cast<double>(replayed.total)) continue;
    const float x = plot.at(step, 0).x;
    plot.draw()->AddLine({x, plot.bottom() - px(4)}, {x, plot.bottom()}, look::colour(Ink::text));
  }
  for (std::size_t i = 0; i < replayed.policies.size(); ++i) {
    plot.series(replayed.policies[i].line, from, 1, policy_stroke(i));
  }
  if (!plot.hovered()) return;
  const double step = plot.mouse_x();
  const float x = plot.at(step, 0).x;
  plot.draw()->AddLine({x, plot.top()}, {x, plot.bottom()}, look::colour(Ink::line));
  plot_tip(replayed, static_cast<std::int64_t>(step - from));
}

void replay_table(const Replayed& replayed) {
  const bool narrow = ImGui::GetContentRegionAvail().x < px(560);
  if (narrow) ImGui::PushFont(look::fonts().small);
  const ImVec2 padding = ImGui::GetStyle().CellPadding;
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {narrow ? px(3) : padding.x, px(3)});
  constexpr ImGuiTableFlags kFlags = ImGuiTableFlags_BordersInnerH | ImGuiTableFlags_PadOuterX;
  if (ImGui::BeginTable("replay", static_cast<int>(std::size(kColumns)), kFlags)) {
    for (const Column& column : kColumns) {
      ImGui::TableSetupColumn(column.title, ImGuiTableColumnFlags_WidthStretch, column.width);
    }
    ImGui::TableNextRow(ImGuiTableRowFlags_Headers);
    for (const Column& column : kColumns) {
      ImGui::TableNextColumn();
      &column == kColumns ? plain(column.title) : cell(column.title);
      tip(column.help);
    }
    for (std::size_t i = 0; i < replayed.policies.size(); ++i) {
      const ReplayedPolicy& policy = replayed.policies[i];
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      legend(Mark::line, policy_stroke(i).colour, policy.name);
      const bool moves = policy.replans > 0;
      const std::string cells[] = {
          percent(policy.imbalance), percent(policy.percentile),
          moves ? percent(policy.received_share) : "–",
          moves && replayed.expert_bytes > 0
              ? bytes_text(policy.received * static_cast<double>(replayed.expert_bytes))
              : "–"};
      for (const std::string& text : cells) {
        ImGui::TableNextColumn();
        cell(text);
      }
    }
    ImGui::EndTable();
  }
  ImGui::PopStyleVar();
  if (narrow) ImGui::PopFont();
}

void replay_split(const Replayed& replayed) {
  double most = 0;
  for (const ReplayedPolicy& policy : replayed.policies) most = std::max(most, policy.split.total);
  if (!(most > 0)) return;
  heading("What the imbalance consists of");
  const float names = px(112), numbers = px(62), height = px(18);
  const float room = std::max(ImGui::GetContentRegionAvail().x - names - numbers, px(60));
  ImDrawList* draw = ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < replayed.policies.size(); ++i) {
    const ReplayedPolicy& policy = replayed.policies[i];
    const Split& split = policy.split;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    controls::area("replay.split." + std::to_string(i), {names + room + numbers, height},
                   controls::Stop::no);
    if (ImGui::IsItemHovered()) {
      ImGui::BeginTooltip();
      heading(policy.name);
      for (std::size_t term = 0; term < kSplitTermCount; ++term) {
        legend(Mark::square, term_colour(term),
               std::string(kSplitTerms[term].name) + "  " + percent(split.terms[term]));
      }
      if (!std::isnan(split.sampling())) {
        soft("of fast, random tokens would make " + percent(split.sampling()));
      }
      ImGui::EndTooltip();
    }
    const auto small = [&](float x, const std::string& text) {
      draw->AddText(look::fonts().small, look::fonts().small->FontSize, {x, at.y + px(2)},
                    look::colour(Ink::text), text.c_str());
    };
    small(at.x, policy.name);
    float x = at.x + names;
    for (std::size_t term = 0; term < kSplitTermCount; ++term) {
      const float wide = static_cast<float>(split.terms[term] / most) * room;
      draw->AddRectFilled({x, at.y}, {x + wide, at.y + height}, term_colour(term));
      x += wide;
    }
    if (!std::isnan(split.sampling())) {  // the last part of the last term, which is `fast`
      const float wide = static_cast<float>(split.sampling() / most) * room;
      draw->AddRectFilled({x - wide, at.y + height * 0.5f}, {x, at.y + height},
                          look::faded(look::colour(Ink::paper), 0.55f));
    }
    small(x + px(6), percent(split.total));
  }
  bool first = true;
  const auto entry = [&](ImU32 colour, std::string_view text, std::string_view help) {
    if (!first) {
      ImGui::SameLine(0, px(14));
      const float wide = ImGui::CalcTextSize(text.data(), text.data() + text.size()).x + px(20);
      if (ImGui::GetContentRegionAvail().x < wide) ImGui::NewLine();
    }
    first = false;
    legend(Mark::square, colour, text);
    tip(help);
  };
  for (std::size_t term = 0; term < kSplitTermCount; ++term) {
    entry(term_colour(term), kSplitTerms[term].name, kSplitTerms[term].sentence);
  }
  entry(look::faded(term_colour(kSplitTermCount - 1), 0.45f), "of it by chance",
        "How much of fast as many random tokens would make");
}

}  // namespace evenkeel
