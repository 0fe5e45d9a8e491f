// The playground's state that is not a file, as the text behind # in a link: key=value&key=value. Keys of what
// is asked for are the command's long options, so that a link and a command line say the same words.
//
// Links are untrusted: sizes are limited. Each invalid pair is reported in one sentence and keeps its
// default; valid pairs apply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/request/request.hpp"

namespace evenkeel {

// The replay that is asked for, in the words of `evenkeel replay`.
struct ReplayWish {
  std::int64_t every = 0;  // steps between plans; 0: what suits the trace
  std::int64_t delay = 0;
  std::int64_t from = -1;  // first scored step; -1: that of the first plan in force
  std::string policies;    // empty: the usual ones

  friend bool operator==(const ReplayWish&, const ReplayWish&) = default;
};

// What is asked for, and how the page shows the answer. `file` has names without their common folder here.
struct LinkState : Request {
  LinkState() {
    loads = "synth:deepseek-v3";
    strategy = kDefaultStrategy;  // always named
  }

  std::int32_t layer = 0;            // the shown layer, numbered as in the file of loads
  std::optional<std::int32_t> step;  // of the algorithm; empty: the last
  ReplayWish replay;
  std::string panel;   // a word; empty: the first panel
  std::string theme;   // "dark" or "light"; empty: as the system ("auto")
  bool embed = false;  // in a frame of another page: only the panel

  friend bool operator==(const LinkState&, const LinkState&) = default;
};

inline constexpr std::size_t kLongestLink = 4096;  // bytes; the rest is ignored
inline constexpr std::size_t kMostLinkProblems = 8;

// Parses a link with or without its #. problems: a sentence for each ignored pair, at most kMostLinkProblems;
// the last one then says how many more there are. The sentences name keys in quotes (Vocabulary::link).
LinkState parse_link(std::string_view text, std::vector<std::string>& problems);

// The text for a state, without #: only values that differ from the defaults, in a fixed order; with any of them
// but `embed` also the strategy, so that the link means the same where the default is another one. For a state from parse_link, parse_link of this text returns the same state without problems.
std::string print_link(const LinkState& state);

// Whether a link was printed when deepseek was the default, so that it means keel now. Such a link has keys but no
// strategy, while print_link names it in every link that has keys. "embed" alone is not a link of the page.
bool is_from_before_keel(std::string_view text);

}  // namespace evenkeel
