#include "core/replay/split.hpp"

#include <algorithm>
#include <cmath>

namespace evenkeel {

double Split::sampling() const {
  double sum = 0;
  for (const double band : sampling_bands) sum += band;
  return std::isnan(sum) ? sum : std::clamp(sum, 0.0, terms.back());
}

std::size_t Split::slowest_band() const {
  std::size_t best = bands.size();
  double most = 0;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const double rest = bands[i] - (std::isnan(sampling_bands[i]) ? 0 : sampling_bands[i]);
    if (rest > most) {
      most = rest;
      best = i;
    }
  }
  return best;
}

void Split::add(const Split& other) {
  // What is unknown of a part without steps does not make the mean unknown.
  const auto mix = [](double& value, double of, double with, double of_with) {
    if (of > 0 && of_with > 0) {
      value = of / (of + of_with) * value + of_with / (of + of_with) * with;
    } else if (of_with > 0) {
      value = with;
    }
  };
  mix(total, steps, other.total, other.steps);
  for (std::size_t i = 0; i < terms.size(); ++i) mix(terms[i], steps, other.terms[i], other.steps);
  for (std::size_t i = 0; i < bands.size(); ++i) {
    mix(bands[i], steps, other.bands[i], other.steps);
    mix(sampling_bands[i], steps, other.sampling_bands[i], other.steps);
  }
  mix(hindsight, hindsight_steps, other.hindsight, other.hindsight_steps);
  mix(each_step, hindsight_steps, other.each_step, other.hindsight_steps);
  steps += other.steps;
  hindsight_steps += other.hindsight_steps;
}

Split split_of(const SplitInput& in) {
  Split split;
  split.total = in.total;
  const double best = std::min(in.placed, in.planned);
  const double slots = std::clamp(in.bound, 0.0, best);
  const double changed = in.placed - best;
  const double noise = std::min(changed, in.noise);
  split.terms = {slots, best - slots, noise, changed - noise, std::max(in.total - in.placed, 0.0)};
  return split;
}

double noise_of(const PartPlans& plans) {
  const double on_odd = plans.even_on_odd - std::min(plans.even_on_odd, plans.odd_on_odd);
  const double on_even = plans.odd_on_even - std::min(plans.odd_on_even, plans.even_on_even);
  return (on_odd + on_even) / (2 * std::sqrt(2.0));
}

}  // namespace evenkeel
