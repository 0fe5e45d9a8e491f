// Computes for the playground outside the thread that draws: it receives messages, works in slices of about
// 20 ms, and answers with messages. A newer question replaces an older one.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "core/evenkeel.hpp"
#include "web/playground/engine/messages.hpp"
#include "web/playground/engine/replay_work.hpp"
#include "web/playground/engine/series.hpp"
#include "web/playground/engine/slice_timer.hpp"
#include "web/playground/engine/step_work.hpp"
#include "web/playground/engine/trace.hpp"
#include "web/playground/engine/wire.hpp"

namespace evenkeel {

class Engine {
 public:
  using Send = std::function<void(Bytes)>;
  Engine(Execution execution, Send send) : execution_(execution), send_(std::move(send)) {}

  void receive(std::span<const std::byte> message);
  // name: of the recording; the answer repeats it.
  void open_recording(RecordingBytes recording, std::string_view name);
  // A recording that could not be made ready for open_recording.
  void refuse_recording(std::string_view name, std::string_view sentence);
  void tell_busy(std::string_view what, std::int64_t done, std::int64_t of);
  // Does the next slice; false if nothing is left to do.
  bool advance();

 private:
  void opened(const Status& status, std::string_view name);
  void answer_question();
  bool certifies() const;
  void certify_next();
  void tell_certified();
  void start_comparison();
  void compare_next();
  void time_result();
  void complete_comparison();
  void start_sweep();
  void start_series();
  void start_replay();

  Execution execution_;
  Send send_;
  Trace trace_;
  bool told_opened_ = true;

  Question question_;
  bool asked_ = false;
  WindowAnswer window_;  // the current window; its shape is valid if has_shape_
  bool has_shape_ = false;
  std::vector<double> bounds_;  // strong ones of the window's layers so far
  StepWork steps_;              // of the window's placement and without a balancer
  bool is_certified_ = true;    // Certified was sent

  std::vector<NamedRules>
      strategies_;  // those of the table and, if it is not among them, that of the question
  std::vector<Result>
      results_;        // of the comparison so far; the time of the last one may not be measured yet
  SliceTimer timing_;  // of it
  StepWork compared_steps_;
  Compared compared_;
  Loads previous_loads_;

  Sweep sweep_;
  Swept swept_;
  Question sweep_question_;  // the question for which the sweep was started
  SeriesWork series_;
  ReplayWork replay_;
};

}  // namespace evenkeel
