// The playground's model: from a link to a result, and what returns where loads are refused.
#include "web/playground/model.hpp"

#include <gtest/gtest.h>

#include "tests/in_process_engine.hpp"

namespace evenkeel::test {
namespace {

constexpr const char* kSmall = "synth:mixtral-8x7b,steps=3";
constexpr const char* kOther = "synth:gpt-oss-20b,steps=2";
constexpr const char* kWrong = "synth:no-such-model";

FileBytes csv(std::string_view text) {
  return {nullptr, std::as_bytes(std::span(text.data(), text.size()))};
}

class ModelTest : public ::testing::Test {
 protected:
  void restore(std::string_view link) {
    model.restore(link);
    client.settle(model);
  }

  InProcessEngine client;
  Model model{client};
};

TEST_F(ModelTest, ALinkGivesAResult) {
  restore(std::string("loads=") + kSmall + "&strategy=ref");
  EXPECT_EQ(model.trouble(), "");
  EXPECT_EQ(model.strategy_label(), "ref");
  EXPECT_EQ(model.hash().size(), 16u);
  EXPECT_FALSE(model.waiting());
}

TEST_F(ModelTest, RefusedLoadsLeaveWhatIsThere) {
  restore(std::string("loads=") + kSmall);
  const std::string hash = model.hash();
  model.open(kWrong);
  client.settle(model);
  EXPECT_NE(model.refused(), "");
  EXPECT_EQ(model.state.loads, kSmall);
  EXPECT_EQ(model.hash(), hash);
}

TEST_F(ModelTest, LoadsThatAreStillMadeStayWhereLaterOnesAreRefused) {
  restore(std::string("loads=") + kSmall);
  model.open(kOther);
  model.open(kWrong);
  client.settle(model);
  EXPECT_NE(model.refused(), "");
  EXPECT_EQ(model.state.loads, kOther);
  EXPECT_EQ(model.opened().name, kOther);
  EXPECT_NE(model.hash(), "");
}

TEST_F(ModelTest, TheLatestLoadsCount) {
  restore(std::string("loads=") + kSmall);
  model.open(kOther);
  model.open(kWrong);
  model.open(kSmall);
  client.settle(model);
  EXPECT_EQ(model.state.loads, kSmall);
  EXPECT_EQ(model.opened().name, kSmall);
  EXPECT_NE(model.hash(), "");
}

TEST_F(ModelTest, ALinkAwaitsItsFile) {
  const std::string link = "file=a.csv&gpus=2&redundant=2&layer=1";
  restore(link);
  EXPECT_NE(model.trouble().find("a.csv"), std::string::npos);
  EXPECT_EQ(model.link(), link);
  model.file_given("folder/a.csv");
  client.engine().open_file(csv("1,2,3,4\n4,3,2,1\n"), "folder/a.csv");
  client.settle(model);
  EXPECT_EQ(model.trouble(), "");
  EXPECT_EQ(model.link(), link);
  EXPECT_NE(model.hash(), "");
}

TEST_F(ModelTest, ALinkIsComparedWithItsLoads) {
  restore(std::string("loads=") + kSmall + "&layer=99&steps=0:7");
  EXPECT_NE(model.trouble().find("0:7 is not within the steps 0:3 of these loads"),
            std::string::npos);
  EXPECT_NE(model.trouble().find("there is no layer 99"), std::string::npos);
  EXPECT_EQ(model.state.layer, 0);
  EXPECT_EQ(model.state.steps, Range());
}

TEST_F(ModelTest, WhatItCannotReadItSays) {
  restore(std::string("loads=") + kSmall);
  client.put({std::byte{9}, std::byte{9}});
  client.settle(model);
  EXPECT_NE(model.trouble().find("has format 9"), std::string::npos);
  model.drop_problems();
  client.send({});
  client.settle(model);
  EXPECT_NE(model.trouble().find("is empty"), std::string::npos);
}

}  // namespace
}  // namespace evenkeel::test
