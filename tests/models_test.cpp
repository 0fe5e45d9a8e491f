// The table of models: sizes of experts computed by hand, and what loads say about their model.

#include "core/request/models.hpp"

#include <gtest/gtest.h>

#include "core/traffic/synth.hpp"

namespace evenkeel::test {
namespace {

std::int64_t bytes_of(std::string_view name) {
  const KnownModel* model = nullptr;
  const Status status = find_model(name, model);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return model == nullptr ? 0 : model->expert_bytes();
}

TEST(Models, BytesOfOneExpert) {
  EXPECT_EQ(bytes_of("deepseek-v3"), 3 * (7168 * 2048 + 56 * 16 * 4));  // 44,050,944
  EXPECT_EQ(bytes_of("kimi-k2"), 44050944);
  EXPECT_EQ(bytes_of("kimi-k2.5"), 3 * (7168 * 1024 + 7168 * 64 * 2));
  EXPECT_EQ(bytes_of("qwen3-30b"), 3 * 2048 * 768 * 2);
  EXPECT_EQ(bytes_of("gpt-oss-20b"), 3 * (2880 * 1440 + 2880 * 90) + (2 * 2880 + 2880) * 2);
  EXPECT_EQ(bytes_of("minimax-m2"), 3 * (3072 * 1536 + 24 * 12 * 4));
}

// All experts are most of a model: published sizes of checkpoints, in GB, less the rest of the model.
TEST(Models, ExpertsAreMostOfTheCheckpoint) {
  const std::pair<std::string_view, double> checkpoints[] = {
      {"deepseek-v3", 688}, {"kimi-k2", 1029},      {"kimi-k2-thinking", 594}, {"qwen3-235b", 470},
      {"qwen3-30b", 61},    {"gpt-oss-120b", 65.2}, {"mixtral-8x7b", 93.4}};
  for (const auto& [name, gigabytes] : checkpoints) {
    const KnownModel* model = nullptr;
    ASSERT_TRUE(find_model(name, model).ok());
    const double experts =
        static_cast<double>(model->expert_bytes()) * model->moe_layers * model->experts / 1e9;
    EXPECT_LT(experts, gigabytes) << name;
    EXPECT_GT(experts, .87 * gigabytes) << name;
  }
}

TEST(Models, PresetsHaveTheShapeOfTheirModel) {
  int both = 0;
  for (const SynthPreset& preset : synth_presets()) {
    for (const KnownModel& model : known_models()) {
      if (model.name != preset.name) continue;
      ++both;
      EXPECT_EQ(model.moe_layers, preset.shape.layers) << model.name;
      EXPECT_EQ(model.experts, preset.shape.experts) << model.name;
    }
  }
  EXPECT_EQ(both, 9);
}

TEST(Models, LoadsSayTheirModelWhereOneSizeFits) {
  const auto guess = [](std::int64_t layers, std::int64_t experts) {
    return guess_expert_size(layers, experts);
  };
  EXPECT_EQ(guess(58, 256).bytes, bytes_of("deepseek-v3"));
  EXPECT_EQ(guess(61, 256).bytes, bytes_of("deepseek-v3"));  // with rows of dense layers
  EXPECT_EQ(guess(48, 128).bytes, bytes_of("qwen3-30b"));    // Llama 4 Maverick has 24 MoE layers
  EXPECT_EQ(guess(24, 128).bytes, bytes_of("llama-4-maverick"));
  EXPECT_EQ(guess(24, 32).note,
            "assumed 13,236,480 bytes (mxfp4) for one expert: gpt-oss-20b, by 24 layers of 32 "
            "experts");
  EXPECT_EQ(guess(89, 160).note,
            "assumed 47,185,920 bytes (bf16) for one expert: GLM-4.5 or GLM-4.7, by 89 layers of "
            "160 experts");
  EXPECT_EQ(guess(60, 384).bytes, 0);
  EXPECT_EQ(
      guess(60, 384).note,
      "the size of an expert is not known: 60 layers of 384 experts may be Kimi-K2, 44,050,944 "
      "bytes (fp8), Kimi-K2-Thinking, 24,772,608 bytes (int4) or Kimi-K2.5, 24,772,608 bytes "
      "(int4)");
  EXPECT_EQ(guess(6, 64).bytes, 0);
  EXPECT_EQ(guess(6, 64).note, "");
}

TEST(Models, UnknownNamesAreRefusedWithTheKnownOnes) {
  const KnownModel* model = nullptr;
  const Status status = find_model("gpt-5", model);
  EXPECT_EQ(status.sentence().substr(0, 46), "unknown model \"gpt-5\"; known: deepseek-v3, dee");
  EXPECT_EQ(model, nullptr);
}

}  // namespace
}  // namespace evenkeel::test
