// The playground's model: from a link to a result, and what returns where loads are refused.
#include "web/playground/model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/io/result_json.hpp"
#include "core/replay/conclusion.hpp"
#include "core/replay/resolve_replay.hpp"
#include "tests/in_process_engine.hpp"

namespace evenkeel::test {
namespace {

constexpr const char* kSmall = "synth:mixtral-8x7b,steps=3";
constexpr const char* kOther = "synth:gpt-oss-20b,steps=2";
constexpr const char* kWrong = "synth:no-such-model";

RecordedFile csv(std::string_view name, std::string_view text) {
  return {name, std::as_bytes(std::span(text.data(), text.size()))};
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

// The placement comes first, then what strong bounds prove; the comparison has them from the start.
TEST_F(ModelTest, StrongBoundsFollowThePlacement) {
  const std::string link = "loads=synth:gpt-oss-20b,steps=3&gpus=16&slots=32&panel=compare";
  restore(link);
  const std::vector<LayerMetrics> cheap = model.window().result.metrics;
  EXPECT_TRUE(model.certifying());
  client.settle(model, true);
  EXPECT_FALSE(model.certifying());
  const std::vector<LayerMetrics>& strong = model.window().result.metrics;
  ASSERT_EQ(strong.size(), cheap.size());
  std::vector<double> bounds(strong.size());
  const WindowAnswer& window = model.window();
  ASSERT_TRUE(strong_bounds(window.loads, window.shape, 0, {}, 0, bounds).ok());
  int raised = 0;
  for (std::size_t i = 0; i < strong.size(); ++i) {
    EXPECT_EQ(strong[i].lower_bound, std::min(bounds[i], strong[i].max_load));
    raised += strong[i].lower_bound > cheap[i].lower_bound ? 1 : 0;
  }
  EXPECT_GT(raised, 0);
  const Summary all = summarize({strong, window.loads.numbers(), &window.result.steps});
  EXPECT_EQ(window.result.steps.steps, window.loads.steps);
  EXPECT_GT(all["step_imbalance"], all["imbalance"]);
  EXPECT_GT(window.steps_without.imbalance, all["step_imbalance"]);
  for (const ComparedRow& row : model.compared().rows) {
    if (row.label != model.strategy_label()) continue;
    EXPECT_EQ(row.summary["gap_to_bound"], all["gap_to_bound"]);
    EXPECT_EQ(row.summary["step_imbalance"], all["step_imbalance"]);
    EXPECT_EQ(row.summary["step_imbalance_p95"], all["step_imbalance_p95"]);
  }

  restore(link + "&bounds=cheap");
  EXPECT_TRUE(model.certifying());  // figures by step follow, too
  client.settle(model, true);
  EXPECT_FALSE(model.certifying());
  for (std::size_t i = 0; i < cheap.size(); ++i) {
    EXPECT_EQ(model.window().result.metrics[i].lower_bound, cheap[i].lower_bound);
  }
}

// The same placements as the core's own replay, whatever the slices are; a replay that nobody looks at rests.
TEST_F(ModelTest, ReplaysTheTrace) {
  model.wants_replay = true;
  restore(
      "loads=synth:gpt-oss-20b,steps=40&every=10&policies=last,ewma:5&strategy=deepseek&steps=0:9");
  const Replayed& replayed = model.replayed();
  EXPECT_EQ(replayed.question, (ReplayQuestion{10, 0, -1, "last,ewma:5"}));
  model.wants_replay = false;
  client.settle(model, true);
  EXPECT_FALSE(replayed.is_complete);
  model.wants_replay = true;
  model.update();
  client.settle(model, true);
  ASSERT_TRUE(replayed.is_complete) << replayed.sentence;

  StepSource source;
  ASSERT_TRUE(StepSource::open_named("synth:gpt-oss-20b,steps=40", {}, source).ok());
  ReplaySetup setup;
  ASSERT_TRUE(resolve_replay(model.window().shape, "last,ewma:5",
                             std::span(&model.answered().strategy, 1), nullptr, Vocabulary::plain,
                             setup)
                  .ok());
  ReplayOptions options;
  options.every = 10;
  Replay replay;
  ASSERT_TRUE(replay.start(setup, options, source.loads().numbers(), 40, Vocabulary::plain).ok());
  RawSteps block;
  ASSERT_TRUE(source.next(40, block).ok());
  ASSERT_EQ(block.steps, 40);
  while (!replay.done()) {
    if (!replay.wants_steps()) {
      ASSERT_TRUE(replay.advance(24, {}, {}).ok());
    } else {
      static_cast<void>(replay.take(block, replay.step(), source.rows(), {}));
    }
  }
  EXPECT_EQ(replayed.hash, hex_text(replay.hash()));
  EXPECT_EQ(replayed.conclusion, conclude(replay));
  ASSERT_EQ(replayed.policies.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(replayed.policies[i].imbalance, replay.results()[i].figures.imbalance());
    EXPECT_EQ(replayed.policies[i].line.points.size(), 30u);
  }

  restore("loads=synth:gpt-oss-20b,steps=40&every=40");
  EXPECT_EQ(replayed.sentence,
            "40 steps; expected at least 41: the first plan is in force after \"every\" 40");
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
  const std::string link = "file=a.csv&gpus=2&redundant=2&strategy=ref&layer=1";
  restore(link);
  EXPECT_NE(model.trouble().find("a.csv"), std::string::npos);
  EXPECT_EQ(model.link(), link);
  model.files_given("folder/a.csv");
  client.engine().open_recording({nullptr, {csv("folder/a.csv", "1,2,3,4\n4,3,2,1\n")}},
                                 "folder/a.csv");
  client.settle(model);
  EXPECT_EQ(model.trouble(), "");
  EXPECT_EQ(model.link(), link);
  EXPECT_NE(model.hash(), "");
}

TEST_F(ModelTest, ALinkFromBeforeKeelSaysSoOnce) {
  restore(std::string("loads=") + kSmall + "&gpus=4&apart=exchange&step=2");
  EXPECT_EQ(model.strategy_label(), "keel");
  EXPECT_NE(model.old_default(), "");
  const std::string with_keel = model.link();
  model.restore_old_default();
  client.settle(model);
  EXPECT_EQ(model.old_default(), "");
  EXPECT_EQ(model.strategy_label(), "deepseek*") << "with the link's stage";
  EXPECT_EQ(model.link(),
            std::string("loads=") + kSmall + "&gpus=4&strategy=deepseek&apart=exchange");
  restore(with_keel);
  EXPECT_EQ(model.old_default(), "") << "its address names the strategy";
  for (const char* recent : {"", "gpus=4&strategy=keel", "gpus=4&embed=1"}) {
    restore(recent);
    EXPECT_EQ(model.old_default(), "") << recent;
  }
  restore("gpus=4");
  model.keep_default();
  EXPECT_EQ(model.old_default(), "");
  EXPECT_EQ(model.strategy_label(), "keel");
  restore("gpus=4");
  model.choose_strategy("ref");
  EXPECT_EQ(model.old_default(), "");
}

TEST_F(ModelTest, ALinkFromBeforeKeelMayAwaitItsFile) {
  restore("file=a.csv&gpus=2&redundant=2");
  model.restore_old_default();
  EXPECT_EQ(model.link(), "file=a.csv&gpus=2&redundant=2&strategy=deepseek");
}

TEST_F(ModelTest, ALinkAwaitsItsFiles) {
  const std::string link = "file=a.csv%0Ab.csv&gpus=2&redundant=2&strategy=keel";
  restore(link);
  EXPECT_NE(model.trouble().find("a.csv and 1 more file, which are not part of the link"),
            std::string::npos);
  const RecordedFile files[] = {csv("x/a.csv", "1,2,3,4\n4,3,2,1\n"),
                                csv("x/b.csv", "1,2,3,4\n4,3,2,1\n")};
  model.files_given("x/a.csv\nx/b.csv");
  client.engine().open_recording({nullptr, {files[0], files[1]}}, "x/a.csv\nx/b.csv");
  client.settle(model);
  EXPECT_EQ(model.trouble(), "");
  EXPECT_EQ(model.link(), link);
  EXPECT_EQ(model.command(), "evenkeel balance a.csv b.csv --gpus 2 --redundant 2");
  EXPECT_EQ(model.opened().steps, 2);
  EXPECT_EQ(model.opened().notes.size(), 1u);
}

TEST_F(ModelTest, ManyFilesHaveAShortLink) {
  restore(std::string("loads=") + kSmall);
  std::vector<std::string> names;
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    names.push_back("file" + std::to_string(i) + ".csv");
    lines += names.back() + "\n";
  }
  RecordingBytes recording;
  for (const std::string& name : names) recording.files.push_back(csv(name, "1,2,3,4\n4,3,2,1\n"));
  model.files_given(lines);
  client.engine().open_recording(recording, lines);
  client.settle(model);
  EXPECT_EQ(model.trouble(), "");
  EXPECT_EQ(model.link(), std::string("loads=") + kSmall +
                              "&file=file0.csv%20and%20299%20more%20files&strategy=keel");
  EXPECT_TRUE(model.change("file=file0.csv%20and%20299%20more%20files&gpus=2&redundant=0").empty());
  client.settle(model);
  EXPECT_NE(model.command().find("file0.csv file1.csv"), std::string::npos);
  EXPECT_NE(model.command().find("file299.csv --gpus 2"), std::string::npos);
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
