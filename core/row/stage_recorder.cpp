#include "core/row/stage_recorder.hpp"

#include <algorithm>
#include <utility>

#include "core/lanes/sum.hpp"
#include "core/row/stages/copies.hpp"

namespace evenkeel {

void StageRecorder::on(const PartBegins& e) {
  // Places of groups within nodes are not visible.
  const bool in_slots = part_ == Part::slots && is_renumbered_;
  is_renumbered_ = false;
  if (in_slots && !std::equal(rank_.begin(), rank_.end(), s_.rank)) {
    add_last(StepKind::slots_ordered);
  }
  part_ = e.part;
  node_ = e.node;
  bin_.assign(index(items()), 0);
  rank_.assign(index(items()), 0);
  bin_load_.assign(index(bins()), 0);
}

Step& StageRecorder::add(StepKind kind) {
  out_.steps_.emplace_back();
  Step& step = out_.steps_.back();
  step.kind = kind;
  step.node = packs_groups() ? -1 : node_;
  return step;
}

void StageRecorder::on(const CopiesAppended&) {
  const int experts = shape_.experts_per_node();
  count_.assign(index(experts), 1);
  add_first_copies();
  for (int slot = experts; slot < node_slots(); ++slot) on(CopyAdded{s_.owner[slot]});
}

void StageRecorder::on(const FirstCopies&) {
  count_.assign(s_.node_count, s_.node_count + shape_.experts_per_node());
  add_first_copies();
}

void StageRecorder::add_first_copies() {
  add(StepKind::first_copies);
  for (int x = 0; x < shape_.experts_per_node(); ++x) {
    out_.first_counts_[index(global_expert(x))] = count_[index(x)];
  }
}

void StageRecorder::on(const CopyAdded& e) {
  Index& count = count_[index(e.expert)];
  Step& step = add(StepKind::copy_added);
  step.expert = global_expert(e.expert);
  step.copy = count;
  step.before = static_cast<double>(average(s_.node_load[e.expert], count));
  step.after = static_cast<double>(average(s_.node_load[e.expert], ++count));
}

void StageRecorder::on(const CopyMoved& e) {
  Index& given = count_[index(e.donor)];
  Step& step = add(StepKind::copy_moved);
  step.expert = global_expert(e.donor);
  step.other_expert = global_expert(e.receiver);
  step.copy = count_[index(e.receiver)]++;
  step.before = static_cast<double>(average(s_.node_load[e.donor], given));
  step.after = static_cast<double>(average(s_.node_load[e.donor], --given));
}

double StageRecorder::weight(int item) const {
  if (!packs_groups()) return static_cast<double>(s_.weight[item]);
  const int size = shape_.experts_per_group();
  return static_cast<double>(specified_sum(out_.loads_.data() + item * size, size));
}

void StageRecorder::on(const ItemPlaced& e) {
  const int item = e.item;
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

void StageRecorder::on(const AllPlaced&) {
  std::vector<Index> item_at(index(items()));
  for (int item = 0; item < items(); ++item) {
    const int start = packs_groups() ? s_.bin[item] * shape_.groups_per_node()
                                     : gpu_slots_.first(global_gpu(s_.bin[item])) -
                                           gpu_slots_.first(global_gpu(0));
    item_at[index(start + s_.rank[item])] = static_cast<Index>(item);
  }
  for (const Index item : item_at) on(ItemPlaced{item});
}

// The two swap their places; if the stage assigns other places, it renumbers them afterwards.
void StageRecorder::on(const ItemsSwapped& e) {
  const auto load = [&](int item) { return bin_load_[index(bin_[index(item)])]; };
  const bool second_is_heavy = load(e.second) > load(e.first);
  const int heavy_item = second_is_heavy ? e.second : e.first;
  const int light_item = second_is_heavy ? e.first : e.second;
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

void StageRecorder::on(const ItemsDealt&) {
  bin_.assign(s_.bin, s_.bin + items());
  add_last(StepKind::slots_dealt);
}

// A step after which the slots are as in the memory.
void StageRecorder::add_last(StepKind kind) {
  Step& step = add(kind);
  rank_.assign(s_.rank, s_.rank + items());
  SlotContents contents;
  contents.first_slot = gpu_slots_.first(global_gpu(0));
  contents.expert.resize(index(items()));
  contents.copy.resize(index(items()));
  for (int item = 0; item < items(); ++item) {
    const auto slot = index(global_slot(item) - contents.first_slot);
    contents.expert[slot] = global_expert(s_.owner[item]);
    contents.copy[slot] = s_.copy[item];
  }
  step.contents = static_cast<std::int32_t>(out_.contents_.size());
  out_.contents_.push_back(std::move(contents));
}

}  // namespace evenkeel
