// Balancing and measuring allocate memory once per thread, never per row.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "core/batch/backend.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/example.hpp"

namespace {
std::atomic<long> allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace evenkeel {
namespace {

long allocations_for(const Rules& rules, std::int64_t rows, int threads) {
  const Shape shape = {58, 256, 288, 32, 4, 8};
  const Loads window = skewed_loads(58, 256, 1);
  std::vector<float> loads;
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto begin = window.values.begin() + i % 58 * 256;
    loads.insert(loads.end(), begin, begin + 256);
  }
  std::vector<std::int32_t> phy2log(static_cast<std::size_t>(rows) * 288);
  std::vector<std::int32_t> log2phy(phy2log.size());
  std::vector<std::int32_t> logcnt(loads.size());
  std::vector<LayerMetrics> metrics(static_cast<std::size_t>(rows));
  Batch batch;
  batch.shape = shape;
  batch.rows = rows;
  batch.work = RowWork::place_and_measure;
  batch.in.loads = loads.data();
  batch.out.placement = {phy2log.data(), logcnt.data(), log2phy.data()};
  batch.out.metrics = metrics.data();
  batch.threads = threads;
  Batch measured = batch;
  measured.work = RowWork::measure_given;
  measured.in.placement = batch.out.placement.read_only();
  const Backend& cpu = backends().front();
  const long before = allocations;
  EXPECT_TRUE(cpu.run(batch, rules).ok());
  EXPECT_TRUE(cpu.run(measured, rules).ok());
  return allocations - before;
}

TEST(Allocations, DoNotGrowWithTheRows) {
  (void)allocations_for(strategies().front().rules, 58, 2);  // the first call starts the threads
  for (const Strategy& strategy : strategies()) {
    for (const int threads : {1, 2}) {
      const long few = allocations_for(strategy.rules, 58, threads);
      EXPECT_GT(few, 0);
      EXPECT_EQ(allocations_for(strategy.rules, 58 * 20, threads), few)
          << strategy.name << ", " << threads << " threads";
    }
  }
}

}  // namespace
}  // namespace evenkeel
