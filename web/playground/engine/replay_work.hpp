// The replay of a whole trace, in slices.
#pragma once

#include <cstdint>

#include "core/replay/replay.hpp"
#include "web/playground/engine/lines.hpp"
#include "web/playground/engine/messages.hpp"
#include "web/playground/engine/trace.hpp"

namespace evenkeel {

class ReplayWork {
 public:
  // Continues if the same work is in progress. window: of the trace, with the shape and the numbers of its layers.
  void start(const Trace& trace, const Question& question, const WindowAnswer& window);
  void stop() { *this = {}; }
  bool running() const { return is_running_; }
  // Works for about 20 ms; true if replayed() should be shown.
  bool advance(const Execution& execution);
  Replayed replayed() const;

 private:
  Status open(const Trace& trace, const Question& question, const WindowAnswer& window);
  Status work(const Execution& execution);

  Question question_;  // without members that do not affect the replay
  Shape shape_;
  Status status_;
  bool is_running_ = false;
  Replay replay_;
  StepSource source_;
  RawSteps block_;
  std::int64_t taken_ = 0;  // of the block
  std::int64_t expert_bytes_ = 0;
  Teller teller_;
};

}  // namespace evenkeel
