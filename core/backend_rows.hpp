// What all host back ends share: memory for a row, and loops over rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/backend.hpp"
#include "core/balance.hpp"
#include "core/metrics.hpp"
#include "core/scratch.hpp"

namespace evenkeel {

// The scratch of a row, taken once and used for all rows of a thread.
class RowMemory {
 public:
  explicit RowMemory(const Shape& shape)
      : balance_(new std::byte[Scratch::bytes(shape)]),
        measure_(new std::byte[MetricScratch::bytes(shape)]) {}

  Scratch balance_scratch(const Shape& shape) const {
    Carver carver(balance_.get());
    return Scratch::carve(carver, shape);
  }
  MetricScratch metric_scratch(const Shape& shape) const {
    Carver carver(measure_.get());
    return MetricScratch::carve(carver, shape);
  }

 private:
  // Shared, since std::function copies what it holds.
  std::shared_ptr<std::byte[]> balance_;
  std::shared_ptr<std::byte[]> measure_;
};

template <class Lanes>
void measure_range(const Lanes& lanes, const Batch& batch, const RowMemory& memory,
                   std::int64_t begin, std::int64_t end) {
  const MetricScratch scratch = memory.metric_scratch(batch.shape);
  for (std::int64_t i = begin; i < end; ++i) {
    measure_row(lanes, batch.row(i).loads, batch.shape, batch.placement(i), batch.previous(i),
                scratch, batch.metrics[i]);
  }
}

template <class Lanes>
void balance_range(const Lanes& lanes, const Batch& batch, const Rules& rules,
                   const RowMemory& memory, std::int64_t begin, std::int64_t end) {
  const Scratch scratch = memory.balance_scratch(batch.shape);
  for (std::int64_t i = begin; i < end; ++i) {
    balance_row(lanes, batch.row(i), batch.shape, rules, scratch, batch.placement(i));
    if (batch.metrics != nullptr) measure_range(lanes, batch, memory, i, i + 1);
  }
}

}  // namespace evenkeel
