// Some rows of a batch in the form in which they are copied to a device and back: one block of memory with
// the same layout on both sides, so that each direction is one copy. Placements are copied in 16 bits; loads
// are copied unchanged, or as recorded steps if these are fewer bytes than the sums of windows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/batch/batch.hpp"
#include "cuda/device_rows.hpp"

namespace evenkeel {

// Whether the recorded steps of a batch's windows are fewer bytes than the sums of the windows. Then the
// steps are copied.
bool sends_steps(const Batch& batch);

// The work on a device: there a placement always stays in the block.
HD constexpr RowWork work_on_device(RowWork work) {
  return work == RowWork::measure_placed ? RowWork::place_and_measure : work;
}

// The offset in bytes of each array of `rows` rows in the block. The inputs come first.
struct ChunkLayout {
  std::size_t slots, previous_slots, loads, windows, previous, phy2log, logcnt, log2phy, metrics,
      faults, end;

  // loads_bytes: of loads or steps.
  ChunkLayout(const Batch& batch, std::int64_t rows, std::size_t loads_bytes);
};

// Rows first .. first + rows - 1 of a batch. The batch must outlive the chunk.
class Chunk {
 public:
  // with_steps: the result of sends_steps for the batch.
  Chunk(const Batch& batch, std::int64_t first, std::int64_t rows, bool with_steps);

  // The parts of the block that are copied to the device (from its beginning) and back.
  std::size_t inputs_end() const { return places(batch_.work) ? layout_.phy2log : layout_.metrics; }
  std::size_t outputs_begin() const {
    return writes_placements(batch_.work) ? layout_.phy2log : layout_.metrics;
  }
  std::size_t end() const { return layout_.end; }

  // Fills the inputs of a block, and reads its outputs, with the threads of the batch.
  void write_inputs(std::byte* block) const;
  void read_outputs(const std::byte* block) const;

  // The batch with pointers into a block on the device.
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
