#include "core/backend.hpp"

#include <array>
#include <string>

#include "core/backend_rows.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"

namespace evenkeel {
namespace {

Status always_present() { return {}; }

Status balance_on_cpu(const Batch& batch, const Rules& rules) {
  for_ranges(batch.rows, batch.threads, [&]() -> RangeWork {
    return [&batch, &rules, memory = RowMemory(batch.shape)](std::int64_t begin, std::int64_t end) {
      balance_range(OneLane{}, batch, rules, memory, begin, end);
    };
  });
  return {};
}

Status measure_on_cpu(const Batch& batch) {
  for_ranges(batch.rows, batch.threads, [&]() -> RangeWork {
    return [&batch, memory = RowMemory(batch.shape)](std::int64_t begin, std::int64_t end) {
      measure_range(OneLane{}, batch, memory, begin, end);
    };
  });
  return {};
}

struct Table {
  std::array<Backend, kMostBackends> rows = {
      Backend{"cpu", "one lane a row, as many threads as asked for", always_present, balance_on_cpu,
              measure_on_cpu, true}};
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
  for (const Backend& backend : backends()) {
    if (backend.name != name) continue;
    const Status status = backend.present();
    if (!status.ok()) {
      return Status::error("back end " + in_quotes(name) + " cannot run here: " +
                           status.sentence() + "; present are " + present_names());
    }
    out = &backend;
    return {};
  }
  return Status::error("back end " + in_quotes(name) +
                       " is not built into this program; present are " + present_names());
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
