#include "core/replay/conclusion.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/base/numbers.hpp"

namespace evenkeel {
namespace {

// Random tokens that make so much of `fast` explain it.
constexpr double kNearlyAll = 0.95;

}  // namespace

std::size_t best_policy(const Replay& replay) {
  const auto imbalance = [&](std::size_t i) { return replay.results()[i].figures.imbalance(); };
  std::size_t best = 0;
  for (std::size_t i = 1; i < replay.results().size(); ++i) {
    if (imbalance(i) < imbalance(best)) best = i;
  }
  return best;
}

std::string conclude(const Replay& replay) {
  const std::size_t best = best_policy(replay);
  const Split& split = replay.results()[best].split;
  if (!(split.steps > 0)) return {};
  const auto most = std::max_element(split.terms.begin(), split.terms.end());
  const SplitTerm& term = kSplitTerms[static_cast<std::size_t>(most - split.terms.begin())];
  std::string text = replay.setup().policies[best].policy.name + " leaves " + percent(split.total) +
                     ". Most of it, " + percent(*most) + ", is " + std::string(term.name) + ": " +
                     std::string(term.sentence) + ".";
  if (term.name == "drift") {
    const bool is_mean_of_max = replay.setup().policies[best].policy.from == PlansFrom::mean_of_max;
    text += is_mean_of_max ? " Plans that are made more often leave less."
                           : " Plan more often, or for the mean of max.";
  }
  const double fast = split.terms.back();
  const double sampling = split.sampling();
  if (fast > 0 && !std::isnan(sampling)) {
    text += " Of fast, random tokens would make " + percent(sampling);
    const std::size_t band = split.slowest_band();
    const bool has_rest = sampling < kNearlyAll * fast && band < split.bands.size();
    text += has_rest ? "; most of the rest changes " + band_text(band) + "." : ".";
  }
  return text + " In hindsight, one placement for each interval would leave " +
         percent(split.hindsight) + ", one for each step " + percent(split.each_step) + ".";
}

std::string band_text(std::size_t band) {
  const std::string from = std::to_string(kScaleSteps[band]);
  if (band + 1 == std::size(kScaleSteps)) return "over more than " + from + " steps";
  return "over " + from + " to " + std::to_string(kScaleSteps[band + 1]) + " steps";
}

std::string bytes_text(double bytes) {
  constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  bytes /= 1000;
  while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  return amount(bytes) + "\u00a0" + kUnits[unit];
}

}  // namespace evenkeel
