#include "core/batch/backend.hpp"

#include <array>
#include <atomic>
#include <string>

#include "core/base/find_named.hpp"
#include "core/base/parallel.hpp"
#include "core/base/text.hpp"
#include "core/batch/host_rows.hpp"

namespace evenkeel {
namespace {

Status always_present() { return {}; }

Status run_on_cpu(const Batch& whole, const Rules* rules) {
  if (!kHasRawSteps && whole.raw.data != nullptr) {
    return Status::error("this program was built without windows of recorded steps");
  }
  return catch_faults(whole, [rules](const Batch& batch) {
    std::atomic<bool> stopped = false;
    for_ranges(batch.rows, batch.threads, [&]() -> RangeWork {
      return [&batch, &stopped, rules, memory = HostRowMemory<OneLane>(RowNeeds::of(batch, rules))](
                 std::int64_t begin, std::int64_t end) {
        if (batch.stopped != nullptr && batch.stopped()) stopped = true;
        if (!stopped) run_rows(OneLane{}, batch, rules, memory.get(), begin, end, 1);
      };
    });
    return stopped ? Status::error("stopped") : Status();
  });
}

Status balance_on_cpu(const Batch& batch, const Rules& rules) { return run_on_cpu(batch, &rules); }
Status measure_on_cpu(const Batch& batch) { return run_on_cpu(batch, nullptr); }

struct Table {
  std::array<Backend, kMostBackends> rows = {
      Backend{"cpu", "one lane per row, with the requested number of threads", always_present,
              balance_on_cpu, measure_on_cpu, true}};
  std::size_t count = 1;
};

Table& table() {
  static Table backends;
  return backends;
}

// The names of those that can run here; asking may start drivers, so only an error does.
std::string present_names() {
  std::string names;
  for (const Backend& backend : backends()) {
    if (backend.present().ok()) names += (names.empty() ? "" : ", ") + std::string(backend.name);
  }
  return names;
}

}  // namespace

std::span<const Backend> backends() { return std::span(table().rows).first(table().count); }

void add_backend(const Backend& backend) {
  for (const Backend& known : backends()) {
    if (known.name == backend.name) return;
  }
  if (table().count < kMostBackends) table().rows[table().count++] = backend;
}

Status find_backend(std::string_view name, const Backend*& out) {
  const Backend* found = nullptr;
  if (Status s = find_named("back end", name, backends(), found); !s.ok()) return s;
  if (const Status status = found->present(); !status.ok()) {
    return Status::error("back end " + in_quotes(name) + " cannot run here: " + status.sentence() +
                         "; present: " + present_names());
  }
  out = found;
  return {};
}

const Backend& fastest_backend(std::string& note) {
  note.clear();
  for (const Backend& backend : backends()) {
    if (backend.name != "cuda") continue;
    const Status status = backend.present();
    if (status.ok()) return backend;
    note = status.sentence() + "; computing on cpu";
  }
  return backends().front();
}

}  // namespace evenkeel
