#include "core/steps.hpp"

#include <algorithm>
#include <utility>

#include "core/backend_rows.hpp"
#include "core/check.hpp"
#include "core/sum.hpp"
#include "core/text.hpp"

namespace evenkeel {
namespace {

constexpr Index kNone = 0xffff;  // no expert, no bin

}  // namespace

// Sees the row's memory whenever a stage lets other lanes see it, and says what is new there.
class StepRecorder {
 public:
  StepRecorder(const Shape& shape, const Rules& rules, const Scratch& scratch, RowSteps& out)
      : shape_(shape), rules_(rules), s_(scratch), out_(out) {}

  void enter(Part part, int node);
  void look();
  // Behind the last part.
  void finish() { note_order(); }

 private:
  // What is packed: groups onto nodes, or one node's slots onto its GPUs.
  bool packs_groups() const { return part_ == Part::groups; }
  int items() const { return packs_groups() ? shape_.groups : shape_.slots_per_node(); }
  int bins() const { return packs_groups() ? shape_.nodes : shape_.gpus_per_node(); }
  double weight(int item) const;

  void look_at_packing();
  void look_at_copies();
  void note_order();
  void add_placed(int item);
  void add_swapped(int heavy_item, int light_item);
  void add_copy(int expert);
  Step& add(StepKind kind);
  // Within the layer, of what is numbered within the node.
  int global_expert(int expert) const {
    return s_.expert_at[node_ * shape_.experts_per_node() + expert];
  }
  int global_gpu(int gpu) const { return node_ * shape_.gpus_per_node() + gpu; }
  int global_slot(int item) const {
    return global_gpu(bin_[index(item)]) * shape_.slots_per_gpu() + rank_[index(item)];
  }
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  const Shape& shape_;
  const Rules& rules_;
  const Scratch& s_;
  RowSteps& out_;
  Part part_ = Part::groups;
  int node_ = 0;
  bool entered_ = false;
  // What the steps so far say, to be compared with what is there.
  std::vector<Index> bin_;
  std::vector<Index> rank_;
  std::vector<double> bin_load_;
  std::vector<Index> count_;  // of the node's experts; empty before their first copies
  int appended_ = 0;          // slots whose copies are counted
};

namespace {

// One lane, as OneLane, but somebody looks whenever it lets others see its memory.
struct WatchedLane {
  static constexpr int width = 1;
  StepRecorder* recorder;

  int rank() const { return 0; }
  void sync() const { recorder->look(); }
  std::uint64_t min(std::uint64_t value) const { return value; }
  std::int32_t sum_before(std::int32_t) const { return 0; }
};

// Found in place of balance.hpp's, which does nothing.
void entering(const WatchedLane& lane, Part part, int node) { lane.recorder->enter(part, node); }

}  // namespace

// What the part is going to write is emptied, so that all of it is new.
void StepRecorder::enter(Part part, int node) {
  if (entered_) note_order();
  entered_ = true;
  part_ = part;
  node_ = node;
  if (part == Part::copies) {
    std::fill_n(s_.owner, shape_.slots_per_node(), kNone);
    std::fill_n(s_.node_count, shape_.experts_per_node(), Index{0});
    count_.clear();
    appended_ = shape_.experts_per_node();
    return;
  }
  std::fill_n(s_.bin, items(), kNone);
  std::fill_n(s_.rank, items(), kNone);
  bin_.assign(index(items()), kNone);
  rank_.assign(index(items()), kNone);
  bin_load_.assign(index(bins()), 0);
}

void StepRecorder::look() {
  if (!entered_) return;
  if (part_ == Part::copies) {
    look_at_copies();
  } else {
    look_at_packing();
  }
}

Step& StepRecorder::add(StepKind kind) {
  out_.steps_.emplace_back();
  Step& step = out_.steps_.back();
  step.kind = kind;
  step.node = packs_groups() ? -1 : node_;
  return step;
}

double StepRecorder::weight(int item) const {
  if (!packs_groups()) return static_cast<double>(s_.weight[item]);
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
  std::sort(fresh.begin(), fresh.end(), [&](int a, int b) {
    return std::pair(s_.bin[a], s_.rank[a]) < std::pair(s_.bin[b], s_.rank[b]);
  });
  for (const int item : fresh) add_placed(item);
  // Refinements exchange two items at a time.
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

// Each takes the other's place: if the stage thinks otherwise, note_order finds it.
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

// Places within GPUs that are not as the steps left them. Those of groups on nodes nobody sees.
void StepRecorder::note_order() {
  if (part_ != Part::slots || std::equal(rank_.begin(), rank_.end(), s_.rank)) return;
  add(StepKind::slots_ordered);
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
    const bool at_once = rules_.replication == Replication::water_filling;
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
  // Those that were appended to the slots, in order; then those that are counted only.
  while (appended_ < shape_.slots_per_node() && s_.owner[appended_] != kNone) {
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

Status record_steps(const Loads& loads, const Shape& shape, const Rules& rules, std::int32_t layer,
                    RowSteps& out) {
  if (Status status = check(shape); !status.ok()) return status;
  if (Status status = check_loads(loads, shape); !status.ok()) return status;
  if (layer < 0 || layer >= shape.layers) {
    return refuse(loads.source.empty() ? "loads" : loads.source, "no layer ", layer,
                  "; expected 0 to ", shape.layers - 1);
  }
  out = RowSteps();
  out.shape_ = shape;
  const auto experts = static_cast<std::size_t>(shape.experts);
  const auto slots = static_cast<std::size_t>(shape.slots);
  const auto begin = loads.values.begin() + std::ptrdiff_t{layer} * shape.experts;
  out.loads_.assign(begin, begin + shape.experts);
  out.first_counts_.assign(experts, 0);
  out.last_expert_.assign(slots, -1);
  out.last_copy_.assign(slots, -1);

  std::vector<std::int32_t> phy2log(slots);
  std::vector<std::int32_t> log2phy(slots);
  std::vector<std::int32_t> logcnt(experts);
  const RowMemory memory(shape);
  const Scratch scratch = memory.balance_scratch(shape);
  StepRecorder recorder(shape, rules, scratch, out);
  balance_row(WatchedLane{&recorder}, Row{out.loads_.data(), loads.first_layer + layer}, shape,
              rules, scratch, {phy2log.data(), logcnt.data(), log2phy.data()});
  recorder.finish();
  return {};
}

namespace {

void apply_to_copies(const Step& step, const Shape& shape, const std::vector<std::int32_t>& first,
                     RowState& state) {
  const auto expert = static_cast<std::size_t>(step.expert);
  switch (step.kind) {
    case StepKind::first_copies:
      for (std::size_t x = 0; x < state.copies.size(); ++x) {
        const auto group = x / static_cast<std::size_t>(shape.experts_per_group());
        if (shape.groups == 1 || state.group_node[group] == step.node) state.copies[x] = first[x];
      }
      break;
    case StepKind::copy_added:
      ++state.copies[expert];
      break;
    case StepKind::copy_moved:
      --state.copies[expert];
      ++state.copies[static_cast<std::size_t>(step.other_expert)];
      break;
    default:
      break;
  }
}

}  // namespace

RowState RowSteps::state_after(std::size_t count) const {
  const auto slots = static_cast<std::size_t>(shape_.slots);
  RowState state;
  state.slot_expert.assign(slots, -1);
  state.slot_copy.assign(slots, -1);
  state.copies.assign(loads_.size(), 0);
  state.group_node.assign(static_cast<std::size_t>(shape_.groups), shape_.groups == 1 ? 0 : -1);
  state.gpu_load.assign(static_cast<std::size_t>(shape_.gpus), 0);
  for (const Step& step : std::span(steps_).first(std::min(count, steps_.size()))) {
    const auto slot = static_cast<std::size_t>(step.slot);
    const auto other = static_cast<std::size_t>(step.other_slot);
    switch (step.kind) {
      case StepKind::group_placed:
        state.group_node[static_cast<std::size_t>(step.expert)] = step.gpu;
        break;
      case StepKind::groups_swapped:
        std::swap(state.group_node[static_cast<std::size_t>(step.expert)],
                  state.group_node[static_cast<std::size_t>(step.other_expert)]);
        break;
      case StepKind::slot_placed:
        state.slot_expert[slot] = step.expert;
        state.slot_copy[slot] = step.copy;
        break;
      case StepKind::slots_swapped:
        std::swap(state.slot_expert[slot], state.slot_expert[other]);
        std::swap(state.slot_copy[slot], state.slot_copy[other]);
        break;
      case StepKind::slots_ordered: {
        const std::ptrdiff_t begin = std::ptrdiff_t{step.node} * shape_.slots_per_node();
        const std::ptrdiff_t node_slots = shape_.slots_per_node();
        std::copy_n(last_expert_.begin() + begin, node_slots, state.slot_expert.begin() + begin);
        std::copy_n(last_copy_.begin() + begin, node_slots, state.slot_copy.begin() + begin);
        break;
      }
      case StepKind::first_copies:
      case StepKind::copy_added:
      case StepKind::copy_moved:
        apply_to_copies(step, shape_, first_counts_, state);
        break;
    }
  }
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (state.slot_expert[slot] < 0) continue;
    const auto expert = static_cast<std::size_t>(state.slot_expert[slot]);
    state.gpu_load[slot / static_cast<std::size_t>(shape_.slots_per_gpu())] +=
        static_cast<double>(loads_[expert]) / state.copies[expert];
  }
  return state;
}

}  // namespace evenkeel
