#include "core/backend.hpp"

#include <string>

#include "core/backend_rows.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"

namespace evenkeel {
namespace {

Status always_present() { return {}; }

Status balance_on_cpu(const Batch& batch, const Rules& rules) {
  for_ranges(batch.rows, batch.threads, [&]() -> RangeWork {
    return [&batch, &rules, memory = RowMemory::for_balance(batch.shape)](std::int64_t begin,
                                                                          std::int64_t end) {
      balance_range(OneLane{}, batch, rules, memory, begin, end);
    };
  });
  return {};
}

Status measure_on_cpu(const Batch& batch) {
  for_ranges(batch.rows, batch.threads, [&]() -> RangeWork {
    return [&batch, memory = RowMemory::for_measure(batch.shape)](std::int64_t begin,
                                                                  std::int64_t end) {
      measure_range(OneLane{}, batch, memory, begin, end);
    };
  });
  return {};
}

std::vector<Backend>& table() {
  static std::vector<Backend> backends = {{"cpu", "one lane a row, as many threads as asked for",
                                           always_present, balance_on_cpu, measure_on_cpu}};
  return backends;
}

}  // namespace

std::span<const Backend> backends() { return table(); }

void add_backend(const Backend& backend) { table().push_back(backend); }

Status find_backend(std::string_view name, const Backend*& out) {
  std::string present;
  for (const Backend& backend : table()) {
    const Status status = backend.present();
    if (backend.name == name) {
      if (!status.ok()) return status;
      out = &backend;
      return {};
    }
    if (status.ok()) present += (present.empty() ? "" : ", ") + std::string(backend.name);
  }
  return Status::error("back end " + in_quotes(name) +
                       " is not built into this program; present are " + present);
}

}  // namespace evenkeel
