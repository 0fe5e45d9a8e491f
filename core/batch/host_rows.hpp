// Shared by the host back ends: memory for run_rows, and the error for a window with an invalid load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/batch/batch.hpp"
#include "core/batch/batch_rows.hpp"

namespace evenkeel {

// Allocated once per thread and used for all its rows.
template <class Lanes>
class HostRowMemory {
 public:
  explicit HostRowMemory(const RowNeeds& needs)
      : block_(new std::byte[RowMemory<std::int32_t>::bytes<Lanes>(needs)]) {
    Carver carver(block_.get());
    memory_ = RowMemory<std::int32_t>::carve<Lanes>(carver, needs);
  }
  const RowMemory<std::int32_t>& get() const { return memory_; }

 private:
  std::shared_ptr<std::byte[]> block_;  // shared, because std::function copies its target
  RowMemory<std::int32_t> memory_;
};

// Runs `work` on the batch. If the loads are windows of recorded steps, reports invalid loads.
template <class Work>
Status catch_faults(Batch batch, const Work& work) {
  std::vector<std::uint8_t> faults(
      batch.in.raw.data == nullptr ? 0 : static_cast<std::size_t>(batch.rows));
  batch.out.faults = faults.data();
  if (Status status = work(batch); !status.ok()) return status;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(faults.size()); ++i) {
    if (faults[static_cast<std::size_t>(i)] == 0) continue;
    const StepRange& window = batch.window(i);
    return Status::error("steps " + std::to_string(window.begin) + ":" +
                         std::to_string(window.end) + ", layer " +
                         std::to_string(batch.first_layer + batch.layer(i)) +
                         ": a load is negative or not finite, or their sum is too large; loads "
                         "must be finite and at least 0");
  }
  return {};
}

}  // namespace evenkeel
