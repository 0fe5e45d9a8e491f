#include "web/playground/engine/series.hpp"

#include <algorithm>
#include <utility>

namespace evenkeel {
namespace {

// A shorter last window is used only if it is the only one.
std::int64_t window_count(std::int64_t steps, std::int64_t window_steps) {
  return std::max<std::int64_t>(1, steps / window_steps);
}

double balancedness(const std::vector<LayerMetrics>& metrics, const Loads& loads) {
  return summarize({metrics, loads.numbers()})["balancedness"];
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
  series_.window_steps = window_steps_;
  lines_.resize(strategies_.size());
}

bool SeriesWork::advance(const Trace& trace, const Execution& execution) {
  const auto fail = [&](const Status& status) {
    series_.sentence = status.sentence();
    series_.total = series_.done;
    return true;
  };
  if (next_ == 0) {
    const std::int64_t begin = series_.done * window_steps_;
    const Range steps = {begin, std::min(begin + window_steps_, trace.steps())};
    if (Status s = trace.window(steps, loads_); !s.ok()) return fail(s);
  }
  StrategyLines& lines = lines_[next_];
  std::vector<LayerMetrics> later;
  if (lines.before.layers != 0) {
    if (Status s = score(loads_, lines.before, shape_, nullptr, execution, later); !s.ok()) {
      return fail(s);
    }
  }
  Result result;
  if (Status s = balance(loads_, shape_, strategies_[next_].rules, nullptr, execution, result);
      !s.ok()) {
    return fail(s);
  }
  later.empty() ? lines.later.skip() : lines.later.add(balancedness(later, loads_));
  lines.now.add(balancedness(result.metrics, loads_));
  lines.before = std::move(result.placement);
  if (++next_ < strategies_.size()) return false;
  next_ = 0;
  ++series_.done;
  return !running() || teller_.is_due();
}

const Series& SeriesWork::series() {
  series_.now.clear();
  series_.later.clear();
  for (const StrategyLines& lines : lines_) {
    series_.now.push_back(line_of(lines.now));
    series_.later.push_back(line_of(lines.later));
  }
  return series_;
}

}  // namespace evenkeel
