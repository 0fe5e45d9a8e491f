#include "native/replay_text.hpp"

#include <cmath>

#include "core/base/numbers.hpp"
#include "core/replay/conclusion.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

constexpr const char* kNothing = "-";

std::string policy_table(const Replay& replay, std::int64_t expert_bytes) {
  std::vector<std::string> heading = {"by the step", "imbalance", "95 %",
                                      "balanced",    "by load",   "received"};
  if (expert_bytes > 0) heading.emplace_back("bytes");
  Table table(heading);
  for (std::size_t i = 0; i < replay.results().size(); ++i) {
    const PolicyResult& result = replay.results()[i];
    const StepFigures& figures = result.figures;
    std::vector<std::string> row = {
        replay.setup().policies[i].policy.name, percent(figures.imbalance()),
        percent(figures.imbalance_percentile()), fixed(figures.balancedness(), 4),
        fixed(figures.balancedness_by_load(), 4)};
    const bool moves = result.replans > 0;
    row.push_back(moves ? percent(result.received_share()) : kNothing);
    if (expert_bytes > 0) {
      const double received =
          static_cast<double>(result.received) * static_cast<double>(expert_bytes);
      row.push_back(moves ? bytes_text(received / static_cast<double>(result.replans)) : kNothing);
    }
    table.add(std::move(row));
  }
  return table.text();
}

std::string split_table(const Replay& replay) {
  std::vector<std::string> heading = {"consists of"};
  for (const SplitTerm& term : kSplitTerms) heading.emplace_back(term.name);
  heading.emplace_back("(chance)");
  Table table(heading);
  for (std::size_t i = 0; i < replay.results().size(); ++i) {
    const Split& split = replay.results()[i].split;
    std::vector<std::string> row = {replay.setup().policies[i].policy.name};
    for (const double term : split.terms) row.push_back(percent(term));
    row.push_back(std::isnan(split.sampling()) ? kNothing : "(" + percent(split.sampling()) + ")");
    table.add(std::move(row));
  }
  return table.text();
}

}  // namespace

std::string replay_text(const Replay& replay, std::int64_t expert_bytes) {
  std::string text = policy_table(replay, expert_bytes);
  const bool has_splits = replay.options().splits && !replay.intervals().empty();
  if (has_splits) text += "\n" + split_table(replay) + "\n" + wrapped(ascii(conclude(replay)), 0);
  text += "\n";
  const auto legend = [&](std::string_view name, std::string_view words) {
    text += wrapped(ascii(std::string(name) + ": " + std::string(words)), 2);
  };
  legend("no balancer", "the experts in order on the GPUs, without redundant experts");
  legend("imbalance", "(max - mean) / mean GPU load in a step, mean over steps and layers");
  legend("95 %", "95 % of the steps have at most this imbalance, mean over their layers");
  legend("balanced", "mean / max GPU load in a step, mean over steps and layers, as SGLang logs");
  legend("by load", "sum of means / sum of maxima over layers, mean over steps, as vLLM logs");
  legend("received",
         "slots that received an expert which was not on their GPU, of all slots, mean "
         "over re-plans after the first plan");
  if (has_splits) {
    for (const SplitTerm& term : kSplitTerms) legend(term.name, term.sentence);
    legend("(chance)", "how much of fast as many random tokens would make");
  }
  return text;
}

}  // namespace evenkeel
