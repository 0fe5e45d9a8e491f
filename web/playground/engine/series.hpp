// All strategies over all windows of a trace: the balancedness of each placement on its own window, and on
// the next window, as in a real deployment.
#pragma once

#include <cstddef>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"
#include "core/replay/step_series.hpp"
#include "web/playground/engine/lines.hpp"
#include "web/playground/engine/messages.hpp"
#include "web/playground/engine/trace.hpp"

namespace evenkeel {

class SeriesWork {
 public:
  // Continues if the same work is in progress. shape: checked for the trace.
  void start(const Trace& trace, const Shape& shape, const std::vector<NamedRules>& strategies,
             std::int64_t window_steps);
  void stop() { *this = {}; }
  bool running() const { return series_.done < series_.total; }
  // Computes one strategy on one window; true if series() should be shown.
  bool advance(const Trace& trace, const Execution& execution);
  const Series& series();

 private:
  struct StrategyLines {
    StepSeries now, later;  // by the window
    Placement before;       // of the window before; empty if there is none
  };

  Shape shape_;
  std::vector<NamedRules> strategies_;
  std::int64_t window_steps_ = 1;
  Series series_;
  Loads loads_;           // of the current window
  std::size_t next_ = 0;  // strategy in it
  std::vector<StrategyLines> lines_;
  Teller teller_;
};

}  // namespace evenkeel
