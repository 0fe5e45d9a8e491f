#include "core/row/step_recorder.hpp"

#include <algorithm>
#include <utility>

namespace evenkeel {
namespace {

// The load of the heaviest GPU if the copies were folded.
double heaviest_pair(const keel::State& s) {
  const std::int32_t largest = keel::detail::fold(s.weight, s.slots, 0).largest;
  return s.scale > 0 ? largest / s.scale : 0;
}

}  // namespace

void StepRecorder::on(const PartBegins& e) {
  StageRecorder::on(e);
  known_.expert.clear();
  known_.heaviest = 0;
  start_ = out_.steps_.size();
}

bool StepRecorder::ignores() {
  has_changed_ = true;
  return packs_groups() || (in_trial_ && is_full_);
}

double StepRecorder::copy_load(int expert) const {
  return static_cast<double>(out_.loads_[index(expert)]) / known_.copies[index(expert)];
}

void StepRecorder::on(const keel::CountsBegin&) {
  known_.copies.resize(index(shape_.experts));
  add(StepKind::first_copies);
  const int experts = shape_.experts_per_node();
  for (int x = 0; x < experts; ++x) {
    const auto expert = index(layer_expert(x));
    known_.copies[expert] = s_.keel.count[node() * experts + x];
    out_.first_counts_[expert] = known_.copies[expert];
  }
}

void StepRecorder::on(const keel::CountGrown& e) {
  Step& step = add(StepKind::copy_added);
  step.expert = layer_expert(e.expert);
  step.before = copy_load(step.expert);
  step.copy = known_.copies[index(step.expert)]++;
  step.after = copy_load(step.expert);
}

void StepRecorder::on(const keel::CountsChanged& e) {
  if (ignores()) return;
  Step& step = add(StepKind::count_changed);
  step.expert = layer_expert(e.b);
  step.other_expert = layer_expert(e.a);
  --known_.copies[index(step.expert)];
  ++known_.copies[index(step.other_expert)];
  step.before = known_.heaviest;
  step.after = known_.heaviest = heaviest_pair(e.s);
}

StepRecorder::Known StepRecorder::look_at(const keel::State& s) const {
  Known found = known_;
  found.expert.resize(index(s.slots));
  found.copy.resize(index(s.slots));
  for (int r = 0; r < s.slots; ++r) {
    const int x = s.expert[r];
    const auto slot = index(slot_of(s, r));
    found.expert[slot] = layer_expert(x);
    found.copy[slot] = r - s.first[x];
    found.copies[index(found.expert[slot])] = s.count[x];
  }
  return found;
}

// As state_after adds it up.
void StepRecorder::add_up(int gpu) {
  double load = 0;
  for (int slot = gpu * places(); slot < (gpu + 1) * places(); ++slot) {
    load += copy_load(known_.expert[index(slot)]);
  }
  known_.gpu_load[index(gpu)] = load;
}

void StepRecorder::add_up_all() {
  known_.gpu_load.resize(index(shape_.gpus_per_node()));
  for (int gpu = 0; gpu < shape_.gpus_per_node(); ++gpu) add_up(gpu);
}

void StepRecorder::set_heaviest(Step& step) {
  step.before = known_.heaviest;
  known_.heaviest = *std::max_element(known_.gpu_load.begin(), known_.gpu_load.end());
  step.after = known_.heaviest;
}

// A step that sets all slots of the node to what is known.
void StepRecorder::add_contents(StepKind kind) {
  Step& step = add(kind);
  step.contents = static_cast<std::int32_t>(out_.contents_.size());
  out_.contents_.push_back({first_slot(), known_.expert, known_.copy, {}});
  add_up_all();
  set_heaviest(step);
}

void StepRecorder::add_more_changes() {
  Step& step = add(StepKind::more_changes);
  step.count = std::exchange(more_, 0);
  step.contents = static_cast<std::int32_t>(out_.contents_.size());
  out_.contents_.push_back({first_slot(), known_.expert, known_.copy, known_.copies});
  if (known_.expert.empty()) return;
  add_up_all();
  set_heaviest(step);
}

void StepRecorder::on(const keel::Started& e) {
  if (packs_groups()) return;
  in_trial_ = false;
  const Known found = look_at(e.s);
  if (more_ > 0) {
    known_.copies = found.copies;
    add_more_changes();
  }
  if (e.start == keel::Start::fold) known_.heaviest = 0;  // of counts
  known_.expert = found.expert;
  known_.copy = found.copy;
  constexpr StepKind kKinds[] = {StepKind::started_by_differencing,
                                 StepKind::started_heaviest_first, StepKind::started_by_folding,
                                 StepKind::slots_dealt};
  add_contents(kKinds[static_cast<std::size_t>(e.start)]);
}

void StepRecorder::on(const keel::Rematched& e) {
  if (packs_groups()) return;
  Known found = look_at(e.s);
  if (found.expert == known_.expert) return;  // each copy came back to its GPU
  known_ = std::move(found);
  add_contents(StepKind::rematched);
}

void StepRecorder::swap_slots(int a, int b) {
  std::swap(known_.expert[index(a)], known_.expert[index(b)]);
  std::swap(known_.copy[index(a)], known_.copy[index(b)]);
  add_up(gpu_of(a));
  add_up(gpu_of(b));
}

void StepRecorder::on(const keel::Swapped& e) {
  if (ignores()) return;
  constexpr StepKind kKinds[] = {StepKind::copies_parted, StepKind::copies_exchanged,
                                 StepKind::copies_kicked};
  const int slot = slot_of(e.s, e.q);  // where r was
  const int other = slot_of(e.s, e.r);
  if (known_.expert[index(slot)] == known_.expert[index(other)]) return;  // changes nothing
  Step& step = add(kKinds[static_cast<std::size_t>(e.reason)]);
  step.kick = kick_;
  step.expert = known_.expert[index(slot)];
  step.copy = known_.copy[index(slot)];
  step.slot = first_slot() + slot;
  step.gpu = global_gpu(gpu_of(slot));
  step.other_expert = known_.expert[index(other)];
  step.other_copy = known_.copy[index(other)];
  step.other_slot = first_slot() + other;
  step.other_gpu = global_gpu(gpu_of(other));
  swap_slots(slot, other);
  set_heaviest(step);
}

void StepRecorder::on(const keel::PairsSwapped& e) {
  if (ignores()) return;
  const std::size_t steps = out_.steps_.size();
  for (int i = 0; i < 2; ++i) {
    on(keel::Swapped{e.s, keel::SwapReason::lighter, e.heavy[i], e.light[i]});
  }
  if (out_.steps_.size() < steps + 2) return;
  const Step second = out_.steps_.back();
  out_.steps_.pop_back();
  Step& step = out_.steps_.back();
  step.kind = StepKind::pairs_exchanged;
  step.after = second.after;
  step.second_expert = second.expert;
  step.second_slot = second.slot;
  step.other_second_expert = second.other_expert;
  step.other_second_slot = second.other_slot;
}

void StepRecorder::on(const keel::CopyReplaced& e) {
  if (ignores()) return;
  Step& step = add(StepKind::copy_replaced);
  step.kick = kick_;
  step.expert = known_.expert[index(e.place)];
  step.copy = known_.copy[index(e.place)];
  step.slot = first_slot() + e.place;
  step.gpu = global_gpu(gpu_of(e.place));
  step.other_expert = layer_expert(e.expert);
  step.other_copy = known_.copies[index(step.other_expert)]++;
  const std::int32_t last = --known_.copies[index(step.expert)];
  for (std::size_t slot = 0; slot < known_.expert.size(); ++slot) {
    if (known_.expert[slot] != step.expert || known_.copy[slot] != last) continue;
    step.other_slot = first_slot() + static_cast<std::int32_t>(slot);
    known_.copy[slot] = step.copy;
  }
  known_.expert[index(e.place)] = step.other_expert;
  known_.copy[index(e.place)] = step.other_copy;
  add_up_all();
  set_heaviest(step);
}

void StepRecorder::on(const keel::TrialBegins& e) {
  if (packs_groups()) return;
  in_trial_ = true;
  has_changed_ = false;
  kick_ = e.kick;
  if (is_full_) return;
  if (known_.expert.empty()) known_.heaviest = heaviest_pair(e.s);
  before_ = known_;
  steps_before_ = out_.steps_.size();
}

void StepRecorder::on(const keel::TrialEnds& e) {
  if (packs_groups()) return;
  in_trial_ = false;
  kick_ = 0;
  const bool is_as_before = known_.expert == before_.expert && known_.copies == before_.copies;
  if (is_full_) {
    more_ += e.kept && has_changed_ ? 1 : 0;
  } else if (e.kept && !is_as_before) {
    kept_ += static_cast<int>(out_.steps_.size() - steps_before_);
    is_full_ = kept_ >= most_kept_;
  } else {
    known_ = before_;
    out_.steps_.resize(steps_before_);
  }
}

void StepRecorder::on(const keel::SecondStart&) {
  if (packs_groups()) return;
  before_ = known_;
  steps_before_ = out_.steps_.size();
  known_.expert.clear();
  known_.heaviest = 0;
}

void StepRecorder::on(const keel::StartChosen& e) {
  if (packs_groups()) return;
  const auto end = out_.steps_.begin() + static_cast<std::ptrdiff_t>(steps_before_);
  if (e.second) {
    out_.steps_.erase(out_.steps_.begin() + static_cast<std::ptrdiff_t>(start_), end);
  } else {
    known_ = before_;
    out_.steps_.erase(end, out_.steps_.end());
  }
}

void StepRecorder::on(const keel::NodeDone& e) {
  in_trial_ = false;
  kick_ = 0;  // a kick that finds nothing to move has no end
  Known found = look_at(e.s);
  const bool is_numbered = found.copy == known_.copy;
  std::swap(known_, found);
  known_.heaviest = found.heaviest;
  if (more_ > 0) {
    add_more_changes();
  } else if (!is_numbered) {
    add_contents(StepKind::copies_numbered);
  }
}

}  // namespace evenkeel
