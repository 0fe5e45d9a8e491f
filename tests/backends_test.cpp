// The choice of the default back end.

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace evenkeel::test
