// Batches that own their arrays, for tests of back ends with many rows.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "core/batch/batch.hpp"
#include "core/lanes/random.hpp"
#include "core/model/types.hpp"

namespace evenkeel::test {

// The outputs of a batch. Placements are optional.
struct BatchResult {
  std::vector<std::int32_t> phy2log, logcnt, log2phy;
  std::vector<LayerMetrics> metrics;

  BatchResult(const Shape& shape, std::int64_t rows, bool wants_placements = true)
      : metrics(static_cast<std::size_t>(rows)) {
    if (!wants_placements) return;
    phy2log.resize(metrics.size() * static_cast<std::size_t>(shape.slots), -1);
    logcnt.resize(metrics.size() * static_cast<std::size_t>(shape.experts), -1);
    log2phy.resize(phy2log.size(), -1);
  }

  // A batch that writes here; the caller sets the loads.
  Batch batch(const Shape& shape) {
    Batch batch;
    batch.shape = shape;
    batch.rows = static_cast<std::int64_t>(metrics.size());
    batch.work = phy2log.empty() ? RowWork::measure_placed : RowWork::place_and_measure;
    batch.out.placement = arrays();
    batch.out.metrics = metrics.data();
    batch.threads = 1;
    return batch;
  }
  // A batch that measures what is here.
  Batch measuring_batch(const Shape& shape) {
    Batch batch = this->batch(shape);
    batch.work = RowWork::measure_given;
    batch.in.placement = arrays().read_only();
    batch.out.placement = {};
    return batch;
  }
  RowPlacement<std::int32_t> arrays() {
    if (phy2log.empty()) return {};
    return {phy2log.data(), logcnt.data(), log2phy.data()};
  }

  // "" if the metrics, and the placements if both have them, are equal bit for bit; otherwise the first row
  // that differs.
  std::string difference(const BatchResult& other) const {
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      if (std::memcmp(&metrics[i].mean_load, &other.metrics[i].mean_load, 3 * sizeof(double)) !=
              0 ||
          metrics[i].hottest_gpu != other.metrics[i].hottest_gpu ||
          metrics[i].same_gpu_copies != other.metrics[i].same_gpu_copies ||
          metrics[i].moved_slots != other.metrics[i].moved_slots) {
        return "metrics of row " + std::to_string(i);
      }
    }
    if (phy2log.empty() || other.phy2log.empty()) return "";
    const std::string first = first_row("phy2log", phy2log, other.phy2log);
    const std::string second = first_row("logcnt", logcnt, other.logcnt);
    return !first.empty()    ? first
           : !second.empty() ? second
                             : first_row("log2phy", log2phy, other.log2phy);
  }

 private:
  std::string first_row(const char* name, const std::vector<std::int32_t>& a,
                        const std::vector<std::int32_t>& b) const {
    const std::size_t width = a.size() / metrics.size();
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i] != b[i]) return std::string(name) + " of row " + std::to_string(i / width);
    }
    return "";
  }
};

// Loads of many rows with different kinds of ties: few values, one value, zeros, one hot expert, powers of
// two, or counts.
inline std::vector<float> tie_rich_loads(const Shape& shape, std::int64_t rows,
                                         std::uint64_t seed) {
  Random random(seed);
  std::vector<float> loads(static_cast<std::size_t>(rows) *
                           static_cast<std::size_t>(shape.experts));
  for (std::size_t i = 0; i < loads.size(); i += static_cast<std::size_t>(shape.experts)) {
    const std::uint32_t kind = random.below(6);
    for (int x = 0; x < shape.experts; ++x) {
      const std::uint32_t draw = random.below(1u << 20);
      float& load = loads[i + static_cast<std::size_t>(x)];
      if (kind == 0) load = static_cast<float>(draw % 4);
      if (kind == 1) load = 7;
      if (kind == 2) load = draw % 16 == 0 ? static_cast<float>(draw % 3) : 0;
      if (kind == 3) load = x == static_cast<int>(i % 7) ? 1e6f : static_cast<float>(draw % 2);
      if (kind == 4) load = static_cast<float>(1u << draw % 14);
      if (kind == 5) load = static_cast<float>(draw) / 8;
    }
  }
  return loads;
}

}  // namespace evenkeel::test
