// Messages between the playground and its engine: there and back, and what is refused.
#include "web/playground/engine/wire.hpp"

#include <gtest/gtest.h>

#include "web/playground/engine/messages.hpp"

namespace evenkeel::test {
namespace {

Compared example() {
  Compared compared;
  compared.number = 7;
  compared.previous = {3, 1'000'000'000'000};
  compared.csv = "a,b\n";
  ComparedRow row;
  row.name = "deepseek";
  row.summary["us_per_layer"] = 0.125;
  compared.rows = {row, {}};
  return compared;
}

TEST(Wire, BringsEveryMemberBack) {
  const Bytes bytes = to_bytes(example());
  MessageKind kind = {};
  ASSERT_TRUE(kind_of(bytes, kind).ok());
  EXPECT_EQ(kind, MessageKind::compared);
  Compared back;
  ASSERT_TRUE(from_bytes(bytes, back).ok());
  EXPECT_EQ(to_bytes(back), bytes);
  EXPECT_EQ(back.previous, (Range{3, 1'000'000'000'000}));
  ASSERT_EQ(back.rows.size(), 2u);
  EXPECT_EQ(back.rows[0].name, "deepseek");
  EXPECT_EQ(back.rows[0].summary["us_per_layer"], 0.125);
}

TEST(Wire, HasTheSameSizesOnEveryPlatform) {
  // Version, kind, the length in 8 bytes, the text.
  EXPECT_EQ(to_bytes(OpenLoads{"abc"}).size(), 2u + 8 + 3);
}

TEST(Wire, RefusesWhatIsNotWhole) {
  const Bytes whole = to_bytes(example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Compared out;
    out.number = 99;
    EXPECT_FALSE(from_bytes(std::span(whole).first(size), out).ok()) << size;
    EXPECT_EQ(out.number, 99) << size;
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  Compared out;
  EXPECT_FALSE(from_bytes(longer, out).ok());
}

TEST(Wire, RefusesAListLongerThanTheMessage) {
  Bytes bytes = to_bytes(OpenLoads{"abc"});
  for (std::size_t i = 2; i < 10; ++i) bytes[i] = std::byte{0xff};
  OpenLoads out;
  EXPECT_FALSE(from_bytes(bytes, out).ok());
}

TEST(Wire, RefusesAnotherKindAndAnotherVersion) {
  Bytes bytes = to_bytes(OpenLoads{"abc"});
  Busy busy;
  EXPECT_EQ(from_bytes(bytes, busy).sentence(),
            "a message between page and engine is incomplete (kind 0)");
  bytes[0] = std::byte{kWireVersion + 1};
  MessageKind kind = {};
  EXPECT_EQ(kind_of(bytes, kind).sentence(),
            "a message between page and engine has format 4, but this program reads format 3: load "
            "the page again");
  OpenLoads out;
  EXPECT_FALSE(from_bytes(bytes, out).ok());
}

}  // namespace
}  // namespace evenkeel::test
