// The messages between the playground and its engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/model/figures.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"
#include "core/replay/split.hpp"
#include "core/request/bounds.hpp"
#include "core/study/sweep.hpp"

namespace evenkeel {

enum class MessageKind : std::uint8_t {
  open_loads,
  question,
  refused,
  opened,
  busy,
  window,
  compared,
  swept,
  series,
  certified,
  replayed,
};

// To the engine: open the loads of this name, such as synth:kimi-k2. (Files are sent as bytes.)
struct OpenLoads {
  static constexpr MessageKind kKind = MessageKind::open_loads;
  std::string name;

  template <class Wire>
  void fields(Wire& wire) {
    wire(name);
  }
};

// A replay of all steps, with the members of ReplayOptions.
struct ReplayQuestion {
  std::int64_t every = 1;
  std::int64_t delay = 0;
  std::int64_t from = -1;
  std::string policies;

  friend bool operator==(const ReplayQuestion&, const ReplayQuestion&) = default;
};

// To the engine: everything except the loads on which a computation depends.
struct Question {
  static constexpr MessageKind kKind = MessageKind::question;
  std::int32_t number = 0;  // the number of this question; answers repeat it
  Range steps;
  Shape shape;  // resolved for the open loads; without GPUs: only the window's loads are wanted
  std::string moe_layers;  // the model's numbers of the layers; empty: as recorded
  NamedRules strategy;     // resolved
  Bounds bounds = Bounds::automatic;
  bool wants_sweep = false;  // the figures for several numbers of redundant experts
  bool wants_series =
      false;  // the figures of all strategies over all windows of series_steps steps
  std::int64_t series_steps = 1;
  bool wants_replay = false;
  ReplayQuestion replay;

  template <class Wire>
  void fields(Wire& wire) {
    wire(number, steps, shape, moe_layers, strategy.name, strategy.label, strategy.rules, bounds,
         wants_sweep, wants_series, series_steps, wants_replay, replay.every, replay.delay,
         replay.from, replay.policies);
  }
  friend bool operator==(const Question&, const Question&) = default;
};

// From the engine: it could not read a message.
struct Refused {
  static constexpr MessageKind kKind = MessageKind::refused;
  std::string sentence;

  template <class Wire>
  void fields(Wire& wire) {
    wire(sentence);
  }
};

// From the engine: loads have been opened, or the error.
struct Opened {
  static constexpr MessageKind kKind = MessageKind::opened;
  std::string sentence;  // the error; empty if opened
  std::string name;
  std::int64_t steps = 0;
  std::int32_t layers = 0;
  std::int32_t experts = 0;
  std::vector<std::string> notes;     // what the reader recognised and assumed
  std::vector<std::string> warnings;  // what looks wrong

  template <class Wire>
  void fields(Wire& wire) {
    wire(sentence, name, steps, layers, experts, notes, warnings);
  }
};

// From the engine: the progress of long work. done == of: finished.
struct Busy {
  static constexpr MessageKind kKind = MessageKind::busy;
  std::string what;
  std::int64_t done = 0;
  std::int64_t of = 1;

  template <class Wire>
  void fields(Wire& wire) {
    wire(what, done, of);
  }
};

// From the engine: the window's loads; and, where the question has a shape, its placement.
struct WindowAnswer {
  static constexpr MessageKind kKind = MessageKind::window;
  std::int32_t number = 0;
  std::string loads_sentence;  // why there are no loads
  std::string sentence;        // why there is no placement
  Loads loads;
  Shape shape;  // of the question
  Result result;
  std::vector<LayerMetrics> without;  // of no balancer: contiguous, without redundant experts
  std::string backend;                // the back end that computed it
  StepMetrics steps_without;          // from Certified, as those of the result
  bool is_certified_later = false;    // Certified follows

  template <class Wire>
  void fields(Wire& wire) {
    wire(number, loads_sentence, sentence, loads.layers, loads.experts, loads.values,
         loads.first_layer, loads.layer_numbers, loads.recorded_layers, loads.dense_layers,
         loads.numbered, loads.steps, loads.source, shape, result.placement.layers,
         result.placement.experts, result.placement.slots, result.placement.gpus,
         result.placement.nodes, result.placement.groups, result.placement.first_layer,
         result.placement.layer_numbers, result.placement.phy2log, result.placement.logcnt,
         result.placement.log2phy, result.metrics, without, backend, is_certified_later);
  }
};

// From the engine: what takes longer than the window. The strong lower bounds of its layers, for raise_bounds; none if
// they failed or are not wanted. Figures by step of the placement and without a balancer; none if steps are not known.
struct Certified {
  static constexpr MessageKind kKind = MessageKind::certified;
  std::int32_t number = 0;
  std::vector<double> bounds;
  StepMetrics steps;
  StepMetrics steps_without;

  template <class Wire>
  void fields(Wire& wire) {
    wire(number, bounds);
    for (StepMetrics* of : {&steps, &steps_without}) {
      wire(of->steps, of->imbalance, of->imbalance_p95, of->balancedness, of->balancedness_by_load,
           of->layers);
    }
  }
};

// One strategy of the comparison.
struct ComparedRow {
  std::string name;
  std::string label;
  Summary summary;  // its time: one thread, the best of a few measurements
  std::string hash;

  template <class Wire>
  void fields(Wire& wire) {
    wire(name, label, summary, hash);
  }
};

// From the engine: the strategies compared so far.
struct Compared {
  static constexpr MessageKind kKind = MessageKind::compared;
  std::int32_t number = 0;
  std::int32_t total = 0;   // the final number of rows
  Range previous = {0, 0};  // the steps of the previous placement for moved slots; empty: none
  std::vector<ComparedRow> rows;
  std::string csv;  // when all rows exist

  template <class Wire>
  void fields(Wire& wire) {
    wire(number, total, previous, rows, csv);
  }
};

// From the engine: the points of the sweep so far.
struct Swept {
  static constexpr MessageKind kKind = MessageKind::swept;
  std::int32_t total = 0;
  std::string sentence;  // why there is none
  std::vector<SweepPoint> points;

  template <class Wire>
  void fields(Wire& wire) {
    wire(total, sentence, points);
  }
};

// A value over time, in a bounded number of points.
struct TimeLine {
  struct Point {  // of some neighbours; mean < 0: they have no value
    float least = 0;
    float mean = -1;
    float most = 0;
  };
  std::int64_t width = 1;  // neighbours of a point
  std::vector<Point> points;

  template <class Wire>
  void fields(Wire& wire) {
    wire(width, points);
  }
};

// From the engine: the windows so far, by strategy as in `names`.
struct Series {
  static constexpr MessageKind kKind = MessageKind::series;
  std::int64_t done = 0;  // windows
  std::int64_t total = 0;
  std::int64_t window_steps = 1;  // of each; one alone may be shorter
  std::string sentence;           // why there is none
  std::vector<std::string> names;
  std::vector<TimeLine> now;    // balancedness of the placement planned on the same window,
  std::vector<TimeLine> later;  // and of the one planned on the window before

  template <class Wire>
  void fields(Wire& wire) {
    wire(done, total, window_steps, sentence, names, now, later);
  }
};

// What a policy of a replay did so far.
struct ReplayedPolicy {
  std::string name;
  double imbalance = 0;  // by the step, as in StepFigures
  double percentile = 0;
  std::int64_t replans = 0;
  double received_share = 0;  // of all slots, in a re-plan
  double received = 0;        // slots in a re-plan
  TimeLine line;              // of the imbalance by the step, from the first scored one
  Split split;

  template <class Wire>
  void fields(Wire& wire) {
    wire(name, imbalance, percentile, replans, received_share, received, line, split);
  }
};

// From the engine: the replay so far.
struct Replayed {
  static constexpr MessageKind kKind = MessageKind::replayed;
  ReplayQuestion question;
  std::int64_t done = 0;  // steps
  std::int64_t total = 0;
  bool is_complete = false;
  std::string sentence;  // why there is none
  std::int64_t first_scored = 0;
  std::int64_t intervals = 0;
  std::int64_t expert_bytes = 0;  // 0: unknown
  std::vector<ReplayedPolicy> policies;
  std::string conclusion;
  std::string hash;  // once it is complete

  template <class Wire>
  void fields(Wire& wire) {
    wire(question.every, question.delay, question.from, question.policies, done, total, is_complete,
         sentence, first_scored, intervals, expert_bytes, policies, conclusion, hash);
  }
};

}  // namespace evenkeel
