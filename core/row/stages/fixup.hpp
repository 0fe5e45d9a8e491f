// Moves a copy from one expert to another after replication. rules.hpp proves that most of these rules never
// fire.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/model/rules.hpp"
#include "core/row/events.hpp"
#include "core/row/stages/copies.hpp"

namespace evenkeel {

// Proof in rules.hpp. balance_row skips these rules.
HD constexpr bool never_fires(Fixup rule) { return rule != Fixup::second_donor; }

namespace detail {

// The experts that a fix-up considers.
struct Ends {
  int donors[2];     // highest and second-highest average; lowest index on ties
  int receivers[2];  // lowest and second-lowest
  double peak;       // the highest average
  double second;     // the second-highest average
};

template <class Lanes>
HD TwoKeys highest_averages(const Lanes& lanes, const float* loads, int experts,
                            const Index* count) {
  return two_least_of(lanes, experts,
                      [&](int i) { return heaviest_first(average(loads[i], count[i]), i); });
}

HD inline void take_donors(const TwoKeys& highest, Ends& ends) {
  ends.donors[0] = index_of(highest.first);
  ends.donors[1] = index_of(highest.second);
  ends.peak = static_cast<double>(heavy_value(highest.first));
  ends.second = static_cast<double>(heavy_value(highest.second));
}

struct Move {
  int donor = -1;  // -1: none
  int receiver = -1;
  double peak = 0;
  double second = 0;  // the second-highest of the numbers of which the peak is the highest
};

// The highest average of all experts except a and b; for measured_move.
HD inline double highest_but(const float* loads, int experts, const Index* count, int a, int b) {
  float highest = 0;
  for (int i = 0; i < experts; ++i) {
    const float here = i == a || i == b ? 0 : average(loads[i], count[i]);
    if (here > highest) highest = here;
  }
  return static_cast<double>(highest);
}

// Predicts the result of a move. The rules of k2 and ref compute in binary32, the format of the averages; the
// others in binary64.
HD inline Move predict(Fixup rule, const float* loads, int experts, const Index* count,
                       const Ends& ends, int donor, int receiver) {
  double rest = donor == ends.donors[0] || rule == Fixup::second_donor ? ends.second : ends.peak;
  if (rule == Fixup::measured_move) rest = highest_but(loads, experts, count, donor, receiver);
  double given = static_cast<double>(loads[donor]) / (count[donor] - 1);
  double taken = static_cast<double>(loads[receiver]) / (count[receiver] + 1);
  if (rule == Fixup::measured_move || rule == Fixup::predicted_move) {
    given = static_cast<double>(average(loads[donor], count[donor] - 1));
    taken = static_cast<double>(average(loads[receiver], count[receiver] + 1));
  }
  const double larger = given > taken ? given : taken;
  const double smaller = given > taken ? taken : given;
  const double peak = rest > larger ? rest : larger;
  const double least = rest < smaller ? rest : smaller;
  return {donor, receiver, peak, rest + given + taken - least - peak};
}

// Whether the peak falls by more than the rule's margin.
HD inline bool falls(Fixup rule, double peak, double before) {
  if (rule == Fixup::measured_move) return peak + 1e-9 < before;
  if (rule == Fixup::predicted_move) {
    return static_cast<float>(peak) + 1e-12f < static_cast<float>(before);
  }
  return peak + 1e-12 < before;
}

// The best move that lowers the peak; donor -1 if there is none.
HD inline Move find_move(Fixup rule, const float* loads, int experts, const Index* count,
                         const Ends& ends) {
  const bool one_move = rule == Fixup::measured_move || rule == Fixup::predicted_move;
  const int number = one_move ? 1 : 2;
  Move best;
  for (int i = 0; i < number; ++i) {
    if (count[ends.donors[i]] <= 1) continue;
    for (int j = 0; j < number; ++j) {
      if (ends.receivers[j] == ends.donors[i]) continue;
      const Move move =
          predict(rule, loads, experts, count, ends, ends.donors[i], ends.receivers[j]);
      if (!falls(rule, move.peak, ends.peak)) continue;
      const double apart = move.peak > best.peak ? move.peak - best.peak : best.peak - move.peak;
      const bool breaks_tie = rule == Fixup::best_of_four_second && best.donor >= 0 &&
                              apart <= 1e-12 && move.second < best.second;
      if (best.donor < 0 || move.peak < best.peak || breaks_tie) best = move;
    }
  }
  return best;
}

// The donor's last copy becomes the receiver's next copy.
template <class Lanes>
HD void apply_move(const Lanes& lanes, const Move& move, int slots, const Copies& copies) {
  const Index last = static_cast<Index>(copies.count[move.donor] - 1);
  const Index next = copies.count[move.receiver];
  lanes.sync();  // all lanes have read the counts
  for_each_index(lanes, slots, [&](int slot) {
    if (copies.owner[slot] != move.donor || copies.copy[slot] != last) return;
    copies.owner[slot] = static_cast<Index>(move.receiver);
    copies.copy[slot] = next;
    copies.count[move.donor] = last;
    copies.count[move.receiver] = static_cast<Index>(next + 1);
  });
  lanes.sync();
  tell(lanes, CopyMoved{move.donor, move.receiver});
}

}  // namespace detail

// Applies the rule; returns the number of moved copies. All lanes see the result.
template <class Lanes>
HD int fix_up(const Lanes& lanes, Fixup rule, const float* loads, int experts, int slots,
              const Copies& copies) {
  if (rule == Fixup::none || experts == 1 || slots == experts) return 0;
  detail::Ends ends;
  detail::take_donors(detail::highest_averages(lanes, loads, experts, copies.count), ends);
  const TwoKeys lowest = two_least_of(
      lanes, experts, [&](int i) { return lightest_first(average(loads[i], copies.count[i]), i); });
  ends.receivers[0] = index_of(lowest.first);
  ends.receivers[1] = index_of(lowest.second);

  const double before = ends.peak;
  const detail::Move first = detail::find_move(rule, loads, experts, copies.count, ends);
  if (first.donor < 0) return 0;
  detail::apply_move(lanes, first, slots, copies);
  if (rule != Fixup::second_donor) return 1;
  // As in the source: the donors are looked up again, the receivers are not.
  detail::take_donors(detail::highest_averages(lanes, loads, experts, copies.count), ends);
  if (!(ends.peak > 0.9 * before)) return 1;
  const detail::Move second = detail::find_move(rule, loads, experts, copies.count, ends);
  if (second.donor < 0) return 1;
  detail::apply_move(lanes, second, slots, copies);
  return 2;
}

}  // namespace evenkeel
