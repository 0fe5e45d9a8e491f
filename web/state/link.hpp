// The playground's state that is not a file, as the text behind # in a link: key=value&key=value. Keys of what
// is asked for are the command's long options, so that a link and a command line say the same words.
//
// Read from a link everything is hostile: sizes are bounded, each pair that is wrong gets one sentence
// and leaves its default, and the rest counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/request/request.hpp"

namespace evenkeel {

// What is asked for, and how the page shows the answer. `file` is a name without its folder here.
struct LinkState : Request {
  LinkState() { loads = "synth:deepseek-v3"; }

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
// kMostLinkProblems, the last of which then says how many more there are. The sentences name keys in quotes
// (Vocabulary::link).
LinkState parse_link(std::string_view text, std::vector<std::string>& problems);

// The text for a state, without #: only what differs from the defaults, in one order. parse_link gives the
// state back without a problem, if it could have come from parse_link.
std::string print_link(const LinkState& state);

}  // namespace evenkeel
