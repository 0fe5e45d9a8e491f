#include "web/state/link_keys.hpp"

#include <algorithm>
#include <utility>

#include "core/base/utf8.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kLongestFile = 160;
constexpr std::size_t kLongestPanel = 32;
constexpr std::int32_t kLargestLayer = 65535;   // as the readers of loads count
constexpr std::int32_t kLargestStep = 1 << 20;  // of one row's algorithm there are far fewer
constexpr std::string_view kPolicies[] = {"auto", "hierarchical", "global"};  // as enumerated
constexpr std::string_view kThemes[] = {"dark", "light", "auto"};

Status read_number(std::string_view value, std::int32_t least, std::int32_t most,
                   std::int32_t& out) {
  std::uint64_t number = 0;
  const auto end = static_cast<std::uint64_t>(most);
  if (!parse_whole(value, number) || number < static_cast<std::uint64_t>(least) || number > end) {
    return refuse_link_value(value, "expected a whole number from ", least, " to ", most);
  }
  out = static_cast<std::int32_t>(number);
  return {};
}

LinkKey number_key(std::string_view name, std::optional<std::int32_t> LinkState::*member,
                   std::int32_t least, std::int32_t most, bool is_option = true) {
  return {name,
          [=](std::string_view value, LinkState& state) {
            std::int32_t number = 0;
            const Status status = read_number(value, least, most, number);
            if (status.ok()) state.*member = number;
            return status;
          },
          [=](const LinkState& state) {
            return state.*member ? std::to_string(*(state.*member)) : std::string();
          },
          is_option};
}

LinkKey word_key(std::string_view name, std::string LinkState::*member,
                 const std::string& default_word,
                 std::function<Status(std::string_view value)> check, bool is_option = true) {
  return {name,
          [member, check = std::move(check)](std::string_view value, LinkState& state) {
            const Status status = check(value);
            if (status.ok()) state.*member = value;
            return status;
          },
          [=](const LinkState& state) {
            return state.*member == default_word ? std::string() : state.*member;
          },
          is_option};
}

LinkKey stage_key(std::size_t stage) {
  const std::string_view name = stages()[stage].name;
  return {name,
          [=](std::string_view value, LinkState& state) {
            Rules rules;
            const Status status = set_rule(name, value, rules);
            if (status.ok()) state.stage_rules[stage] = value;
            return status;
          },
          [=](const LinkState& state) { return state.stage_rules[stage]; }};
}

Status check_word(std::string_view value, std::span<const std::string_view> words) {
  std::string known;
  for (const std::string_view word : words) {
    if (value == word) return {};
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return refuse_link_value(value, "expected one of ", known);
}

Status check_loads_word(std::string_view value) {
  SynthSpec spec;
  if (value == kExampleName) return {};
  if (is_synth(value)) return parse_synth(value, spec);
  return refuse_link_value(value, "a link can name synth:PRESET or ", kExampleName,
                           "; open the file yourself");
}

// The name of a file that the reader of the link does not have: shown, and quoted in the command.
Status check_file(std::string_view value) {
  const auto is_hostile = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (!value.empty() && value.size() <= kLongestFile &&
      std::none_of(value.begin(), value.end(), is_hostile)) {
    if (is_utf8(value)) return {};
    return refuse_link_value(value, "expected a file's name in UTF-8");
  }
  return refuse_link_value(value, "expected a file's name of 1 to ", kLongestFile,
                           " bytes without control characters");
}

Status check_strategy(std::string_view value) {
  const Strategy* found = nullptr;
  return find_strategy(value, found);
}

Status check_panel(std::string_view value) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (!value.empty() && value.size() <= kLongestPanel &&
      value.find_first_not_of(kLetters) == std::string_view::npos) {
    return {};
  }
  return refuse_link_value(value, "expected a word of lower-case letters and digits, at most ",
                           kLongestPanel);
}

Status read_steps(std::string_view value, LinkState& state) {
  if (parse_range(value, state.steps)) return {};
  return refuse_link_value(value, "expected a range A:B, for example 300:600");
}

Status read_policy(std::string_view value, LinkState& state) {
  const Status status = check_word(value, kPolicies);
  if (!status.ok()) return status;
  const auto found = std::find(std::begin(kPolicies), std::end(kPolicies), value);
  state.policy = static_cast<Policy>(found - std::begin(kPolicies));
  return {};
}

Status read_seed(std::string_view value, LinkState& state) {
  if (parse_whole(value, state.seed)) return {};
  return refuse_link_value(value, "expected a whole number from 0 to 18446744073709551615");
}

Status read_theme(std::string_view value, LinkState& state) {
  const Status status = check_word(value, kThemes);
  if (status.ok()) state.theme = value == "auto" ? "" : value;
  return status;
}

Status read_embed(std::string_view value, LinkState& state) {
  std::int32_t number = 0;
  const Status status = read_number(value, 0, 1, number);
  if (status.ok()) state.embed = number != 0;
  return status;
}

std::string text_unless(std::uint64_t value, std::uint64_t usual) {
  return value == usual ? std::string() : std::to_string(value);
}

// All keys, in the order in which they are printed.
std::vector<LinkKey> make_keys() {
  const LinkState usual;
  std::vector<LinkKey> keys = {
      word_key("loads", &LinkState::loads, usual.loads, check_loads_word),
      word_key("file", &LinkState::file, "", check_file),
      {"steps", read_steps,
       [](const LinkState& s) { return s.steps == Range() ? "" : range_text(s.steps); }},
      number_key("gpus", &LinkState::gpus, 1, kMaxGpus),
      number_key("slots", &LinkState::slots, 1, kMaxSlots),
      number_key("redundant", &LinkState::redundant, 0, kMaxSlots),
      number_key("nodes", &LinkState::nodes, 1, kMaxGpus),
      number_key("groups", &LinkState::groups, 1, kMaxExperts),
      {"policy", read_policy,
       [](const LinkState& s) {
         return s.policy == Policy::automatic
                    ? std::string()
                    : std::string(kPolicies[static_cast<std::size_t>(s.policy)]);
       }},
      word_key("strategy", &LinkState::strategy, usual.strategy, check_strategy),
  };
  for (std::size_t i = 0; i < stages().size(); ++i) keys.push_back(stage_key(i));
  keys.push_back({"seed", read_seed, [](const LinkState& s) { return text_unless(s.seed, 0); }});
  keys.push_back(
      {"layer",
       [](std::string_view value, LinkState& state) {
         return read_number(value, 0, kLargestLayer, state.layer);
       },
       [](const LinkState& s) { return text_unless(static_cast<std::uint64_t>(s.layer), 0); },
       false});
  keys.push_back(number_key("step", &LinkState::step, 0, kLargestStep, false));
  keys.push_back(word_key("panel", &LinkState::panel, "", check_panel, false));
  keys.push_back({"theme", read_theme, [](const LinkState& s) { return s.theme; }, false});
  keys.push_back({"embed", read_embed,
                  [](const LinkState& s) { return std::string(s.embed ? "1" : ""); }, false});
  return keys;
}

}  // namespace

const std::vector<LinkKey>& link_keys() {
  static const std::vector<LinkKey> all = make_keys();
  return all;
}

}  // namespace evenkeel
