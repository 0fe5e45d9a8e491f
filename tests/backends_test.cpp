// The choice of the default back end.

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/batch/backend.hpp"

namespace evenkeel::test {
namespace {

TEST(Backends, TheFastestIsCudaOrSaysWhyNot) {
  std::string note;
  const Backend& fastest = fastest_backend(note);
  const Backend* cuda = nullptr;
  const Status status = find_backend("cuda", cuda);
  if (status.ok()) {
    EXPECT_EQ(fastest.name, "cuda");
    EXPECT_EQ(note, "");
  } else {
    EXPECT_EQ(fastest.name, "cpu");
    EXPECT_TRUE(note.ends_with("; computing on cpu")) << note;
    EXPECT_NE(status.sentence().find("cannot run here: "), std::string::npos) << status.sentence();
  }
}

// A back end whose functions get what was registered with them.
struct Probe {
  bool present = false;
  int runs = 0;
};
Backend probe_backend(std::string_view name, Probe& probe, int priority) {
  return {name,
          "for a test",
          [](void* context) {
            const bool present = static_cast<Probe*>(context)->present;
            return present ? Status() : Status::not_present("the probe is away");
          },
          [](void* context, const Batch&, const Rules&) {
            ++static_cast<Probe*>(context)->runs;
            return Status();
          },
          priority,
          false,
          &probe};
}

TEST(Backends, ThePresentOneWithTheHighestPriorityIsChosen) {
  static Probe high;  // the table keeps its address
  static Probe higher;
  ASSERT_TRUE(add_backend(probe_backend("probe-high", high, 1000)).ok());
  ASSERT_TRUE(add_backend(probe_backend("probe-higher", higher, 1001)).ok());
  std::string note;
  high.present = true;
  EXPECT_EQ(fastest_backend(note).name, "probe-high");
  EXPECT_EQ(note, "the probe is away; computing on probe-high");
  higher.present = true;
  const Backend& fastest = fastest_backend(note);
  EXPECT_EQ(fastest.name, "probe-higher");
  EXPECT_EQ(note, "");
  Batch batch;
  batch.shape = {1, 1, 1, 1, 1, 1};
  EXPECT_TRUE(fastest.run(batch, Rules()).ok());
  EXPECT_EQ(higher.runs, 1);
  EXPECT_EQ(high.runs, 0);
  high.present = higher.present = false;
}

TEST(Backends, OneTooManyIsAnError) {
  static Probe away;
  static std::array<std::string, kMostBackends> names;
  for (std::size_t i = 0; backends().size() < kMostBackends; ++i) {
    names[i] = "probe-" + std::to_string(i);
    ASSERT_TRUE(add_backend(probe_backend(names[i], away, -2)).ok());
  }
  const Status status = add_backend(probe_backend("probe-last", away, -2));
  EXPECT_EQ(status.kind(), StatusKind::internal);
  EXPECT_EQ(status.sentence(), "no room for back end \"probe-last\": there are 16 already");
  EXPECT_TRUE(add_backend(probe_backend("cpu", away, -2)).ok());  // there is one already
}

}  // namespace
}  // namespace evenkeel::test
