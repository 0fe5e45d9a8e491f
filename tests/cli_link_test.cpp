// A link and its command line give the same result.

#include <nlohmann/json.hpp>

#include "core/io/read_synth.hpp"
#include "core/io/result_json.hpp"
#include "core/lanes/random.hpp"
#include "tests/cli_fixture.hpp"
#include "tests/link_cases.hpp"

namespace evenkeel::test {
namespace {

// A random state with a small trace and often valid numbers.
LinkState likely_state(std::uint64_t seed) {
  Random random(seed, 4000);
  LinkState state = random_link_state(seed);
  state.file.clear();
  state.loads = "synth:mixtral-8x7b,steps=3";
  state.steps = {};
  const auto any = [&](auto... values) {
    const std::optional<std::int32_t> all[] = {values...};
    return all[random.below(sizeof...(values))];
  };
  state.gpus = any(std::nullopt, 4, 4, 8);
  state.slots = any(std::nullopt, std::nullopt, 16, 24);
  state.redundant.reset();
  if (!state.slots) state.redundant = any(std::nullopt, 0, 8, 7);
  state.nodes = any(std::nullopt, std::nullopt, 1, 2, 3);
  state.groups = any(std::nullopt, 1, 2, 4);
  return state;
}

// The page's result for a state: the hash, or an error.
std::string page_answer(const LinkState& state) {
  SynthSpec spec;
  Loads loads;
  Shape shape;
  std::string note;
  Rules rules;
  Result result;
  Status status = parse_synth(state.loads, spec);
  if (status.ok()) status = read_synth(spec, {}, loads);
  if (status.ok()) status = shape_of(state, loads.layers, loads.experts, shape, note);
  if (status.ok()) status = rules_of(state, rules);
  if (status.ok()) status = balance(loads, shape, rules, nullptr, {}, result);
  return status.ok() ? hash_text(result.placement) : status.sentence();
}

TEST_F(CommandTest, ALinkAndItsCommandGiveTheSameResult) {
  int results = 0;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    const LinkState state = likely_state(seed);
    const std::string command = command_line(state);
    const std::string answer = page_answer(state);
    const Outcome run = shell(command + " --json --quiet");
    if (run.status == 0) {
      EXPECT_EQ(nlohmann::json::parse(run.out).at("hash"), answer) << command;
      ++results;
    } else if (run.status == 1) {
      EXPECT_NE(run.err.find(answer), std::string::npos) << command << run.err << answer;
    } else {
      EXPECT_NE(answer.find(" is missing"), std::string::npos) << command << run.err << answer;
    }
  }
  EXPECT_GT(results, 20);
}

TEST_F(CommandTest, EveryCommandOfALinkIsOne) {
  LinkState state = likely_state(1);
  state.gpus = 4;
  state.slots = 16;
  state.redundant.reset();
  state.nodes.reset();
  state.groups.reset();
  state.policy = Policy::automatic;
  for (const LinkCommand command :
       {LinkCommand::balance, LinkCommand::compare, LinkCommand::sweep}) {
    const Outcome run = shell(command_line(state, command));
    EXPECT_EQ(run.status, 0) << command_line(state, command) << run.err;
  }
}

}  // namespace
}  // namespace evenkeel::test
