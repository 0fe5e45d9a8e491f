// Back ends with emulated lanes on a host.

#include "core/batch/backend.hpp"
#include "core/batch/host_rows.hpp"
#include "core/lanes/lanes_emulated.hpp"

namespace evenkeel {
namespace {

using Runner = void (*)(int width, const LaneBody& body);

Status emulation_is_present(void*) { return {}; }

template <int W, Runner run>
Status run_emulated(void*, const Batch& whole, const Rules& rules) {
  if (whole.stop.stopped()) return Status::stopped();
  return catch_faults(whole, [&rules](const Batch& batch) {
    const HostRowMemory<EmulatedLanes<W>> memory(RowNeeds::of(batch, batch.work, rules));
    run(W, [&](Crew& crew, int rank) {
      run_rows(EmulatedLanes<W>(crew, rank), batch, batch.work, rules, memory.get(), 0, batch.rows,
               1);
    });
    return Status();
  });
}

template <int W, Runner run>
Status add(std::string_view name, std::string_view sentence) {
  return add_backend({name, sentence, emulation_is_present, run_emulated<W, run>, /*priority=*/-1});
}

}  // namespace

Status add_fiber_backends() {
  Status status = add<4, run_on_fibers>("emulated4", "4 lanes per row as fibers, for tests");
  if (!status.ok()) return status;
  return add<32, run_on_fibers>("emulated32", "32 lanes per row as fibers, for tests");
}

Status add_thread_backends() {
  Status status =
      add<4, run_on_threads>("threads4", "4 lanes per row as threads, for the race detector");
  if (!status.ok()) return status;
  return add<32, run_on_threads>("threads32", "32 lanes per row as threads, for the race detector");
}

}  // namespace evenkeel
