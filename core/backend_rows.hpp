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

// One block for the scratch of a row, taken once and used for all rows of a thread.
class RowMemory {
 public:
  static RowMemory for_balance(const Shape& shape) { return RowMemory(Scratch::bytes(shape)); }
  static RowMemory for_measure(const Shape& shape) {
    return RowMemory(MetricScratch::bytes(shape));
  }
  Carver carver() const { return Carver(block_.get()); }

 private:
  explicit RowMemory(std::size_t bytes) : block_(new std::byte[bytes]) {}
  std::shared_ptr<std::byte[]> block_;  // shared: std::function copies what it holds
};

template <class Lanes>
void balance_range(const Lanes& lanes, const Batch& batch, const Rules& rules,
                   const RowMemory& memory, std::int64_t begin, std::int64_t end) {
  Carver carver = memory.carver();
  const Scratch scratch = Scratch::carve(carver, batch.shape);
  for (std::int64_t i = begin; i < end; ++i) {
    balance_row(lanes, batch.row(i), batch.shape, rules, scratch, batch.placement(i));
  }
}

template <class Lanes>
void measure_range(const Lanes& lanes, const Batch& batch, const RowMemory& memory,
                   std::int64_t begin, std::int64_t end) {
  Carver carver = memory.carver();
  const MetricScratch scratch = MetricScratch::carve(carver, batch.shape);
  for (std::int64_t i = begin; i < end; ++i) {
    measure_row(lanes, batch.row(i).loads, batch.shape, batch.placement(i), batch.previous(i),
                scratch, batch.metrics[i]);
  }
}

}  // namespace evenkeel
