// The playground's state that is not a file, as the text behind # in a link: key=value&key=value. Keys
// are the command's long options, so that a link and a command line say the same words.
//
// Read from a link everything is hostile: sizes are bounded, each pair that is wrong gets one sentence
// and leaves its default, and the rest counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/read_loads.hpp"
#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

struct LinkState {
  // What the command knows. An empty optional is an option that was not given.
  std::string loads = "synth:deepseek-v3";  // synth:... or example:deepseek; of a file see `file`
  std::string file;  // its name, where the loads are a file: it replaces `loads`
  Range steps;       // the window; all by default
  std::optional<std::int32_t> gpus;
  std::optional<std::int32_t> slots;      // at most one of slots
  std::optional<std::int32_t> redundant;  // and redundant
  std::optional<std::int32_t> nodes;
  std::optional<std::int32_t> groups;
  Policy policy = Policy::automatic;
  std::string strategy = std::string(kDefaultStrategy);  // its name or alias
  // By stage, in the order of stages(): the rule in place of the strategy's own; empty: its own.
  std::vector<std::string> stage_rules = std::vector<std::string>(stages().size());
  std::uint64_t seed = 0;

  // What only the page knows.
  std::int32_t layer = 0;            // the one that is shown, as the file of loads numbers it
  std::optional<std::int32_t> step;  // of the algorithm; none: the last
  std::string panel;                 // a word; empty: the page's first
  std::string theme;                 // "dark" or "light"; empty: as the system has it ("auto")
  bool embed = false;                // in a frame of another page: the panel alone

  friend bool operator==(const LinkState&, const LinkState&) = default;
};

inline constexpr std::size_t kLongestLink = 4096;  // bytes; the rest is cut off
inline constexpr std::size_t kMostLinkProblems = 8;

// Reads a link with or without its #. problems: a sentence for each pair that was left out, at most
// kMostLinkProblems, the last of which then says how many more there are.
LinkState parse_link(std::string_view text, std::vector<std::string>& problems);

// The text for a state, without #: only what differs from the defaults, in one order. parse_link gives the
// state back without a problem, if it could have come from parse_link.
std::string print_link(const LinkState& state);

// The strategy's rules with the stages that are given, and the seed. Errors: check_rules'.
Status rules_of(const LinkState& state, Rules& out);

// The shape for loads of so many layers and experts, by resolve_shape. note: what the policy changed. On an
// error `out` is the shape that was refused, if there is one, for nearest_shapes().
Status shape_of(const LinkState& state, std::int32_t layers, std::int32_t experts, Shape& out,
                std::string& note);

// The command that computes what the page shows, for a POSIX shell: "evenkeel balance synth:kimi-k2 --gpus
// 32". compare takes all strategies, so none is named; sweep tries numbers of slots, so none is given.
enum class LinkCommand : std::uint8_t { balance, compare, sweep };
std::string command_line(const LinkState& state, LinkCommand command = LinkCommand::balance);

}  // namespace evenkeel
