// How the rows of a chunk lie in one block of memory, the same on the host and on the device, so that each
// direction is one copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/backend.hpp"
#include "cuda/rows.hpp"

namespace evenkeel {

struct ChunkLayout {
  std::size_t loads, previous, phy2log, logcnt, log2phy, metrics, end;  // offsets in bytes

  ChunkLayout(const Batch& batch, std::int64_t rows) {
    std::size_t at = 0;
    const auto take = [&](std::size_t bytes_of_a_row) {
      const std::size_t begin = at;
      at += (static_cast<std::size_t>(rows) * bytes_of_a_row + 15) / 16 * 16;
      return begin;
    };
    const auto experts = static_cast<std::size_t>(batch.shape.experts);
    const auto slots = static_cast<std::size_t>(batch.shape.slots);
    const bool moves = batch.previous_phy2log != nullptr;
    loads = take(experts * sizeof(float));
    previous =
        take(moves ? static_cast<std::size_t>(batch.previous_slots) * sizeof(std::int32_t) : 0);
    phy2log = take(slots * sizeof(std::int32_t));
    logcnt = take(experts * sizeof(std::int32_t));
    log2phy = take(slots * sizeof(std::int32_t));
    metrics = take(batch.metrics != nullptr ? sizeof(LayerMetrics) : 0);
    end = at;
  }
};

// Some rows of a batch, as they go to the device and come back.
class Chunk {
 public:
  Chunk(const Batch& batch, std::int64_t first, std::int64_t rows, bool balances)
      : batch_(batch), first_(first), rows_(rows), balances_(balances), layout_(batch, rows) {}

  // What is copied there, [0, inputs_end), and back, [outputs_begin, end).
  std::size_t inputs_end() const { return balances_ ? layout_.phy2log : layout_.metrics; }
  std::size_t outputs_begin() const { return balances_ ? layout_.phy2log : layout_.metrics; }
  std::size_t end() const { return layout_.end; }

  void write_inputs(std::byte* block) const {
    const Shape& s = batch_.shape;
    put(block + layout_.loads, batch_.loads, s.experts);
    if (batch_.previous_phy2log != nullptr) {
      put(block + layout_.previous, batch_.previous_phy2log, batch_.previous_slots);
    }
    if (balances_) return;
    put(block + layout_.phy2log, batch_.phy2log, s.slots);
    put(block + layout_.logcnt, batch_.logcnt, s.experts);
    put(block + layout_.log2phy, batch_.log2phy, s.slots);
  }

  void read_outputs(const std::byte* block) const {
    const Shape& s = batch_.shape;
    if (balances_) {
      get(block + layout_.phy2log, batch_.phy2log, s.slots);
      get(block + layout_.logcnt, batch_.logcnt, s.experts);
      get(block + layout_.log2phy, batch_.log2phy, s.slots);
    }
    if (batch_.metrics != nullptr) get(block + layout_.metrics, batch_.metrics, 1);
  }

  DeviceRows on_device(std::byte* block) const {
    DeviceRows rows;
    rows.shape = batch_.shape;
    rows.first_row = first_;
    rows.rows = static_cast<std::int32_t>(rows_);
    rows.first_layer = batch_.first_layer;
    rows.loads = reinterpret_cast<const float*>(block + layout_.loads);
    rows.phy2log = reinterpret_cast<std::int32_t*>(block + layout_.phy2log);
    rows.logcnt = reinterpret_cast<std::int32_t*>(block + layout_.logcnt);
    rows.log2phy = reinterpret_cast<std::int32_t*>(block + layout_.log2phy);
    if (batch_.metrics != nullptr) {
      rows.metrics = reinterpret_cast<LayerMetrics*>(block + layout_.metrics);
    }
    if (batch_.previous_phy2log != nullptr) {
      rows.previous_phy2log = reinterpret_cast<const std::int32_t*>(block + layout_.previous);
      rows.previous_slots = batch_.previous_slots;
    }
    return rows;
  }

 private:
  template <class T>
  std::size_t bytes(std::int32_t width) const {
    return static_cast<std::size_t>(rows_) * static_cast<std::size_t>(width) * sizeof(T);
  }
  template <class T>
  void put(std::byte* to, const T* from, std::int32_t width) const {
    std::memcpy(to, from + first_ * width, bytes<T>(width));
  }
  template <class T>
  void get(const std::byte* from, T* to, std::int32_t width) const {
    std::memcpy(to + first_ * width, from, bytes<T>(width));
  }

  const Batch& batch_;
  std::int64_t first_;
  std::int64_t rows_;
  bool balances_;
  ChunkLayout layout_;
};

}  // namespace evenkeel
