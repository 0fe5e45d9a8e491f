#include "web/playground/engine/series.hpp"

#include <algorithm>
#include <utility>

namespace evenkeel {
namespace {

// A shorter last window is used only if it is the only one.
std::int32_t window_count(std::int64_t steps, std::int64_t window_steps) {
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, steps / window_steps));
}

float balancedness(const std::vector<LayerMetrics>& metrics, const Loads& loads) {
  return static_cast<float>(summarize({metrics, loads.numbers()})["balancedness"]);
}

}  // namespace

void SeriesWork::start(const Trace& trace, const Shape& shape,
                       const std::vector<NamedRules>& strategies, std::int64_t window_steps) {
  const auto same = [](const NamedRules& a, const NamedRules& b) { return a.rules == b.rules; };
  if (shape == shape_ && window_steps == window_steps_ &&
      std::equal(strategies.begin(), strategies.end(), strategies_.begin(), strategies_.end(),
                 same)) {
    return;
  }
  stop();
  shape_ = shape;
  strategies_ = strategies;
  window_steps_ = window_steps;
  for (const NamedRules& strategy : strategies_) series_.names.push_back(strategy.label);
  series_.total = window_count(trace.steps(), window_steps_);
  before_.resize(strategies_.size());
}

bool SeriesWork::advance(const Trace& trace, const Execution& execution) {
  const auto fail = [&](const Status& status) {
    series_.sentence = status.sentence();
    series_.total = static_cast<std::int32_t>(series_.windows.size());
    return true;
  };
  const std::size_t at = window_.now.size();
  if (at == 0) {
    const auto begin = static_cast<std::int64_t>(series_.windows.size()) * window_steps_;
    window_.steps = {begin, std::min(begin + window_steps_, trace.steps())};
    if (Status s = trace.window(window_.steps, loads_); !s.ok()) return fail(s);
  }
  std::vector<LayerMetrics> later;
  if (before_[at].layers != 0) {
    if (Status s = score(loads_, before_[at], shape_, nullptr, execution, later); !s.ok()) {
      return fail(s);
    }
  }
  Result result;
  if (Status s = balance(loads_, shape_, strategies_[at].rules, nullptr, execution, result);
      !s.ok()) {
    return fail(s);
  }
  window_.later.push_back(later.empty() ? -1.0f : balancedness(later, loads_));
  window_.now.push_back(balancedness(result.metrics, loads_));
  before_[at] = std::move(result.placement);
  if (window_.now.size() < strategies_.size()) return false;
  series_.windows.push_back(std::exchange(window_, {}));
  return true;
}

}  // namespace evenkeel
