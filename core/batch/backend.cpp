#include "core/batch/backend.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <vector>

#include "core/base/find_named.hpp"
#include "core/base/float_mode.hpp"
#include "core/base/parallel.hpp"
#include "core/base/text.hpp"
#include "core/batch/host_rows.hpp"

namespace evenkeel {
namespace {

Status always_present(void*) { return {}; }

Status run_on_cpu(void*, const Batch& whole, const Rules& rules) {
  if (!kHasRawSteps && whole.in.raw.data != nullptr) {
    return Status::not_present("this program was built without windows of recorded steps");
  }
  return catch_faults(whole, [&rules](const Batch& batch) {
    std::atomic<bool> stopped = false;
    for_ranges(batch.rows, batch.threads, [&]() -> RangeWork {
      return [&batch, &stopped, &rules,
              memory = HostRowMemory<OneLane>(RowNeeds::of(batch, batch.work, rules))](
                 std::int64_t begin, std::int64_t end) {
        if (batch.stop.stopped()) stopped = true;
        if (!stopped) run_rows(OneLane{}, batch, batch.work, rules, memory.get(), begin, end, 1);
      };
    });
    return stopped ? Status::stopped() : Status();
  });
}

struct Table {
  std::array<Backend, kMostBackends> rows = {
      Backend{"cpu", "one lane per row, with the requested number of threads", always_present,
              run_on_cpu, /*priority=*/0, /*threaded=*/true}};
  std::size_t count = 1;
};

Table& table() {
  static Table backends;
  return backends;
}

// The names of the back ends that can run here. Only errors use it, because the check may start drivers.
std::string present_names() {
  std::string names;
  for (const Backend& backend : backends()) {
    if (backend.present().ok()) names += (names.empty() ? "" : ", ") + std::string(backend.name);
  }
  return names;
}

}  // namespace

Status Backend::run(const Batch& batch, const Rules& rules) const {
  const DefaultFloatMode mode;
  const GpuSlotTable slots(batch.shape);
  const bool has_previous = batch.in.previous_phy2log != nullptr;
  const GpuSlotTable previous =
      has_previous ? GpuSlotTable(batch.in.previous_slots, batch.in.previous_gpus, batch.shape.gpus)
                   : GpuSlotTable();
  Batch whole = batch;
  whole.gpu_slots = slots.view();
  whole.previous_gpu_slots = previous.view();
  return run_rows(context, whole, rules);
}

std::span<const Backend> backends() { return std::span(table().rows).first(table().count); }

Status add_backend(const Backend& backend) {
  for (const Backend& known : backends()) {
    if (known.name == backend.name) return {};
  }
  if (table().count == kMostBackends) {
    return Status::internal("no room for back end " + in_quotes(backend.name) + ": there are " +
                            std::to_string(kMostBackends) + " already");
  }
  table().rows[table().count++] = backend;
  return {};
}

Status find_backend(std::string_view name, const Backend*& out) {
  const Backend* found = nullptr;
  if (Status s = find_named("back end", name, backends(), found); !s.ok()) return s;
  if (const Status status = found->present(); !status.ok()) {
    return status.reworded("back end " + in_quotes(name) + " cannot run here: " +
                           status.sentence() + "; present: " + present_names());
  }
  out = found;
  return {};
}

const Backend& fastest_backend(std::string& note) {
  note.clear();
  std::vector<const Backend*> all;
  for (const Backend& backend : backends()) all.push_back(&backend);
  std::stable_sort(all.begin(), all.end(),
                   [](const Backend* a, const Backend* b) { return a->priority > b->priority; });
  for (const Backend* backend : all) {
    const Status status = backend->present();
    if (status.ok()) {
      if (!note.empty()) note += "; computing on " + std::string(backend->name);
      return *backend;
    }
    if (note.empty()) note = status.sentence();
  }
  return backends().front();  // not reached: it is always present
}

}  // namespace evenkeel
