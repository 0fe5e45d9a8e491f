// Some rows of a batch on their way to a device and back: one block of memory, the same on both sides, so
// that each direction is one copy. Placements travel in 16 bits; loads as they are, or as recorded steps
// where these are fewer bytes than the windows' sums.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/batch/batch.hpp"
#include "cuda/device_rows.hpp"

namespace evenkeel {

// Are all recorded steps of a batch's windows fewer bytes than the windows' sums? Then they travel instead.
bool sends_steps(const Batch& batch);

// What a device does: there a placement stays in the block, also where nobody wants to see it.
HD constexpr RowWork work_on_device(RowWork work) {
  return work == RowWork::measure_placed ? RowWork::place_and_measure : work;
}

// Where in the block each array of `rows` rows begins, in bytes. What is copied there comes first.
struct ChunkLayout {
  std::size_t slots, previous_slots, loads, windows, previous, phy2log, logcnt, log2phy, metrics,
      faults, end;

  // loads_bytes: of loads or steps.
  ChunkLayout(const Batch& batch, std::int64_t rows, std::size_t loads_bytes);
};

// Rows first .. first + rows - 1 of a batch. The batch must outlive the chunk.
class Chunk {
 public:
  // with_steps: what sends_steps says of the batch.
  Chunk(const Batch& batch, std::int64_t first, std::int64_t rows, bool with_steps);

  // The part of the block that is copied there, from its beginning, and back.
  std::size_t inputs_end() const { return places(batch_.work) ? layout_.phy2log : layout_.metrics; }
  std::size_t outputs_begin() const {
    return writes_placements(batch_.work) ? layout_.phy2log : layout_.metrics;
  }
  std::size_t end() const { return layout_.end; }

  // Fills the inputs of a block, and takes the outputs from it, with the batch's threads.
  void write_inputs(std::byte* block) const;
  void read_outputs(const std::byte* block) const;

  // The batch that a device sees when it has the block.
  DeviceBatch on_device(std::byte* block) const;

 private:
  void write_steps(std::byte* block) const;
  void write_loads(std::byte* block, std::int64_t begin, std::int64_t end) const;

  const Batch& batch_;
  std::int64_t first_;
  std::int64_t rows_;
  bool with_steps_;
  StepRange span_;  // of all windows of the chunk
  ChunkLayout layout_;
};

}  // namespace evenkeel
