// The pictures of the replay panel.
#pragma once

#include "web/playground/engine/messages.hpp"

namespace evenkeel {

// The imbalance by the step, a line for each policy. height: a length of scale 1.
void replay_plot(const Replayed& replayed, float height);
// The figures of each policy.
void replay_table(const Replayed& replayed);
// What the imbalance consists of: a stacked bar for each policy.
void replay_split(const Replayed& replayed);

}  // namespace evenkeel
