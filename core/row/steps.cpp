#include "core/row/steps.hpp"

#include <algorithm>
#include <utility>

#include "core/base/float_mode.hpp"
#include "core/base/text.hpp"
#include "core/model/check.hpp"
#include "core/row/balance.hpp"
#include "core/row/step_recorder.hpp"

namespace evenkeel {

Status record_steps(const Loads& loads, const Shape& shape, const Rules& rules, std::int32_t layer,
                    RowSteps& out, int most_kept) {
  const DefaultFloatMode mode;
  if (Status status = check(shape); !status.ok()) return status;
  if (Status status = check_loads(loads, shape); !status.ok()) return status;
  if (layer < 0 || layer >= shape.layers) {
    return refuse(loads.source.empty() ? "loads" : loads.source, "no layer ", layer,
                  "; expected 0 to ", shape.layers - 1);
  }
  out = RowSteps();
  out.shape_ = shape;
  out.gpu_slots_ = GpuSlotTable(shape);
  const auto experts = static_cast<std::size_t>(shape.experts);
  const auto slots = static_cast<std::size_t>(shape.slots);
  const auto begin = loads.values.begin() + std::ptrdiff_t{layer} * shape.experts;
  out.loads_.assign(begin, begin + shape.experts);
  out.first_counts_.assign(experts, 0);

  std::vector<std::int32_t> phy2log(slots);
  std::vector<std::int32_t> log2phy(slots);
  std::vector<std::int32_t> logcnt(experts);
  const ScratchNeeds needs = ScratchNeeds::of(rules);
  std::vector<std::uint64_t> block(Scratch::bytes<RecordingLane>(shape, needs) / 8 + 1);
  Carver carver(reinterpret_cast<std::byte*>(block.data()));
  const Scratch scratch = Scratch::carve<RecordingLane>(carver, shape, needs);
  const GpuSlots gpu_slots = out.gpu_slots_.view();
  StepRecorder recorder(shape, gpu_slots, scratch, out, most_kept);
  const Row<std::int32_t> row = {out.loads_.data(), loads.first_layer + layer, {}};
  balance_row(RecordingLane{&recorder}, row, shape, gpu_slots, rules, scratch,
              RowPlacement<std::int32_t>{phy2log.data(), logcnt.data(), log2phy.data()});
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
    case StepKind::count_changed:
    case StepKind::copy_replaced:
      --state.copies[expert];
      ++state.copies[static_cast<std::size_t>(step.other_expert)];
      break;
    default:
      break;
  }
}

void apply(const SlotContents& contents, RowState& state) {
  std::copy(contents.expert.begin(), contents.expert.end(),
            state.slot_expert.begin() + contents.first_slot);
  std::copy(contents.copy.begin(), contents.copy.end(),
            state.slot_copy.begin() + contents.first_slot);
  if (!contents.copies.empty()) state.copies = contents.copies;
}

void apply_to_slots(const Step& step, RowState& state) {
  const auto swap = [&](std::int32_t a, std::int32_t b) {
    const auto slot = static_cast<std::size_t>(a);
    const auto other = static_cast<std::size_t>(b);
    std::swap(state.slot_expert[slot], state.slot_expert[other]);
    std::swap(state.slot_copy[slot], state.slot_copy[other]);
  };
  const auto slot = static_cast<std::size_t>(step.slot);
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
    case StepKind::pairs_exchanged:
      swap(step.second_slot, step.other_second_slot);
      swap(step.slot, step.other_slot);
      break;
    case StepKind::slots_swapped:
    case StepKind::copies_parted:
    case StepKind::copies_exchanged:
    case StepKind::copies_kicked:
      swap(step.slot, step.other_slot);
      break;
    case StepKind::copy_replaced:
      state.slot_copy[static_cast<std::size_t>(step.other_slot)] = step.copy;
      state.slot_expert[slot] = step.other_expert;
      state.slot_copy[slot] = step.other_copy;
      break;
    default:  // counts, or all slots of a node
      break;
  }
}

}  // namespace

RowState RowSteps::state_after(std::size_t count) const {
  const auto slots = static_cast<std::size_t>(shape_.slots);
  const GpuSlots gpu_slots = gpu_slots_.view();
  RowState state;
  state.slot_expert.assign(slots, -1);
  state.slot_copy.assign(slots, -1);
  state.copies.assign(loads_.size(), 0);
  state.group_node.assign(static_cast<std::size_t>(shape_.groups), shape_.groups == 1 ? 0 : -1);
  state.gpu_load.assign(static_cast<std::size_t>(shape_.gpus), 0);
  for (const Step& step : std::span(steps_).first(std::min(count, steps_.size()))) {
    apply_to_copies(step, shape_, first_counts_, state);
    apply_to_slots(step, state);
    if (step.contents >= 0) apply(contents_[static_cast<std::size_t>(step.contents)], state);
  }
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (state.slot_expert[slot] < 0) continue;
    const auto expert = static_cast<std::size_t>(state.slot_expert[slot]);
    const int gpu = gpu_slots.gpu_of(static_cast<int>(slot));
    state.gpu_load[static_cast<std::size_t>(gpu)] +=
        static_cast<double>(loads_[expert]) / state.copies[expert];
  }
  return state;
}

}  // namespace evenkeel
