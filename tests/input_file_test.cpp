// Inputs that are not mapped: the memory that it grows in.

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "native/growing_memory.hpp"

namespace evenkeel::test {
namespace {

TEST(GrowingMemory, KeepsItsContentWhileItGrows) {
  GrowingMemory memory;
  EXPECT_EQ(memory.bytes().size(), 0u);
  memory.fit();
  std::string expected;
  for (std::size_t i = 0; i < 3000; ++i) {
    std::span<std::byte> room;
    ASSERT_TRUE(memory.make_room(5000, room).ok());
    ASSERT_GE(room.size(), 5000u);
    std::memset(room.data(), static_cast<int>(i % 251), 4999);
    memory.add(4999);
    expected.append(4999, static_cast<char>(i % 251));
    if (i % 100 == 0) memory.fit();
  }
  const GrowingMemory moved = std::move(memory);
  ASSERT_EQ(moved.size(), expected.size());
  EXPECT_EQ(std::memcmp(moved.bytes().data(), expected.data(), expected.size()), 0);
}

TEST(GrowingMemory, RefusesWhatTheSystemRefuses) {
  GrowingMemory memory;
  std::span<std::byte> room;
  const Status status = memory.make_room(std::size_t{1} << 60, room);
  EXPECT_EQ(status.kind(), StatusKind::out_of_memory);
  EXPECT_EQ(status.sentence(), "not enough memory for this input");
  EXPECT_TRUE(memory.make_room(1, room).ok());
}

}  // namespace
}  // namespace evenkeel::test
