#include "native/replay_text.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

constexpr const char* kNothing = "-";
constexpr double kNearlyAll = 0.95;

// "1.24 GB"
std::string bytes_text(double bytes) {
  constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  bytes /= 1000;
  while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  return amount(bytes) + " " + kUnits[unit];
}

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

std::string between_scales(std::size_t band) {
  const std::string from = std::to_string(kScaleSteps[band]);
  if (band + 1 == std::size(kScaleSteps)) return "over more than " + from + " steps";
  return "over " + from + " to " + std::to_string(kScaleSteps[band + 1]) + " steps";
}

// What remains under the best policy, in words.
std::string conclusion(const Replay& replay) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < replay.results().size(); ++i) {
    const auto imbalance = [&](std::size_t at) { return replay.results()[at].figures.imbalance(); };
    if (imbalance(i) < imbalance(best)) best = i;
  }
  const Split& split = replay.results()[best].split;
  const auto most = std::max_element(split.terms.begin(), split.terms.end());
  const SplitTerm& term = kSplitTerms[static_cast<std::size_t>(most - split.terms.begin())];
  std::string text = replay.setup().policies[best].policy.name + " leaves " + percent(split.total) +
                     ". Most of it, " + percent(*most) + ", is " + std::string(term.name) + ": " +
                     std::string(term.sentence) + ".";
  const double fast = split.terms.back();
  if (fast > 0 && !std::isnan(split.sampling())) {
    text += " Of fast, random tokens would make " + percent(split.sampling());
    const std::size_t band = split.slowest_band();
    const bool has_rest = split.sampling() < kNearlyAll * fast && band < split.bands.size();
    text += has_rest ? "; most of the rest changes " + between_scales(band) + "." : ".";
  }
  text += " In hindsight, one placement for each interval would leave " + percent(split.hindsight) +
          ", one for each step " + percent(split.each_step) + ".";
  return wrapped(ascii(text), 0);
}

}  // namespace

std::string replay_text(const Replay& replay, std::int64_t expert_bytes) {
  std::string text = policy_table(replay, expert_bytes);
  const bool has_splits = replay.options().splits && !replay.intervals().empty();
  if (has_splits) text += "\n" + split_table(replay) + "\n" + conclusion(replay);
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
