// The sections of a replay's report.
#include "core/report/replay_html.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "core/base/numbers.hpp"
#include "core/replay/conclusion.hpp"
#include "core/report/lines.hpp"
#include "core/report/markup.hpp"
#include "core/report/page_frame.hpp"

namespace evenkeel {
namespace report {
namespace {

std::vector<std::string> names_of(const Replay& replay) {
  std::vector<std::string> names;
  for (const PlannedPolicy& policy : replay.setup().policies) names.push_back(policy.policy.name);
  return names;
}

const PolicyResult& no_balancer(const Replay& replay) { return replay.results().front(); }

void write_findings(const ReplayReport& report, Markup& page) {
  const Replay& replay = *report.replay;
  const std::size_t best = best_policy(replay);
  const auto idle = [](const PolicyResult& result) {
    return percent(1 - result.figures.balancedness());
  };
  page.open("h1");
  if (best == 0) {
    page.text("No policy helps here: without a balancer the hottest GPU of a layer has ");
    page.text(percent(no_balancer(replay).figures.imbalance()) + " more than the mean in a step.");
  } else {
    const PolicyResult& result = replay.results()[best];
    page.text("Step by step, ").name(names_of(replay)[best]).text(" brings the imbalance from ");
    page.element("span", {{"class", "number before"}},
                 percent(no_balancer(replay).figures.imbalance()));
    page.text(" to ");
    page.element("span", {{"class", "number after"}}, percent(result.figures.imbalance()));
    page.text(": GPUs wait for the hottest one for " + idle(result) + " of a step instead of " +
              idle(no_balancer(replay)) + ".");
  }
  page.close();
  const std::string words = conclude(replay);
  if (!words.empty()) page.element("p", {{"class", "lead"}}, words);
  const Shape& shape = replay.setup().shape;
  const ReplayOptions& options = replay.options();
  page.open("dl", {{"class", "facts"}});
  page.element("dt", {}, "Trace").open("dd").name(report.source).close();
  page.element("dt", {}, "Shape")
      .element("dd", {},
               counted(shape.layers, "layer") + " × " + counted(shape.experts, "expert") + " → " +
                   counted(shape.slots, "slot") + " on " + counted(shape.gpus, "GPU"));
  page.element("dt", {}, "Plans")
      .element(
          "dd", {},
          "every " + counted(options.every, "step") +
              (options.delay > 0 ? ", in force " + counted(options.delay, "step") + " later" : "") +
              "; scored on steps " + grouped(report.first_step + replay.first_scored()) + " to " +
              grouped(report.first_step + replay.step() - 1));
  page.element("dt", {}, "Replay hash").open("dd").element("code", {}, report.hash).close();
  page.close();
}

void write_policies(const ReplayReport& report, Markup& page) {
  const Replay& replay = *report.replay;
  page.open("section").element("h2", {}, "Policies");
  page.open("table", {{"class", "strategies"}}).open("thead").open("tr");
  const char* const headings[] = {
      "Policy",         "Imbalance",     "95 % below", "Balancedness", "Balancedness by load",
      "Received slots", "Received bytes"};
  for (const char* heading : headings) page.element("th", {{"scope", "col"}}, heading);
  page.close().close().open("tbody");
  for (std::size_t i = 0; i < replay.results().size(); ++i) {
    const PolicyResult& result = replay.results()[i];
    const StepFigures& figures = result.figures;
    const bool moves = result.replans > 0;
    const double bytes = static_cast<double>(result.received) *
                         static_cast<double>(report.expert_bytes) /
                         static_cast<double>(std::max<std::int64_t>(result.replans, 1));
    const std::string cells[] = {percent(figures.imbalance()),
                                 percent(figures.imbalance_percentile()),
                                 fixed(figures.balancedness(), 4),
                                 fixed(figures.balancedness_by_load(), 4),
                                 moves ? percent(result.received_share()) : "–",
                                 moves && report.expert_bytes > 0 ? bytes_text(bytes) : "–"};
    page.open("tr").open("th", {{"scope", "row"}});
    page.element("i", {{"class", "block " + line_style(i)}}, "").name(names_of(replay)[i]).close();
    for (std::size_t k = 0; k < std::size(cells); ++k) {
      page.element("td", {{"data-name", headings[k + 1]}}, cells[k]);
    }
    page.close();
  }
  page.close().close();
  page.element(
      "p", {{"class", "note"}},
      "By the step: imbalance is (max − mean) / mean GPU load of a layer, mean over steps and "
      "layers, and 95 % of the steps are below the next number. Balanced: mean / max, as "
      "SGLang logs it; by load: sum of means / sum of maxima, as vLLM does. Received: slots that "
      "received an expert which was not on their GPU, mean over re-plans after the first "
      "plan. No balancer: the experts in order, without redundant ones.");
  page.close();
}

void write_series(const ReplayReport& report, Markup& page) {
  const Replay& replay = *report.replay;
  LineChart chart;
  chart.begin = report.first_step + replay.first_scored();
  chart.end = report.first_step + replay.step();
  chart.description = "Imbalance of every policy over the steps.";
  chart.label = [](double value) { return percent(value); };
  for (std::size_t i = 0; i < replay.results().size(); ++i) {
    LineSeries line = {names_of(replay)[i], {}};
    for (const StepSeries::Point& point : replay.results()[i].series.points()) {
      line.points.push_back({point.mean(), point.least, point.most, point.count > 0});
    }
    chart.lines.push_back(std::move(line));
  }
  page.open("section").element("h2", {}, "Imbalance over time");
  page.element("p", {{"class", "note"}},
               "Mean over layers. Lines: the mean of neighbouring steps; areas: their smallest and "
               "largest value. The axis ends above the lines.");
  write_line_legend(names_of(replay), page);
  write_lines(chart, page);
  page.close();
}

void write_received(const ReplayReport& report, Markup& page) {
  const Replay& replay = *report.replay;
  LineChart chart;
  chart.begin = report.first_step + replay.first_scored();
  chart.end = report.first_step + replay.step();
  chart.description = "What every policy moved at each plan.";
  const bool has_bytes = report.expert_bytes > 0;
  chart.label = has_bytes ? [](double value) { return value > 0 ? bytes_text(value) : "0"; }
                          : [](double value) { return amount(value); };
  const double unit = has_bytes ? static_cast<double>(report.expert_bytes) : 1;
  for (std::size_t i = 0; i < replay.results().size(); ++i) {
    LineSeries line = {names_of(replay)[i], {}};
    for (const ReplayInterval& interval : replay.intervals()) {
      const PolicyInterval& policy = interval.policies[i];
      const double received = unit * static_cast<double>(policy.received);
      line.points.push_back({received, received, received, policy.planned});
    }
    chart.lines.push_back(std::move(line));
  }
  page.open("section").element("h2", {}, has_bytes ? "Received bytes" : "Received slots");
  page.element("p", {{"class", "note"}},
               std::string("At each plan, in all layers. The first plan replaces the placement "
                           "that engines start with") +
                   (has_bytes ? "; an expert has " + bytes_text(unit) + "." : "."));
  write_lines(chart, page);
  page.close();
}

void write_splits(const ReplayReport& report, Markup& page) {
  const Replay& replay = *report.replay;
  double top = 0;
  for (const PolicyResult& result : replay.results()) top = std::max(top, result.split.total);
  if (!(top > 0)) return;
  page.open("section").element("h2", {}, "What the imbalance consists of");
  page.open("p", {{"class", "legend"}});
  for (std::size_t term = 0; term < kSplitTermCount; ++term) {
    page.open("span").element("i", {{"class", "block t" + std::to_string(term)}}, "");
    page.text(kSplitTerms[term].name).close();
  }
  page.close().open("div", {{"class", "stacks"}});
  for (std::size_t i = 0; i < replay.results().size(); ++i) {
    const Split& split = replay.results()[i].split;
    page.open("div").name(names_of(replay)[i]).close();
    page.open("svg", {{"height", "22"}, {"role", "img"}, {"aria-label", "its parts"}});
    double begin = 0;
    for (std::size_t term = 0; term < kSplitTermCount; ++term) {
      const double width = split.terms[term] / top;
      page.tipped("rect",
                  {{"class", "t" + std::to_string(term)},
                   {"x", share(begin)},
                   {"width", share(width)},
                   {"height", "22"}},
                  std::string(kSplitTerms[term].name) + " " + percent(split.terms[term]));
      begin += width;
    }
    page.close().element("b", {}, percent(split.total));
  }
  page.close();
  page.open("div", {{"class", "scroll"}}).open("table", {{"class", "numbers"}});
  page.open("thead").open("tr").element("th", {{"scope", "col"}}, "Policy");
  for (const SplitTerm& term : kSplitTerms) page.element("th", {{"scope", "col"}}, term.name);
  page.element("th", {{"scope", "col"}}, "of it chance").close().close().open("tbody");
  for (std::size_t i = 0; i < replay.results().size(); ++i) {
    const Split& split = replay.results()[i].split;
    page.open("tr").open("th", {{"scope", "row"}}).name(names_of(replay)[i]).close();
    for (const double term : split.terms) page.element("td", {}, percent(term));
    page.element("td", {}, std::isnan(split.sampling()) ? "–" : percent(split.sampling())).close();
  }
  page.close().close().close();
  page.open("dl", {{"class", "facts parts"}});
  for (const SplitTerm& term : kSplitTerms) {
    page.element("dt", {}, term.name).element("dd", {}, term.sentence);
  }
  page.element("dt", {}, "of it chance");
  page.element("dd", {}, "how much of fast as many random tokens would make").close().close();
}

}  // namespace
}  // namespace report

std::string replay_html(const ReplayReport& input) {
  using namespace report;
  Markup page;
  open_page(input.source, "replay report", input.version, page);
  for (const auto write :
       {write_findings, write_policies, write_series, write_splits, write_received}) {
    write(input, page);
    page.raw("\n");
  }
  write_command(input.command, page);
  close_page(input.version, page);
  return std::move(page).take();
}

}  // namespace evenkeel
