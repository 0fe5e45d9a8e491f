#include "core/strategies.hpp"

#include <array>
#include <string>

#include "core/text.hpp"

namespace evenkeel {
namespace {

constexpr std::array kStrategies = {
    Strategy{"deepseek", "baseline",
             Rules{Replication::highest_load, Packing::greedy, Packing::greedy},

             "copies the expert with the highest load per copy, packs the heaviest first",
             "DeepSeek EPLB (github.com/deepseek-ai/EPLB), eplb.py"},
    Strategy{"contiguous", "",
             Rules{Replication::round_robin, Packing::in_order, Packing::in_order},

             "experts in order, redundant slots round-robin: no balancer at all",
             "the initial placement of vLLM and SGLang"},
    Strategy{"random", "", Rules{Replication::random, Packing::random, Packing::random},

             "random copies in random slots, from --seed: what chance alone achieves",
             "the usual baseline of placement studies"},
};

}  // namespace

std::span<const Strategy> strategies() { return kStrategies; }

Status find_strategy(std::string_view name, const Strategy*& out) {
  std::string known;
  for (const Strategy& strategy : kStrategies) {
    if (name == strategy.name || (!strategy.alias.empty() && name == strategy.alias)) {
      out = &strategy;
      return {};
    }
    known += (known.empty() ? "" : ", ") + std::string(strategy.name);
  }
  return Status::error("unknown strategy " + in_quotes(name) + "; known are " + known);
}

}  // namespace evenkeel
