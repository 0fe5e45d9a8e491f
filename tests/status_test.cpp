// The kinds of failure that callers can distinguish.

#include "core/base/status.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/base/text.hpp"
#include "core/batch/backend.hpp"
#include "core/model/check.hpp"

namespace evenkeel::test {
namespace {

TEST(StatusKinds, AFineStatusHasNoSentence) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(Status().kind(), StatusKind::fine);
  EXPECT_EQ(Status().sentence(), "");
}

TEST(StatusKinds, EachFailureHasItsKindAndASentence) {
  EXPECT_EQ(Status::error("a").kind(), StatusKind::bad_input);
  EXPECT_EQ(Status::not_present("a").kind(), StatusKind::not_present);
  EXPECT_EQ(Status::out_of_memory("a").kind(), StatusKind::out_of_memory);
  EXPECT_EQ(Status::internal("a").kind(), StatusKind::internal);
  EXPECT_TRUE(Status::stopped().is_stopped());
  EXPECT_EQ(Status::stopped().sentence(), "stopped");
  EXPECT_FALSE(Status::error("").ok());
  EXPECT_NE(Status::error("").sentence(), "");
}

TEST(StatusKinds, OtherWordsKeepTheKind) {
  const Status named = refuse("trace", Status::stopped());
  EXPECT_TRUE(named.is_stopped());
  EXPECT_EQ(named.sentence(), "trace: stopped");
  EXPECT_EQ(refuse("trace", "no layers").kind(), StatusKind::bad_input);
}

TEST(StatusKinds, TheCoreUsesThem) {
  const Backend* backend = nullptr;
  EXPECT_EQ(find_backend("abacus", backend).kind(), StatusKind::bad_input);
  EXPECT_EQ(check(Shape()).kind(), StatusKind::bad_input);
}

}  // namespace
}  // namespace evenkeel::test
