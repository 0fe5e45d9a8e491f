// All strategies over all windows of a trace: the balancedness of each placement on its own window, and on
// the next window, as in a real deployment.
#pragma once

#include <cstddef>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"
#include "web/playground/engine/messages.hpp"
#include "web/playground/engine/trace.hpp"

namespace evenkeel {

class SeriesWork {
 public:
  // Continues if the same work is in progress. shape: checked for the trace.
  void start(const Trace& trace, const Shape& shape, const std::vector<NamedRules>& strategies,
             std::int64_t window_steps);
  void stop() { *this = {}; }
  bool running() const { return static_cast<std::int32_t>(series_.windows.size()) < series_.total; }
  // Computes one strategy on one window; true if that completes the window.
  bool advance(const Trace& trace, const Execution& execution);
  const Series& series() const { return series_; }

 private:
  Shape shape_;
  std::vector<NamedRules> strategies_;
  std::int64_t window_steps_ = 1;
  Series series_;
  Loads loads_;  // of the current window
  SeriesWindow window_;
  std::vector<Placement> before_;  // by strategy; empty if there is none yet
};

}  // namespace evenkeel
