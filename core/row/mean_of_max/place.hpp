// From the experts in the slots to everything else of the state.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/select.hpp"
#include "core/row/mean_of_max/state.hpp"

namespace evenkeel::mean_of_max {

// Computes copies, shares, loads and received slots from State::expert. count: [experts]
template <class Lanes>
HD void read_slots(const Lanes& lanes, State& s, Index* count) {
  const int gpus = s.gpus;
  for_each_index(lanes, s.experts, [&](int x) {
    count[x] = 0;
    for (int g = 0; g < gpus; ++g) s.copies_on(x, g) = 0;
  });
  lanes.sync();
  if (lanes.rank() == 0) {
    for (int slot = 0; slot < s.slots; ++slot) {
      const int x = s.expert[slot];
      ++count[x];
      ++s.copies_on(x, s.gpu_slots.gpu_of(slot));
    }
  }
  lanes.sync();
  for (int x = 0; x < s.experts; ++x) {
    if (count[x] == s.count[x]) continue;
    share_row(lanes, s.chunks, s.row(s.whole, x), count[x], s.row(s.share, x));
    share_row(lanes, s.chunks, s.row(s.whole, x), count[x] + 1, s.row(s.next, x));
  }
  for (int g = 0; g < gpus; ++g) {
    Load* load = s.row(s.load, g);
    for (int t = lanes.rank(); t < s.chunks; t += Lanes::width) load[t] = 0;
    for (int slot = s.gpu_slots.first(g); slot < s.gpu_slots.end(g); ++slot) {
      add_row(lanes, s.chunks, s.row(s.share, s.expert[slot]), load);
    }
  }
  for (int g = 0; g < gpus; ++g) measure_squares(lanes, s, g);
  std::int32_t arrived = 0;
  for_each_index(lanes, s.slots,
                 [&](int slot) { arrived += s.arrives(s.expert[slot], s.gpu_slots.gpu_of(slot)); });
  s.received = sum_of(lanes, arrived);
  lanes.sync();
  for_each_index(lanes, s.experts, [&](int x) { s.count[x] = count[x]; });
  lanes.sync();
}

}  // namespace evenkeel::mean_of_max
