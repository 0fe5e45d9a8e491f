#include "web/state/link_keys.hpp"

#include <algorithm>
#include <utility>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"
#include "core/replay/policies.hpp"
#include "core/replay/resolve_replay.hpp"
#include "core/request/file_names.hpp"
#include "core/request/request_options.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kLongestFile = 160;
constexpr std::size_t kLongestPanel = 32;
constexpr std::int32_t kLargestLayer = 65535;   // the limit of the readers of loads
constexpr std::int32_t kLargestStep = 1 << 20;  // one row has far fewer steps
constexpr std::int32_t kLargestTraceStep = 2'000'000'000;

// ---- what is asked for

// What is wrong with one value, whatever the others are. Stages are compared with their strategy once all is
// read.
Status check_alone(const Request& request) {
  Request without_stages = request;
  without_stages.stages.clear();
  Status status = check_request(without_stages, Vocabulary::link);
  Rules unused;
  for (std::size_t i = 0; i < request.stages.size() && status.ok(); ++i) {
    const std::string& rule = request.stages[i];
    if (!rule.empty()) status = set_rule(stages()[i].name, rule, unused, Vocabulary::link);
  }
  return status;
}

LinkKey option_key(const RequestOption& option) {
  return {option.name,
          [&option](std::string_view value, LinkState& state) {
            Request alone;
            Status status = option.read(option, value, Vocabulary::link, alone);
            if (status.ok()) status = check_alone(alone);
            return status.ok() ? option.read(option, value, Vocabulary::link, state) : status;
          },
          [&option](const LinkState& state) { return option.text(option, state); }};
}

Status read_loads_name(std::string_view value, LinkState& state) {
  SynthSpec spec;
  Status status;
  if (is_synth(value)) {
    status = parse_synth(value, spec);
  } else if (value != kExampleName) {
    status = refuse_link_value(
        "loads", value,
        "synth:PRESET or " + std::string(kExampleName) + "; open the file yourself");
  }
  if (status.ok()) state.loads = value;
  return status;
}

bool is_file_name(std::string_view name) {
  const auto is_hostile = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !name.empty() && name.size() <= kLongestFile && is_utf8(name) &&
         std::none_of(name.begin(), name.end(), is_hostile);
}

// The names of files that the reader of the link may not have: they are shown, and quoted in the command.
Status read_file_names(std::string_view value, LinkState& state) {
  const std::vector<std::string_view> names = names_in(value);
  if (names.empty() || !std::all_of(names.begin(), names.end(), is_file_name)) {
    return refuse_link_value("file", value,
                             "a file's name of 1 to " + std::to_string(kLongestFile) +
                                 " bytes of UTF-8 without control characters, or several names, "
                                 "each on its own line (%0A)");
  }
  state.file = value;
  return {};
}

// ---- what only the page knows

Status read_whole(std::string_view key, std::string_view value, std::int32_t most,
                  std::int32_t& out) {
  std::uint64_t number = 0;
  if (!parse_whole(value, number) || number > static_cast<std::uint64_t>(most)) {
    return refuse_link_value(key, value, "a whole number from 0 to " + std::to_string(most));
  }
  out = static_cast<std::int32_t>(number);
  return {};
}

Status read_layer(std::string_view value, LinkState& state) {
  return read_whole("layer", value, kLargestLayer, state.layer);
}

Status read_step(std::string_view value, LinkState& state) {
  std::int32_t step = 0;
  const Status status = read_whole("step", value, kLargestStep, step);
  if (status.ok()) state.step = step;
  return status;
}

Status read_steps(std::string_view key, std::string_view value, std::int64_t& out) {
  std::int32_t number = 0;
  const Status status = read_whole(key, value, kLargestTraceStep, number);
  if (status.ok()) out = number;
  return status;
}

Status read_every(std::string_view value, LinkState& state) {
  return read_steps("every", value, state.replay.every);
}
Status read_delay(std::string_view value, LinkState& state) {
  return read_steps("delay", value, state.replay.delay);
}
Status read_from(std::string_view value, LinkState& state) {
  return read_steps("from", value, state.replay.from);
}

Status read_policies(std::string_view value, LinkState& state) {
  std::vector<ReplayPolicy> policies;
  const Status status = parse_policies(value, Vocabulary::link, policies);
  if (status.ok()) state.replay.policies = value == kDefaultPolicies ? "" : value;
  return status;
}

Status read_panel(std::string_view value, LinkState& state) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (value.empty() || value.size() > kLongestPanel ||
      value.find_first_not_of(kLetters) != std::string_view::npos) {
    return refuse_link_value(
        "panel", value,
        "a word of at most " + std::to_string(kLongestPanel) + " lower-case letters and digits");
  }
  state.panel = value;
  return {};
}

Status read_theme(std::string_view value, LinkState& state) {
  if (value != "dark" && value != "light" && value != "auto") {
    return refuse_link_value("theme", value, "dark, light or auto");
  }
  state.theme = value == "auto" ? "" : value;
  return {};
}

Status read_embed(std::string_view value, LinkState& state) {
  std::int32_t number = 0;
  const Status status = read_whole("embed", value, 1, number);
  if (status.ok()) state.embed = number != 0;
  return status;
}

std::string text_unless(const std::string& value, const std::string& usual) {
  return value == usual ? std::string() : value;
}

std::vector<LinkKey> make_keys() {
  std::vector<LinkKey> keys = {
      {"loads", read_loads_name,
       [](const LinkState& state) { return text_unless(state.loads, LinkState().loads); }},
      {"file", read_file_names, [](const LinkState& state) { return linked_names(state.file); }},
  };
  for (const RequestOption& option : request_options()) keys.push_back(option_key(option));
  const auto step_text = [](const LinkState& state) {
    return state.step ? std::to_string(*state.step) : std::string();
  };
  keys.push_back({"layer", read_layer, [](const LinkState& state) {
                    return text_unless(std::to_string(state.layer), "0");
                  }});
  keys.push_back({"step", read_step, step_text});
  const auto unless = [](std::int64_t value, std::int64_t usual) {
    return value == usual ? std::string() : std::to_string(value);
  };
  keys.push_back(
      {"every", read_every, [=](const LinkState& state) { return unless(state.replay.every, 0); }});
  keys.push_back(
      {"delay", read_delay, [=](const LinkState& state) { return unless(state.replay.delay, 0); }});
  keys.push_back(
      {"from", read_from, [=](const LinkState& state) { return unless(state.replay.from, -1); }});
  keys.push_back(
      {"policies", read_policies, [](const LinkState& state) { return state.replay.policies; }});
  keys.push_back({"panel", read_panel, [](const LinkState& state) { return state.panel; }});
  keys.push_back({"theme", read_theme, [](const LinkState& state) { return state.theme; }});
  keys.push_back({"embed", read_embed,
                  [](const LinkState& state) { return std::string(state.embed ? "1" : ""); }});
  return keys;
}

}  // namespace

const std::vector<LinkKey>& link_keys() {
  static const std::vector<LinkKey> all = make_keys();
  return all;
}

Status refuse_link_value(std::string_view key, std::string_view value, std::string_view expected) {
  return Status::error(word_for(Vocabulary::link, key) + " is " + in_quotes(value) + "; expected " +
                       std::string(expected));
}

}  // namespace evenkeel
