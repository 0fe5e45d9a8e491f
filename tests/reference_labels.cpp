// [5.5, 5.6] of the specification: packing that depends on the expert of an item.

#include <cmath>
#include <limits>
#include <optional>

#include "tests/reference_parts.hpp"

namespace evenkeel::test::reference {
namespace {

using Contents = std::vector<Indices>;  // the items of each bin in the order of placement

int same_label(const Indices& items, const Indices& label, int item) {
  int count = 0;
  for (const int other : items) count += label[other] == label[item] ? 1 : 0;
  return count;
}

Bins bins_of(const Contents& contents, std::size_t items) {
  Bins out = {Indices(items), Indices(items)};
  for (int b = 0; b < static_cast<int>(contents.size()); ++b) {
    for (int rank = 0; rank < static_cast<int>(contents[b].size()); ++rank) {
      out.bin[contents[b][rank]] = b;
      out.rank[contents[b][rank]] = rank;
    }
  }
  return out;
}

// [5.5] Fill: of about equally light bins the one with the fewest copies of the same expert.
Bins fill_near_tie(const Weights& w, const Indices* label, int bins) {
  const double epsilon = 1e-6 * std::max(static_cast<double>(mean(w)), 1e-12);
  const std::size_t room = w.size() / static_cast<std::size_t>(bins);
  Contents contents(bins);
  std::vector<double> load(bins, 0.0);
  for (const int item : descending(all(static_cast<int>(w.size())), w)) {
    int chosen = -1;
    double chosen_load = std::numeric_limits<double>::infinity();
    int chosen_same = std::numeric_limits<int>::max();
    for (int b = 0; b < bins; ++b) {
      if (contents[b].size() == room) continue;
      const int same = label == nullptr ? 0 : same_label(contents[b], *label, item);
      const bool lighter = load[b] + epsilon < chosen_load;
      const bool near = std::fabs(load[b] - chosen_load) <= epsilon;
      if (lighter || (label != nullptr && near && same < chosen_same)) {
        chosen = b;
        chosen_load = load[b];
        chosen_same = same;
      }
    }
    contents[chosen].push_back(item);
    load[chosen] += static_cast<double>(w[item]);
  }
  return bins_of(contents, w.size());
}

int rounds_for(const Weights& load) {
  const float spread = load[argmax(load)] - load[argmin(load)];
  const double average = static_cast<double>(mean(load));
  return average > 0 && static_cast<double>(spread) / std::max(average, 1e-12) > 0.12 ? 3 : 2;
}

// [5.5] One round of swaps, one item for one or two for two; false if there is no gain.
bool swap_once(const Weights& w, Bins& bins, Weights& load) {
  const int count = static_cast<int>(load.size());
  const int heavy = argmax(load);
  const Indices order = ascending(all(count), load);
  const int lightest = order[0];
  Indices lights = {lightest};
  if (count > 2 && order[1] != heavy) lights.push_back(order[1]);
  std::optional<Exchange> one;
  for (const int light : lights) {
    if (light == heavy || static_cast<double>(load[heavy] - load[light]) <= 1e-12) continue;
    const Exchange found = best_of_four(w, bins, load, heavy, light);
    if (!one || found.left < one->left) one = found;
  }
  if (!one) return false;
  const double left = static_cast<double>(one->left);
  const double d = static_cast<double>(load[heavy] - load[one->light]);
  if (lightest != heavy) {
    const Indices a = first_two(descending(items_of(bins, heavy), w));
    const Indices b = first_two(ascending(items_of(bins, lightest), w));
    const float heavy_pair = w[a[0]] + w[a[1]];
    const float light_pair = w[b[0]] + w[b[1]];
    const double gain = static_cast<double>(heavy_pair - light_pair);
    const double two_left =
        std::fabs(static_cast<double>(load[heavy] - load[lightest]) - 2.0 * gain);
    if (two_left + 1e-12 < left && two_left + 1e-12 < d) {
      for (const int i : {0, 1}) exchange(w, heavy, lightest, a[i], b[i], bins, load);
      rerank(bins, heavy);
      rerank(bins, lightest);
      return true;
    }
  }
  if (!(left + 1e-12 < d)) return false;
  exchange(w, heavy, one->light, one->a, one->b, bins, load);
  rerank(bins, heavy);
  rerank(bins, one->light);
  return true;
}

// [5.6] The swap of the heaviest with the lightest bin that gives the smallest spread over all bins.
void swap_least_spread(const Weights& w, const Contents& contents, const std::vector<double>& load,
                       Bins& bins) {
  const int heavy = argmax(load);
  const int light = argmin(load);
  if (!(load[heavy] - load[light] > 0)) return;
  double highest = -std::numeric_limits<double>::infinity();  // of the other bins
  double lowest = std::numeric_limits<double>::infinity();
  for (int b = 0; b < static_cast<int>(load.size()); ++b) {
    if (b == heavy || b == light) continue;
    highest = std::max(highest, load[b]);
    lowest = std::min(lowest, load[b]);
  }
  const double spread = load[heavy] - load[light];
  double best = std::numeric_limits<double>::infinity();
  int best_a = -1;
  int best_b = -1;
  for (const int a : first_two(descending(contents[heavy], w))) {
    for (const int b : first_two(ascending(contents[light], w))) {
      const double wa = static_cast<double>(w[a]);
      const double wb = static_cast<double>(w[b]);
      const double new_heavy = (load[heavy] - wa) + wb;
      const double new_light = (load[light] - wb) + wa;
      const double after =
          std::max({new_heavy, new_light, highest}) - std::min({new_heavy, new_light, lowest});
      if (after + 1e-9 < spread && (best_a < 0 || after < best)) {
        best = after;
        best_a = a;
        best_b = b;
      }
    }
  }
  if (best_a < 0) return;
  std::swap(bins.bin[best_a], bins.bin[best_b]);
  std::swap(bins.rank[best_a], bins.rank[best_b]);
}

}  // namespace

Bins pack_div(const Weights& w, const Indices* label, int bins) {
  Bins out = fill_near_tie(w, label, bins);
  Weights load = bin_loads(w, out.bin, bins);
  const int rounds = rounds_for(load);
  for (int round = 0; round < rounds && swap_once(w, out, load); ++round) {
  }
  return out;
}

// [5.6] Fill: fewest copies of the same expert first, then the lightest, then the emptiest bin.
Bins pack_k2(const Weights& w, const Indices& label, int bins) {
  const std::size_t room = w.size() / static_cast<std::size_t>(bins);
  Contents contents(bins);
  std::vector<double> load(bins, 0.0);
  for (const int item : descending(all(static_cast<int>(w.size())), w)) {
    int best = -1;
    int best_same = 0;
    for (int b = 0; b < bins; ++b) {
      if (contents[b].size() == room) continue;
      const int same = same_label(contents[b], label, item);
      const bool better = best < 0 || same < best_same ||
                          (same == best_same && load[b] < load[best]) ||
                          (same == best_same && load[b] == load[best] &&
                           contents[b].size() < contents[best].size());
      if (!better) continue;
      best = b;
      best_same = same;
    }
    contents[best].push_back(item);
    load[best] += static_cast<double>(w[item]);
  }
  Bins out = bins_of(contents, w.size());
  if (bins >= 2) swap_least_spread(w, contents, load, out);
  return out;
}

}  // namespace evenkeel::test::reference
