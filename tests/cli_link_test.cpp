// A link and its command line give the same result.

#include <nlohmann/json.hpp>

#include "core/lanes/random.hpp"
#include "core/request/request_options.hpp"
#include "tests/cli_fixture.hpp"
#include "tests/in_process_engine.hpp"
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
  InProcessEngine client;
  Model model(client);
  model.restore(print_link(state));
  client.settle(model);
  return model.hash().empty() ? model.refusal() : model.hash();
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
    } else {  // in other words: a page has no options
      EXPECT_EQ(run.status, 1) << command << run.err;
      EXPECT_NE(answer.find("; nearest valid: "), std::string::npos) << command << answer;
      EXPECT_NE(run.err.find("; nearest valid: "), std::string::npos) << command << run.err;
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
  for (const Subcommand command : {Subcommand::balance, Subcommand::compare, Subcommand::sweep}) {
    const Outcome run = shell(command_line(state, command));
    EXPECT_EQ(run.status, 0) << command_line(state, command) << run.err;
  }
}

}  // namespace
}  // namespace evenkeel::test
