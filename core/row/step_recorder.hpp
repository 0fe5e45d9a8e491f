// The lane that records steps: what the stages tell (stage_recorder.hpp), and what keel tells. Only for steps.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/types.hpp"
#include "core/row/balance.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stage_recorder.hpp"
#include "core/row/steps.hpp"

namespace evenkeel {

// A placement that is not kept leaves no steps.
class StepRecorder : public StageRecorder {
 public:
  StepRecorder(const Shape& shape, const GpuSlots& gpu_slots, const Scratch& scratch, RowSteps& out,
               int most_kept)
      : StageRecorder(shape, gpu_slots, scratch, out), most_kept_(most_kept) {}

  using StageRecorder::on;
  void on(const PartBegins& e);
  void on(const keel::CountsBegin&);
  void on(const keel::CountGrown& e);
  void on(const keel::CountsChanged& e);
  void on(const keel::Started& e);
  void on(const keel::Rematched& e);
  void on(const keel::Swapped& e);
  void on(const keel::PairsSwapped& e);
  void on(const keel::CopyReplaced& e);
  void on(const keel::TrialBegins& e);
  void on(const keel::TrialEnds& e);
  void on(const keel::SecondStart&);
  void on(const keel::StartChosen& e);
  void on(const keel::NodeDone& e);

 private:
  // The state after the steps so far. Slots are those of the node; experts are numbered within the layer.
  struct Known {
    std::vector<std::int32_t> expert;  // of each slot; empty: nothing is placed
    std::vector<std::int32_t> copy;
    std::vector<double> gpu_load;      // of each GPU of the node
    double heaviest = 0;               // of them
    std::vector<std::int32_t> copies;  // [E]
  };

  // keel places groups on nodes by the same search; only its result is told.
  bool ignores();
  int layer_expert(int x) const {
    const int first = node() * shape_.experts_per_node();
    return global_expert(s_.keel.order[first + x]);
  }
  // Slots are counted from the first of the node.
  int first_slot() const { return gpu_slots_.first(global_gpu(0)); }
  int places() const { return gpu_slots_.most; }
  int gpu_of(int slot) const { return slot / places(); }
  int slot_of(const keel::State& s, int rank) const {
    return s.gpu[rank] * s.places + s.place[rank];
  }
  double copy_load(int expert) const;
  Known look_at(const keel::State& s) const;
  void swap_slots(int a, int b);
  void add_up(int gpu);
  void add_up_all();
  void set_heaviest(Step& step);
  void add_contents(StepKind kind);
  void add_more_changes();

  const int most_kept_;
  Known known_;
  // At the beginning of a trial, and at the end of the first of two starts.
  Known before_;
  std::size_t steps_before_ = 0;
  bool in_trial_ = false;
  int kick_ = 0;  // number of the present kick
  int kept_ = 0;  // steps of trials
  int more_ = 0;  // trials that are kept without steps
  bool is_full_ = false;
  bool has_changed_ = false;  // something in the present trial
  std::size_t start_ = 0;     // the first step of the first start
};

// One lane like OneLane.
struct RecordingLane {
  static constexpr int width = 1;
  StepRecorder* recorder;

  int rank() const { return 0; }
  void sync() const {}
  std::uint64_t min(std::uint64_t value) const { return value; }
  std::int32_t sum_before(std::int32_t) const { return 0; }
};

template <class Event>
void tell(const RecordingLane& lane, const Event& event) {
  lane.recorder->on(event);
}

}  // namespace evenkeel
