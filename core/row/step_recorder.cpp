#include "core/row/step_recorder.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/lanes/sum.hpp"

namespace evenkeel {
namespace {

constexpr Index kNone = 0xffff;  // no expert, no bin

}  // namespace

// Empties the memory that the part will write, so that all of it is new.
void StepRecorder::enter(Part part, int node) {
  if (entered_) note_order();
  entered_ = true;
  part_ = part;
  node_ = node;
  if (part == Part::copies) {
    std::fill_n(s_.owner, node_slots(), kNone);
    std::fill_n(s_.node_count, shape_.experts_per_node(), Index{0});
    count_.clear();
    appended_ = shape_.experts_per_node();
    return;
  }
  if (part == Part::inverse) return;  // the memory of packing is used for something else now
  std::fill_n(s_.bin, items(), kNone);
  std::fill_n(s_.rank, items(), kNone);
  bin_.assign(index(items()), kNone);
  rank_.assign(index(items()), kNone);
  bin_load_.assign(index(bins()), 0);
}

void StepRecorder::look() {
  if (!entered_) return;
  if (part_ == Part::copies) look_at_copies();
  if (part_ == Part::groups || part_ == Part::slots) look_at_packing();
}

// Whether the rule places items one by one and not all at once.
bool StepRecorder::places_heaviest_first() const {
  return items() > bins() && rules_.search == Search::none && rules_.packing != Packing::in_order &&
         rules_.packing != Packing::random;
}

Step& StepRecorder::add(StepKind kind) {
  out_.steps_.emplace_back();
  Step& step = out_.steps_.back();
  step.kind = kind;
  step.node = packs_groups() ? -1 : node_;
  return step;
}

double StepRecorder::weight(int item) const {
  if (!packs_groups()) {
    if (rules_.search == Search::none) return static_cast<double>(s_.weight[item]);
    const int expert = s_.owner[item];  // keel has no binary32 weights
    const float load = out_.loads_[index(global_expert(expert))];
    return static_cast<double>(average(load, s_.node_count[expert]));
  }
  const int size = shape_.experts_per_group();
  return static_cast<double>(specified_sum(out_.loads_.data() + item * size, size));
}

void StepRecorder::look_at_packing() {
  if (std::equal(bin_.begin(), bin_.end(), s_.bin)) return;
  std::vector<int> fresh;
  std::vector<int> moved;
  for (int i = 0; i < items(); ++i) {
    if (bin_[index(i)] == s_.bin[i]) continue;
    (bin_[index(i)] == kNone ? fresh : moved).push_back(i);
  }
  // The greedy rules may also show many at once: their order is known.
  std::stable_sort(fresh.begin(), fresh.end(), [&](int a, int b) {
    if (places_heaviest_first()) return weight(a) > weight(b);
    return std::pair(s_.bin[a], s_.rank[a]) < std::pair(s_.bin[b], s_.rank[b]);
  });
  for (const int item : fresh) add_placed(item);
  // Refinements and exchanges swap two items at a time.
  if (moved.size() > 2) {
    bin_.assign(s_.bin, s_.bin + items());
    add_last(StepKind::slots_dealt);
  }
  if (moved.size() != 2) return;
  const auto load = [&](int item) { return bin_load_[index(bin_[index(item)])]; };
  const bool second_is_heavy = load(moved[1]) > load(moved[0]);
  add_swapped(moved[second_is_heavy ? 1 : 0], moved[second_is_heavy ? 0 : 1]);
}

void StepRecorder::add_placed(int item) {
  bin_[index(item)] = s_.bin[item];
  rank_[index(item)] = s_.rank[item];
  double& load = bin_load_[index(s_.bin[item])];
  const double before = load;
  load += weight(item);
  if (packs_groups() && shape_.groups == 1) return;
  Step& step = add(packs_groups() ? StepKind::group_placed : StepKind::slot_placed);
  step.before = before;
  step.after = load;
  if (packs_groups()) {
    step.expert = item;
    step.gpu = s_.bin[item];
    return;
  }
  step.expert = global_expert(s_.owner[item]);
  step.copy = s_.copy[item];
  step.gpu = global_gpu(s_.bin[item]);
  step.slot = global_slot(item);
}

// The two swap their places; if the stage assigns other places, note_order finds it.
void StepRecorder::add_swapped(int heavy_item, int light_item) {
  const auto heavy = index(bin_[index(heavy_item)]);
  const auto light = index(bin_[index(light_item)]);
  Step& step = add(packs_groups() ? StepKind::groups_swapped : StepKind::slots_swapped);
  step.before = bin_load_[heavy];
  const double gain = weight(heavy_item) - weight(light_item);
  bin_load_[heavy] -= gain;
  bin_load_[light] += gain;
  step.after = bin_load_[heavy];
  if (packs_groups()) {
    step.expert = heavy_item;
    step.other_expert = light_item;
    step.gpu = static_cast<std::int32_t>(heavy);
    step.other_gpu = static_cast<std::int32_t>(light);
  } else {
    step.expert = global_expert(s_.owner[heavy_item]);
    step.copy = s_.copy[heavy_item];
    step.slot = global_slot(heavy_item);
    step.gpu = global_gpu(static_cast<int>(heavy));
    step.other_expert = global_expert(s_.owner[light_item]);
    step.other_copy = s_.copy[light_item];
    step.other_slot = global_slot(light_item);
    step.other_gpu = global_gpu(static_cast<int>(light));
  }
  std::swap(bin_[index(heavy_item)], bin_[index(light_item)]);
  std::swap(rank_[index(heavy_item)], rank_[index(light_item)]);
}

// Finds places within GPUs that differ from the steps so far. Places of groups within nodes are not visible.
void StepRecorder::note_order() {
  if (part_ != Part::slots || std::equal(rank_.begin(), rank_.end(), s_.rank)) return;
  add_last(StepKind::slots_ordered);
}

// A step after which the slots are as in the memory.
void StepRecorder::add_last(StepKind kind) {
  add(kind);
  rank_.assign(s_.rank, s_.rank + items());
  for (int item = 0; item < items(); ++item) {
    const auto slot = index(global_slot(item));
    out_.last_expert_[slot] = global_expert(s_.owner[item]);
    out_.last_copy_[slot] = s_.copy[item];
  }
}

void StepRecorder::look_at_copies() {
  const int experts = shape_.experts_per_node();
  if (count_.empty()) {
    if (s_.node_count[0] == 0) return;
    add(StepKind::first_copies);
    const bool at_once =
        rules_.search != Search::none || rules_.replication == Replication::water_filling;
    for (int x = 0; x < experts; ++x) {
      count_.push_back(at_once ? s_.node_count[x] : Index{1});
      out_.first_counts_[index(global_expert(x))] = count_.back();
    }
  }
  if (std::equal(count_.begin(), count_.end(), s_.node_count)) return;
  const auto differs = [&](auto than) {
    for (int x = 0; x < experts; ++x) {
      if (than(s_.node_count[x], count_[index(x)])) return x;
    }
    return -1;
  };
  if (const int donor = differs(std::less<>()); donor >= 0) {
    const int receiver = differs(std::greater<>());
    Step& step = add(StepKind::copy_moved);
    step.expert = global_expert(donor);
    step.other_expert = global_expert(receiver);
    step.copy = count_[index(receiver)];
    step.before = static_cast<double>(average(s_.node_load[donor], count_[index(donor)]));
    step.after = static_cast<double>(average(s_.node_load[donor], s_.node_count[donor]));
    count_.assign(s_.node_count, s_.node_count + experts);
    return;
  }
  // First the copies that were appended to slots, in order; then those that are only counted.
  while (appended_ < node_slots() && s_.owner[appended_] != kNone) {
    add_copy(s_.owner[appended_++]);
  }
  for (int x = 0; x < experts; ++x) {
    while (count_[index(x)] < s_.node_count[x]) add_copy(x);
  }
}

void StepRecorder::add_copy(int expert) {
  Index& count = count_[index(expert)];
  Step& step = add(StepKind::copy_added);
  step.expert = global_expert(expert);
  step.copy = count;
  step.before = static_cast<double>(average(s_.node_load[expert], count));
  step.after = static_cast<double>(average(s_.node_load[expert], ++count));
}

}  // namespace evenkeel
