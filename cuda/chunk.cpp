#include "cuda/chunk.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/parallel.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/lanes/lanes.hpp"

namespace evenkeel {
namespace {

// Copies rows begin .. end-1 of an array [rows, width] to an array of another type.
template <class To, class From>
void convert(To* to, const From* from, std::int32_t width, std::int64_t begin, std::int64_t end) {
  for (std::int64_t i = begin * width; i < end * width; ++i) to[i] = static_cast<To>(from[i]);
}

template <class T>
T* at(std::byte* block, std::size_t offset) {
  return reinterpret_cast<T*>(block + offset);
}
template <class T>
const T* at(const std::byte* block, std::size_t offset) {
  return reinterpret_cast<const T*>(block + offset);
}

// A table of slots in the block: where each GPU's begin, then the GPU of each.
void write_slots(Index* to, const GpuSlots& from, std::int32_t gpus, std::int32_t slots) {
  std::copy_n(from.first_slot, gpus + 1, to);
  std::copy_n(from.gpu_at, slots, to + gpus + 1);
}
GpuSlots slots_at(const Index* table, std::int32_t gpus, std::int32_t most) {
  return {table, table + gpus + 1, most};
}

// The range from the first to the last step of the windows of some rows.
StepRange span_of(const Batch& batch, std::int64_t first, std::int64_t rows) {
  const std::int32_t layers = batch.shape.layers;
  const std::int64_t last = (batch.first_row + first + rows - 1) / layers;
  StepRange span = batch.window(first);
  for (std::int64_t w = (batch.first_row + first) / layers; w <= last; ++w) {
    const StepRange& window = batch.in.windows[w];
    span = {std::min(span.begin, window.begin), std::max(span.end, window.end)};
  }
  return span;
}

std::size_t step_bytes(const Batch& batch, const StepRange& span) {
  return static_cast<std::size_t>(span.end - span.begin) * batch.in.raw.step_bytes();
}

std::size_t sum_bytes(const Batch& batch, std::int64_t rows) {
  return static_cast<std::size_t>(rows * batch.shape.experts) * sizeof(float);
}

}  // namespace

bool sends_steps(const Batch& batch) {
  return batch.in.raw.data != nullptr && batch.rows > 0 &&
         step_bytes(batch, span_of(batch, 0, batch.rows)) <= sum_bytes(batch, batch.rows);
}

ChunkLayout::ChunkLayout(const Batch& batch, std::int64_t rows, std::size_t loads_bytes) {
  std::size_t used = 0;
  const auto take = [&](std::int64_t count, std::size_t bytes) {
    const std::size_t begin = used;
    used += (static_cast<std::size_t>(count) * bytes + 15) / 16 * 16;
    return begin;
  };
  const Shape& shape = batch.shape;
  const bool sums = batch.in.raw.data != nullptr;
  const bool has_previous = batch.in.previous_phy2log != nullptr;
  slots = take(shape.gpus + 1 + shape.slots, sizeof(Index));
  previous_slots = take(has_previous ? shape.gpus + 1 + batch.in.previous_slots : 0, sizeof(Index));
  loads = take(static_cast<std::int64_t>(loads_bytes), 1);
  windows = take(sums ? rows / shape.layers + 2 : 0, sizeof(StepRange));
  previous = take(has_previous ? rows * batch.in.previous_slots : 0, sizeof(Index));
  phy2log = take(rows * shape.slots, sizeof(Index));
  logcnt = take(rows * shape.experts, sizeof(Index));
  log2phy = take(rows * shape.slots, sizeof(Index));
  metrics = take(!measures(batch.work) ? 0 : rows, sizeof(LayerMetrics));
  faults = take(sums ? rows : 0, 1);
  end = used;
}

Chunk::Chunk(const Batch& batch, std::int64_t first, std::int64_t rows, bool with_steps)
    : batch_(batch),
      first_(first),
      rows_(rows),
      with_steps_(with_steps),
      span_(with_steps ? span_of(batch, first, rows) : StepRange()),
      layout_(batch, rows, with_steps ? step_bytes(batch, span_) : sum_bytes(batch, rows)) {}

void Chunk::write_steps(std::byte* block) const {
  const std::size_t step = batch_.in.raw.step_bytes();
  const std::byte* begin = batch_.in.raw.data + static_cast<std::size_t>(span_.begin) * step;
  for_ranges(span_.end - span_.begin, batch_.threads, [&]() -> RangeWork {
    return [&](std::int64_t from, std::int64_t to) {
      std::memcpy(block + layout_.loads + static_cast<std::size_t>(from) * step,
                  begin + static_cast<std::size_t>(from) * step,
                  static_cast<std::size_t>(to - from) * step);
    };
  });
  StepRange* windows = at<StepRange>(block, layout_.windows);
  const std::int32_t layers = batch_.shape.layers;
  const std::int64_t base = (batch_.first_row + first_) / layers;
  for (std::int64_t w = base; w <= (batch_.first_row + first_ + rows_ - 1) / layers; ++w) {
    windows[w - base] = {batch_.in.windows[w].begin - span_.begin,
                         batch_.in.windows[w].end - span_.begin};
  }
}

void Chunk::write_loads(std::byte* block, std::int64_t begin, std::int64_t end) const {
  const std::int32_t experts = batch_.shape.experts;
  float* loads = at<float>(block, layout_.loads);
  if (batch_.in.raw.data == nullptr) {
    convert(loads, batch_.in.loads + first_ * experts, experts, begin, end);
    return;
  }
  for (std::int64_t i = begin; i < end; ++i) {
    const std::int64_t row = first_ + i;
    const bool good = sum_window(OneLane{}, batch_.in.raw, batch_.window(row), batch_.layer(row),
                                 loads + i * experts);
    batch_.out.faults[row] = good ? 0 : 1;
    // Such loads must not reach the device: its loops rely on finite loads.
    if (!good) std::fill_n(loads + i * experts, experts, 0.0f);
  }
}

void Chunk::write_inputs(std::byte* block) const {
  const std::int32_t gpus = batch_.shape.gpus;
  write_slots(at<Index>(block, layout_.slots), batch_.gpu_slots, gpus, batch_.shape.slots);
  if (batch_.in.previous_phy2log != nullptr) {
    write_slots(at<Index>(block, layout_.previous_slots), batch_.previous_gpu_slots, gpus,
                batch_.in.previous_slots);
  }
  if (with_steps_) write_steps(block);
  for_ranges(rows_, batch_.threads, [&]() -> RangeWork {
    return [&](std::int64_t begin, std::int64_t end) {
      const Shape& shape = batch_.shape;
      if (!with_steps_) write_loads(block, begin, end);
      if (batch_.in.previous_phy2log != nullptr) {
        convert(at<Index>(block, layout_.previous),
                batch_.in.previous_phy2log + first_ * batch_.in.previous_slots,
                batch_.in.previous_slots, begin, end);
      }
      if (places(batch_.work)) return;
      const auto given = batch_.placement(batch_.in.placement, first_);
      convert(at<Index>(block, layout_.phy2log), given.phy2log, shape.slots, begin, end);
      convert(at<Index>(block, layout_.logcnt), given.logcnt, shape.experts, begin, end);
      convert(at<Index>(block, layout_.log2phy), given.log2phy, shape.slots, begin, end);
    };
  });
}

void Chunk::read_outputs(const std::byte* block) const {
  for_ranges(rows_, batch_.threads, [&]() -> RangeWork {
    return [&](std::int64_t begin, std::int64_t end) {
      const Shape& shape = batch_.shape;
      if (writes_placements(batch_.work)) {
        const auto out = batch_.placement(batch_.out.placement, first_);
        convert(out.phy2log, at<Index>(block, layout_.phy2log), shape.slots, begin, end);
        convert(out.logcnt, at<Index>(block, layout_.logcnt), shape.experts, begin, end);
        convert(out.log2phy, at<Index>(block, layout_.log2phy), shape.slots, begin, end);
      }
      if (measures(batch_.work)) {
        convert(batch_.out.metrics + first_, at<LayerMetrics>(block, layout_.metrics), 1, begin,
                end);
      }
      if (with_steps_)
        convert(batch_.out.faults + first_, at<std::uint8_t>(block, layout_.faults), 1, begin, end);
    };
  });
}

DeviceBatch Chunk::on_device(std::byte* block) const {
  const std::int64_t row = batch_.first_row + first_;
  DeviceBatch device;
  device.shape = batch_.shape;
  device.rows = rows_;
  device.first_row = row % batch_.shape.layers;  // windows are counted from the first of the chunk
  device.first_layer = batch_.first_layer;
  device.work = work_on_device(batch_.work);
  device.gpu_slots =
      slots_at(at<Index>(block, layout_.slots), batch_.shape.gpus, batch_.gpu_slots.most);
  device.in.loads = at<float>(block, layout_.loads);
  if (with_steps_) {
    device.in.raw = batch_.in.raw;
    device.in.raw.data = block + layout_.loads;
    device.in.raw.steps = span_.end - span_.begin;
    device.in.windows = at<StepRange>(block, layout_.windows);
    device.out.faults = at<std::uint8_t>(block, layout_.faults);
  }
  const RowPlacement<Index> placement = {at<Index>(block, layout_.phy2log),
                                         at<Index>(block, layout_.logcnt),
                                         at<Index>(block, layout_.log2phy)};
  if (places(batch_.work)) {
    device.out.placement = placement;
  } else {
    device.in.placement = placement.read_only();
  }
  if (measures(batch_.work)) device.out.metrics = at<LayerMetrics>(block, layout_.metrics);
  if (batch_.in.previous_phy2log != nullptr) {
    device.in.previous_phy2log = at<Index>(block, layout_.previous);
    device.in.previous_slots = batch_.in.previous_slots;
    device.previous_gpu_slots = slots_at(at<Index>(block, layout_.previous_slots),
                                         batch_.shape.gpus, batch_.previous_gpu_slots.most);
  }
  return device;
}

}  // namespace evenkeel
