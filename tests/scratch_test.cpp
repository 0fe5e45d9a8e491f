// Every rule uses only the memory that it has requested: guard bands between all pieces of a row's memory
// keep their pattern, and pieces that were not requested are null.

#include "core/row/scratch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/batch/backend.hpp"
#include "core/batch/batch_rows.hpp"
#include "core/lanes/lanes_emulated.hpp"
#include "core/model/strategies.hpp"
#include "tests/batch_support.hpp"
#include "tests/cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

constexpr std::size_t kBand = 64;
constexpr std::byte kPattern{0xa5};

// A row's memory with a guard band before and after each piece.
template <class Lanes>
class GuardedMemory {
 public:
  explicit GuardedMemory(const RowNeeds& needs) {
    Carver measure(nullptr, kBand, nullptr);
    RowMemory<std::int32_t>::carve<Lanes>(measure, needs);
    words_.resize(measure.used() / sizeof(std::uint64_t) + 1);
    std::fill_n(bytes(), measure.used(), kPattern);
    is_piece_.resize(measure.used());
    Carver carver(bytes(), kBand, is_piece_.data());
    memory = RowMemory<std::int32_t>::carve<Lanes>(carver, needs);
  }
  bool bands_are_whole() {
    for (std::size_t i = 0; i < is_piece_.size(); ++i) {
      if (is_piece_[i] == 0 && bytes()[i] != kPattern) return false;
    }
    return true;
  }

  RowMemory<std::int32_t> memory;

 private:
  std::byte* bytes() { return reinterpret_cast<std::byte*>(words_.data()); }

  std::vector<std::uint64_t> words_;
  std::vector<std::uint8_t> is_piece_;
};

constexpr Shape kScratchShapes[] = {{2, 64, 96, 8, 2, 4},  {1, 37, 45, 5, 1, 1},
                                    {1, 30, 30, 30, 1, 1}, {1, 60, 72, 12, 2, 20},
                                    {1, 8, 100, 4, 1, 1},  {1, 1, 3, 1, 1, 1}};

// Balancing with and without a placement as output, and measuring only. run: calls its argument with each of
// a row's lanes.
template <class Lanes, class Run>
void expect_whole_bands_by(const Rules& rules, const Shape& shape, Run run) {
  const std::int64_t rows = 4 * shape.layers;
  const std::vector<float> loads = tie_rich_loads(shape, rows, 11);
  const GpuSlotTable slots(shape);
  BatchResult placed(shape, rows);
  BatchResult seen(shape, rows, false);
  Batch batch = placed.batch(shape);
  batch.in.loads = loads.data();
  ASSERT_TRUE(backends().front().run(batch, rules).ok());
  BatchResult measured = placed;
  for (Batch work : {seen.batch(shape), measured.measuring_batch(shape)}) {
    work.in.loads = loads.data();
    work.gpu_slots = slots.view();
    GuardedMemory<Lanes> memory(RowNeeds::of(work, work.work, rules));
    run([&](const Lanes& lanes) {
      run_rows(lanes, work, work.work, rules, memory.memory, 0, rows, 1);
    });
    EXPECT_TRUE(memory.bands_are_whole()) << "work " << static_cast<int>(work.work);
  }
  EXPECT_EQ(seen.difference(placed), "");
  EXPECT_EQ(measured.difference(placed), "");
}

// With every strategy, and with combinations of stages that no strategy has.
template <class Lanes, class Run>
void expect_whole_bands(Run run) {
  for (const Shape& shape : kScratchShapes) {
    for (const Strategy& strategy : strategies()) {
      SCOPED_TRACE(std::string(strategy.name) + ", " + std::to_string(shape.experts) + " experts");
      expect_whole_bands_by<Lanes>(few_kicks(strategy.rules), shape, run);
    }
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE("random rules " + std::to_string(seed));
      expect_whole_bands_by<Lanes>(random_rules(seed), shape, run);
    }
  }
}

template <int W>
void expect_whole_bands_on_fibers() {
  expect_whole_bands<EmulatedLanes<W>>([](const auto& body) {
    run_on_fibers(W, [&](Crew& crew, int rank) { body(EmulatedLanes<W>(crew, rank)); });
  });
}

TEST(ScratchBands, AreWholeAfterOneLane) {
  expect_whole_bands<OneLane>([](const auto& body) { body(OneLane{}); });
}
TEST(ScratchBands, AreWholeAfter4Lanes) { expect_whole_bands_on_fibers<4>(); }
TEST(ScratchBands, AreWholeAfter32Lanes) { expect_whole_bands_on_fibers<32>(); }

TEST(ScratchBands, FindAWriteBehindAPiece) {
  RowNeeds needs;
  needs.shape = kScratchShapes[0];
  needs.places = true;
  GuardedMemory<OneLane> memory(needs);
  EXPECT_TRUE(memory.bands_are_whole());
  memory.memory.balance.node_load[needs.shape.experts_per_node()] = 0;
  EXPECT_FALSE(memory.bands_are_whole());
}

TEST(Scratch, WhatNobodyAskedForIsNotThere) {
  Rules rules;
  rules.replication = Replication::round_robin;
  rules.packing = Packing::in_order;
  std::vector<std::uint64_t> block(1 << 12);
  Carver carver(reinterpret_cast<std::byte*>(block.data()));
  const Scratch scratch =
      Scratch::carve<OneLane>(carver, kScratchShapes[0], ScratchNeeds::of(rules));
  EXPECT_NE(scratch.node_load, nullptr);
  EXPECT_EQ(scratch.copies.tournament, nullptr);
  EXPECT_EQ(scratch.copies.quotients[0], nullptr);
  EXPECT_EQ(scratch.copies.keys, nullptr);
  EXPECT_EQ(scratch.pack.keys, nullptr);
  EXPECT_EQ(scratch.pack.item_at, nullptr);
}

}  // namespace
}  // namespace evenkeel::test
