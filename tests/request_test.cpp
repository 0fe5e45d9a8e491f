// What somebody asks for becomes a shape, rules and notes; or a sentence.

#include "core/request/request.hpp"

#include <gtest/gtest.h>

#include "core/io/loads/read_loads.hpp"
#include "core/request/request_options.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"
#include "tests/request_cases.hpp"

namespace evenkeel {
namespace {

Resolved resolved(const Request& request, std::int32_t layers, std::int32_t experts) {
  Resolved out;
  const Status status = resolve(request, layers, experts, Vocabulary::command, out);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return out;
}

std::string refused(const Request& request, std::int32_t experts,
                    Vocabulary words = Vocabulary::command) {
  Resolved out;
  return resolve(request, 1, experts, words, out).sentence();
}

Request of_preset(const char* name) {
  Request request;
  request.loads = std::string("synth:") + name;
  return request;
}

TEST(Request, EveryPresetIsDeployedAsUsual) {
  for (const SynthPreset& preset : synth_presets()) {
    SCOPED_TRACE(preset.name);
    Request request;
    request.loads = "synth:" + std::string(preset.name) + ",seed=7";
    const Resolved all = resolved(request, preset.shape.layers, preset.shape.experts);
    EXPECT_EQ(all.shape, preset.shape);
    EXPECT_NE(all.assumed, "");
    EXPECT_EQ(all.replaced, "");
  }
}

TEST(Request, OtherGpusGetTheNearestNumberOfSlots) {
  Request request = of_preset("deepseek-v3");
  request.gpus = 16;
  EXPECT_EQ(resolved(request, 58, 256).shape, (Shape{58, 256, 288, 16, 1, 1}));
  request.gpus = 64;  // 256 slots are as near
  EXPECT_EQ(resolved(request, 58, 256).shape, (Shape{58, 256, 320, 64, 1, 1}));
  request.gpus = 40;
  const Resolved forty = resolved(request, 58, 256);
  EXPECT_EQ(forty.shape, (Shape{58, 256, 280, 40, 1, 1}));
  EXPECT_EQ(forty.assumed,
            "assumed 280 slots, 1 node and 1 group, nearest to how deepseek-v3 is usually deployed "
            "(288 slots on 32 GPUs, 4 nodes, 8 groups)");
  request.gpus = 1024;
  EXPECT_EQ(resolved(request, 58, 256).shape.slots, 1024);
  request.gpus = 36;
  request.nodes = 4;
  EXPECT_EQ(resolved(request, 58, 256).shape, (Shape{58, 256, 288, 36, 4, 8}));
}

TEST(Request, OtherLoadsGetEightGpusWithARedundantExpertOrMoreEach) {
  Request request;
  request.file = "trace.npy";
  const Resolved all = resolved(request, 3, 60);
  EXPECT_EQ(all.shape, (Shape{3, 60, 64, 8, 1, 1}));
  EXPECT_EQ(all.notes(), std::vector<std::string>{
                             "assumed 8 GPUs and 64 slots; give --gpus and --slots to choose"});
  EXPECT_EQ(resolved(request, 3, 5).shape, (Shape{3, 5, 10, 5, 1, 1}));
  request.gpus = 16;
  EXPECT_EQ(resolved(request, 3, 64).shape, (Shape{3, 64, 80, 16, 1, 1}));
  request.redundant = 0;
  EXPECT_EQ(resolved(request, 3, 64).assumed, "");
}

TEST(Request, GpusThatWereNotSaidSuitWhatWas) {
  Request request = of_preset("deepseek-v3");
  request.slots = 300;
  const Resolved all = resolved(request, 58, 256);
  EXPECT_EQ(all.shape, (Shape{58, 256, 300, 30, 1, 1}));
  EXPECT_EQ(all.assumed,
            "assumed 30 GPUs, 1 node and 1 group, nearest to how deepseek-v3 is usually deployed "
            "(288 slots on 32 GPUs, 4 nodes, 8 groups)");
  request.slots.reset();
  request.groups = 2;  // the usual four nodes do not suit two groups
  EXPECT_EQ(resolved(request, 58, 256).shape, (Shape{58, 256, 288, 32, 2, 2}));
  request = of_preset("deepseek-v3");
  request.slots = 257;  // no number that is near
  EXPECT_EQ(refused(request, 256),
            "257 slots cannot be shared equally by 32 GPUs; nearest valid: --slots 256 or 288");
}

TEST(Request, WhatWasSaidAndIsWrongIsAnErrorWithTheNearestNumbers) {
  Request request;
  request.gpus = 8;
  request.slots = 17;
  EXPECT_EQ(refused(request, 12),
            "17 slots cannot be shared equally by 8 GPUs; nearest valid: --slots 16 or 24, --gpus "
            "1 or 17");
  EXPECT_EQ(refused(request, 12, Vocabulary::plain),
            "17 slots cannot be shared equally by 8 GPUs; nearest valid: 16 or 24 slots, 1 or 17 "
            "GPUs");
  request.slots.reset();
  request.redundant = 5;
  EXPECT_EQ(refused(request, 12, Vocabulary::script),
            "17 slots cannot be shared equally by 8 GPUs; nearest valid: redundant 4 or 12, gpus 1 "
            "or 17");
  request.slots = 17;
  EXPECT_EQ(refused(request, 12), "--slots excludes --redundant; give one of them");
  request = {};
  request.gpus = std::int64_t{1} << 40;
  EXPECT_EQ(refused(request, 12, Vocabulary::link),
            "\"gpus\" is 1099511627776; expected 1 to 1024");
}

TEST(Request, ThePolicyIsAsItWas) {
  Request request;
  request.gpus = 12;
  request.slots = 24;
  request.nodes = 3;
  request.groups = 4;
  Resolved all = resolved(request, 1, 24);
  EXPECT_EQ(all.shape, (Shape{1, 24, 24, 12, 1, 1}));
  EXPECT_EQ(all.replaced,
            "4 groups cannot be shared equally by 3 nodes: nodes and groups are ignored, as with "
            "--policy global");
  request.policy = Policy::hierarchical;
  EXPECT_EQ(refused(request, 24),
            "4 groups cannot be shared equally by 3 nodes; --policy hierarchical needs a number of "
            "groups that is a multiple of the nodes; nearest valid: --nodes 2 or 4, --groups 3 or "
            "6, --policy global");
  request.policy = Policy::global;
  EXPECT_TRUE(resolved(request, 1, 24).notes().empty());
}

TEST(Request, AStrategyHasOneLabel) {
  Request request;
  request.strategy = "ref";
  request.seed = 7;
  NamedRules strategy;
  ASSERT_TRUE(resolve_strategy(request, Vocabulary::command, strategy).ok());
  EXPECT_EQ(strategy.label, "ref");
  EXPECT_EQ(strategy.rules.seed, 7u);
  request.stages[3] = "near_tie";
  ASSERT_TRUE(resolve_strategy(request, Vocabulary::command, strategy).ok());
  EXPECT_EQ(strategy.label, "ref*");
}

TEST(Request, ItsOptionsReadWhatTheyPrint) {
  Request request = of_preset("kimi-k2");
  request.steps = {300, 600};
  request.gpus = 32;
  request.redundant = 64;
  request.policy = Policy::global;
  request.strategy = "ref";
  request.stages[1] = "none";
  request.seed = 3;
  EXPECT_EQ(command_line(request),
            "evenkeel balance synth:kimi-k2 --steps 300:600 --gpus 32 --redundant 64 --policy "
            "global --strategy ref --tail none --seed 3");
  EXPECT_EQ(command_line(request, Subcommand::compare),
            "evenkeel compare synth:kimi-k2 --steps 300:600 --gpus 32 --redundant 64 --policy "
            "global --seed 3");
  EXPECT_EQ(command_line(request, Subcommand::sweep),
            "evenkeel sweep synth:kimi-k2 --steps 300:600 --gpus 32 --policy global --strategy ref "
            "--tail none --seed 3");
  Request read = of_preset("kimi-k2");
  for (const RequestOption& option : request_options()) {
    const std::string text = option.text(option, request);
    if (!text.empty()) {
      EXPECT_TRUE(option.read(option, text, Vocabulary::command, read).ok()) << option.name;
    }
  }
  EXPECT_EQ(read, request);
  request.file = "-x y.npy";
  EXPECT_TRUE(command_line(request).starts_with("evenkeel balance './-x y.npy' --steps"));
}

// Layers and experts of the loads of a case.
std::pair<std::int32_t, std::int32_t> sizes_of(const test::RequestCase& given) {
  SynthSpec spec;
  if (parse_synth(given.loads, spec).ok()) {
    return {spec.preset->shape.layers, spec.preset->shape.experts};
  }
  Loads loads;
  std::string text(kExampleCsv);
  for (const auto& [name, content] : test::request_files()) {
    if (name == given.loads) text = content;
  }
  EXPECT_TRUE(read_as(add_csv, {given.loads, std::as_bytes(std::span(text))}, {}, loads).ok());
  return {loads.layers, loads.experts};
}

TEST(Request, TheTableOfRequests) {
  ASSERT_GE(test::request_cases().size(), 100u);
  for (const Vocabulary words :
       {Vocabulary::plain, Vocabulary::command, Vocabulary::script, Vocabulary::link}) {
    for (const test::RequestCase& given : test::request_cases()) {
      SCOPED_TRACE(given.text());
      Request request;
      Resolved out;
      const auto [layers, experts] = sizes_of(given);
      Status status = test::read_request(given, words, request);
      if (status.ok()) status = check_request(request, words);
      if (status.ok()) status = resolve(request, layers, experts, words, out);
      if (!given.error.empty()) {
        const std::string error = test::in_words(given.error, words);
        EXPECT_EQ(status.sentence().substr(0, error.size()), error) << status.sentence();
        continue;
      }
      ASSERT_TRUE(status.ok()) << status.sentence();
      const Shape& shape = out.shape;
      EXPECT_EQ((std::vector{shape.slots, shape.gpus, shape.nodes, shape.groups}), given.shape);
      EXPECT_EQ(out.strategy.label, given.label);
      std::vector<std::string> notes;
      for (const std::string& note : given.notes) notes.push_back(test::in_words(note, words));
      EXPECT_EQ(out.notes(), notes);
    }
  }
}

// All numbers, as they were resolved, ask for the same again and leave nothing to be assumed.
TEST(Request, WhatWasResolvedAsksForItself) {
  for (const test::RequestCase& given : test::request_cases()) {
    if (!given.error.empty()) continue;
    SCOPED_TRACE(given.text());
    const auto [layers, experts] = sizes_of(given);
    Request request;
    ASSERT_TRUE(test::read_request(given, Vocabulary::command, request).ok());
    request.gpus = given.shape[1];
    request.slots = given.shape[0];
    request.redundant.reset();
    request.nodes = given.shape[2];
    request.groups = given.shape[3];
    const Resolved again = resolved(request, layers, experts);
    EXPECT_EQ(
        (Shape{layers, experts, given.shape[0], given.shape[1], given.shape[2], given.shape[3]}),
        again.shape);
    EXPECT_TRUE(again.notes().empty());
  }
}

}  // namespace
}  // namespace evenkeel
