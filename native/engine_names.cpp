#include "native/engine_names.hpp"

namespace evenkeel {
namespace {

struct EngineOption {
  std::string_view theirs;  // with - for _
  std::string_view ours;
};
constexpr EngineOption kEngineOptions[] = {
    {"--ep-size", "--gpus"},
    {"--ep", "--gpus"},
    {"--expert-parallel-size", "--gpus"},
    {"--moe-ep-size", "--gpus"},
    {"--world-size", "--gpus"},
    {"--num-gpus", "--gpus"},
    {"--num-ranks", "--gpus"},
    {"--num-redundant-experts", "--redundant"},
    {"--ep-num-redundant-experts", "--redundant"},
    {"--redundant-experts", "--redundant"},
    {"--redundant-experts-num", "--redundant"},
    {"--num-slots", "--slots"},
    {"--num-replicas", "--slots"},
    {"--num-physical-experts", "--slots"},
    {"--num-nodes", "--nodes"},
    {"--nnodes", "--nodes"},
    {"--num-groups", "--groups"},
    {"--n-group", "--groups"},
    {"--num-expert-group", "--groups"},
    {"--eplb-algorithm", "--strategy"},
    {"--expert-placement-strategy", "--strategy"},
    {"--init-expert-location", "--previous, or --export sglang:FILE to write one"},
    {"--expert-map-path", "--previous, or --export vllm-ascend:FILE to write one"},
};

}  // namespace

std::string engines_option(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word(argv[i]);
    std::string name(word.substr(0, word.find('=')));
    if (!name.starts_with("--")) continue;
    for (char& c : name) c = c == '_' ? '-' : c;
    for (const EngineOption& option : kEngineOptions) {
      if (option.theirs == name) {
        return std::string(word.substr(0, word.find('='))) +
               " is an option of engines; did you mean " + std::string(option.ours) + "?";
      }
    }
  }
  return {};
}

}  // namespace evenkeel
