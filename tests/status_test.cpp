// The kinds of failure that callers can distinguish, and text of messages.

#include "core/base/status.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
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

TEST(Printable, KeepsTextAndTakesWhatHasAnEffect) {
  for (const char* text : {"plain",
                           "tr\xc3\xa4"
                           "ce",
                           "\xe8\xb2\xa0\xe8\x8d\xb7", "\xf0\x9f\x9a\xa2"}) {
    EXPECT_EQ(printable(text), text);
  }
  EXPECT_EQ(printable("a\x1b[2Jb\n\x7f"), "a?[2Jb??");
  EXPECT_EQ(printable("\x9b"
                      "31m \xc2\x9b"
                      "31m \xc2\x85"),
            "?31m ?31m ?");  // C1, raw and as UTF-8
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "x \xe2\x81\xa6 \xe2\x80\x8b"),
            "?x ? ?");  // U+202E, U+2066, U+200B
  EXPECT_EQ(printable("\xc3(\xff"), "?(?");
}

TEST(Printable, IsNeverCutInsideACharacter) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "\xe8\xb2\xa0";
  for (const std::string before : {"", "a", "ab"}) {
    EXPECT_TRUE(is_utf8(in_quotes(before + text))) << in_quotes(before + text);
    EXPECT_TRUE(is_utf8(shown_name(text + before, 48)));
    EXPECT_EQ(in_quotes(before + text).find('?'), std::string::npos);
    EXPECT_EQ(shown_name(text + before, 48).find('?'), std::string::npos);
  }
  EXPECT_EQ(in_quotes(std::string(41, 'x')), '"' + std::string(40, 'x') + "...\"");
}

TEST(Several, SaysOneOrMany) {
  EXPECT_EQ(several(1, "copy"), "1 copy");
  EXPECT_EQ(several(2, "copy"), "2 copies");
  EXPECT_EQ(several(0, "layer"), "0 layers");
}

}  // namespace
}  // namespace evenkeel::test
