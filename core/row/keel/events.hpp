// What keel tells the lane that records a row's steps (step_recorder.hpp), by `tell` of events.hpp.
#pragma once

#include <cstdint>

#include "core/row/events.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

enum class Start : std::uint8_t { differencing, heaviest_first, fold, deal };

// Why two copies on different GPUs swap places.
enum class SwapReason : std::uint8_t { parts_copies, lighter, kick };

// Experts are numbered by load, as in State. An event is told after the state has changed.
struct CountsBegin {};  // each expert has its first copies
struct CountGrown {
  int expert;
};
// Before anything is placed: `a` has one copy more, `b` one less.
struct CountsChanged {
  const State& s;
  int a;
  int b;
};
struct Started {
  const State& s;
  Start start;
};
struct Rematched {
  const State& s;
};
struct Swapped {
  const State& s;
  SwapReason reason;
  int r;  // ranks; r was on the heaviest GPU, if that is the reason
  int q;
};
// Two copies of the heaviest GPU with two of another one.
struct PairsSwapped {
  const State& s;
  const int (&heavy)[2];
  const int (&light)[2];
};
// A copy of `expert` is in a place that a copy of another expert had.
struct CopyReplaced {
  const State& s;
  int expert;
  int place;  // index of State::at
};
// Changes that are kept or undone together. kick: its number from 1; 0: it is no kick.
struct TrialBegins {
  const State& s;
  int kick;
};
struct TrialEnds {
  bool kept;
};
// A second start is tried; one of the two is kept.
struct SecondStart {};
struct StartChosen {
  bool second;
};
struct NodeDone {
  const State& s;
};

}  // namespace evenkeel::keel
