#include "core/request/request_options.hpp"

#include <cstddef>
#include <iterator>
#include <vector>

#include "core/base/text.hpp"
#include "core/model/policy.hpp"
#include "core/request/file_names.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
namespace {

using Option = RequestOption;

Status refused(const Option& option, std::string_view text, Vocabulary words,
               const std::string& expected) {
  return Status::error(word_for(words, option.name) + " is " + in_quotes(text) + "; expected " +
                       expected);
}

Status read_number(const Option& self, std::string_view text, Vocabulary words, Request& request) {
  std::int64_t number = 0;
  if (!parse_integer(text, number)) {
    return refused(self, text, words,
                   "a whole number from " + std::to_string(self.number->least) + " to " +
                       std::to_string(self.number->most));
  }
  request.*self.number->member = number;
  return {};
}

std::string number_text(const Option& self, const Request& request) {
  const std::optional<std::int64_t>& number = request.*self.number->member;
  return number ? std::to_string(*number) : std::string();
}

constexpr Option number_option(std::string_view value, std::string_view sentence,
                               const RequestNumber& number) {
  return {number.name, value, sentence, read_number, number_text, &number};
}

Status read_steps(const Option& self, std::string_view text, Vocabulary words, Request& request) {
  if (parse_range(text, request.steps)) return {};
  return refused(self, text, words, "a range A:B, for example 300:600");
}

std::string steps_text(const Option&, const Request& request) {
  return request.steps == Range() ? std::string() : range_text(request.steps);
}

Status read_moe_layers(const Option& self, std::string_view text, Vocabulary words,
                       Request& request) {
  NumberList numbers;
  if (!parse_numbers(text, numbers)) {
    return refused(self, text, words, "layers such as 3:61 or 1:48:2");
  }
  request.moe_layers = numbers;
  return {};
}

std::string moe_layers_text(const Option&, const Request& request) {
  return request.moe_layers ? request.moe_layers->text() : std::string();
}

Status read_policy(const Option&, std::string_view text, Vocabulary, Request& request) {
  return find_policy(text, request.policy);
}

std::string policy_text(const Option&, const Request& request) {
  return request.policy == Policy::automatic ? std::string()
                                             : std::string(policy_name(request.policy));
}

Status read_strategy(const Option&, std::string_view text, Vocabulary words, Request& request) {
  return take_strategy(text, words, request);
}

std::string strategy_text(const Option&, const Request& request) { return request.strategy; }

Status read_effort(const Option&, std::string_view text, Vocabulary words, Request& request) {
  return take_effort(text, words, request);
}

// The strategy's name has it.
std::string effort_text(const Option&, const Request&) { return {}; }

// For an option that is a stage, with the same name.
std::size_t stage_of(const Option& option) {
  std::size_t stage = 0;
  while (stages()[stage].name != option.name) ++stage;
  return stage;
}

Status read_stage(const Option& self, std::string_view text, Vocabulary, Request& request) {
  request.stages[stage_of(self)] = text;
  return {};
}

std::string stage_text(const Option& self, const Request& request) {
  return request.stages[stage_of(self)];
}

Status read_seed(const Option&, std::string_view text, Vocabulary words, Request& request) {
  return take_seed(text, words, request.seed);
}

std::string seed_text(const Option&, const Request& request) {
  return request.seed == 0 ? std::string() : std::to_string(request.seed);
}

Status read_bounds(const Option&, std::string_view text, Vocabulary, Request& request) {
  return find_bounds(text, request.bounds);
}

std::string bounds_text(const Option&, const Request& request) {
  return request.bounds == Bounds::automatic ? std::string()
                                             : std::string(bounds_name(request.bounds));
}

constexpr Option kBeforeStages[] = {
    {"steps", "A:B", "recorded steps A to B-1 to sum, counted from 0 [all]", read_steps,
     steps_text},
    {"moe-layers", "LAYERS",
     "the model's numbers of the recorded layers, where the recording does not say them: 3:61 for "
     "DeepSeek-V3's 58 MoE layers [as recorded, else from 0]",
     read_moe_layers, moe_layers_text},
    number_option("G", "GPUs that share the experts (EP size) [a preset's usual number, else 8]",
                  kRequestNumbers[0]),
    number_option("P", "slots (physical experts) per layer, or", kRequestNumbers[1]),
    number_option("N",
                  "redundant experts per layer: slots minus experts [a preset's usual number, else "
                  "one on each GPU or the next number that fits]",
                  kRequestNumbers[2]),
    number_option("K", "nodes that share the GPUs [a preset's usual number, else 1]",
                  kRequestNumbers[3]),
    number_option("Q", "expert groups of the model [a preset's usual number, else 1]",
                  kRequestNumbers[4]),
    {"policy", "POLICY",
     "hierarchical: each group on one node; global: nodes and groups are ignored; auto: "
     "hierarchical where groups are a multiple of nodes, else global [auto]",
     read_policy, policy_text},
    {"strategy", "NAME", "see `evenkeel strategies` [keel; where stages are given: deepseek]",
     read_strategy, strategy_text},
    {"effort", "LEVEL",
     "of keel: fast, default, max (300 random changes) or their number [default]", read_effort,
     effort_text},
};
constexpr Option kSeed = {"seed", "S",
                          "seed of the random strategies and of keel's random changes [0]",
                          read_seed, seed_text};

constexpr Option kBounds = {"bounds", "BOUNDS",
                            "lower bounds: cheap, or strong, which takes about half a millisecond "
                            "a layer; auto: strong, but cheap in sweeps "
                            "and on devices [auto]",
                            read_bounds, bounds_text};

std::vector<Option> make_options() {
  std::vector<Option> all(std::begin(kBeforeStages), std::end(kBeforeStages));
  for (const Stage& stage : stages()) {
    all.push_back(
        {stage.name, stage.is_switch() ? "" : "RULE", stage.sentence, read_stage, stage_text});
  }
  all.push_back(kSeed);
  all.push_back(kBounds);
  return all;
}

// "--apart", or "--apart=none".
std::string flag_word(const Option& option, const std::string& value) {
  const bool is_on = value == stages()[stage_of(option)].rules.back().name;
  return word_for(Vocabulary::command, option.name) + (is_on ? "" : "=" + shell_word(value));
}

// Prevents that a path is parsed as an option or as a name of loads.
std::string path_word(std::string_view path) {
  const bool is_taken = path.starts_with('-') || is_synth(path) || path.starts_with("example:");
  return shell_word((is_taken ? "./" : "") + std::string(path));
}

bool is_of(Subcommand subcommand, const Option& option) {
  const bool is_strategy = option.name == "strategy" || option.name == "effort" ||
                           option.read == read_stage;  // function pointers identify the kind
  switch (subcommand) {
    case Subcommand::balance:
      return true;
    case Subcommand::compare:
      return !is_strategy;
    case Subcommand::sweep:
      return option.name != "slots" && option.name != "redundant";
  }
  return false;
}

}  // namespace

std::span<const RequestOption> request_options() {
  static const auto all = make_options();
  return all;
}

const RequestOption* find_request_option(std::string_view name) {
  for (const RequestOption& option : request_options()) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::string command_line(const Request& request, Subcommand subcommand) {
  constexpr std::string_view kNames[] = {"balance", "compare", "sweep"};
  std::string line = "evenkeel ";
  line += kNames[static_cast<std::size_t>(subcommand)];
  if (request.file.empty()) line += ' ' + shell_word(request.loads);
  for (const std::string_view name : names_in(request.file)) line += ' ' + path_word(name);
  for (const RequestOption& option : request_options()) {
    const std::string value = option.text(option, request);
    if (value.empty() || !is_of(subcommand, option)) continue;
    if (option.name == "strategy" && value == kDefaultStrategy) continue;
    line +=
        ' ' + (option.is_flag() ? flag_word(option, value)
                                : word_for(Vocabulary::command, option.name, shell_word(value)));
  }
  return line;
}

}  // namespace evenkeel
