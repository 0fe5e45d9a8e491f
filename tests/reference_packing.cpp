// [5.1 .. 5.4] of the specification: packing by weight only.

#include <cmath>
#include <numeric>
#include <optional>

#include "tests/reference_parts.hpp"

namespace evenkeel::test::reference {
namespace {

// [5.1] Heaviest item first, into the lightest bin with room.
template <class Load>
Bins greedy(const Weights& w, int bins) {
  const int room = static_cast<int>(w.size()) / bins;
  Bins out = {Indices(w.size()), Indices(w.size())};
  std::vector<Load> load(bins, 0);
  Indices filled(bins, 0);
  for (const int item : descending(all(static_cast<int>(w.size())), w)) {
    int best = -1;
    for (int b = 0; b < bins; ++b) {
      if (filled[b] < room && (best < 0 || load[b] < load[best])) best = b;
    }
    out.bin[item] = best;
    out.rank[item] = filled[best]++;
    load[best] += static_cast<Load>(w[item]);
  }
  return out;
}

// [5.3] One round: the best swap between the heaviest and the lightest bin, of each item of the heavy bin
// with the two light items around the weight that would make the bins equal.
Exchange nearest(const Weights& w, const Bins& bins, int heavy, int light, float d) {
  const Indices lights = ascending(items_of(bins, light), w);
  std::optional<Exchange> best;
  for (const int a : items_of(bins, heavy)) {
    const float half = d / 2.0f;
    const float target = w[a] - half;
    int below = 0;
    for (const int b : lights) below += w[b] < target ? 1 : 0;
    const int j0 = std::min(below, static_cast<int>(lights.size()) - 1);
    const int j1 = std::max(j0 - 1, 0);
    for (const int j : {j0, j1}) {
      const float gain = w[a] - w[lights[j]];
      const float left = std::fabs(d - 2.0f * gain);
      if (!best || left < best->left) best = Exchange{left, a, lights[j], light, d};
    }
  }
  return *best;
}

}  // namespace

Indices all(int count) {
  Indices list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), 0);
  return list;
}

Indices first_two(Indices list) {
  if (list.size() > 2) list.resize(2);
  return list;
}

float mean(const Weights& x) { return reference_sum(x) / static_cast<float>(x.size()); }

Weights bin_loads(const Weights& w, const Indices& bin, int bins) {
  Weights load(bins, 0.0f);
  for (std::size_t i = 0; i < w.size(); ++i) load[bin[i]] = load[bin[i]] + w[i];
  return load;
}

Indices items_of(const Bins& bins, int b) {
  Indices items;
  for (int i = 0; i < static_cast<int>(bins.bin.size()); ++i) {
    if (bins.bin[i] == b) items.push_back(i);
  }
  return items;
}

// [5.2] An item that has just moved keeps the rank that it had in its old bin.
void rerank(Bins& bins, int b) {
  int rank = 0;
  for (const int i : ascending(items_of(bins, b), bins.rank)) bins.rank[i] = rank++;
}

// [5.4] The two heaviest of one bin against the two lightest of the other.
Exchange best_of_four(const Weights& w, const Bins& bins, const Weights& load, int heavy,
                      int light) {
  const float d = load[heavy] - load[light];
  std::optional<Exchange> best;
  for (const int a : first_two(descending(items_of(bins, heavy), w))) {
    for (const int b : first_two(ascending(items_of(bins, light), w))) {
      const float gain = w[a] - w[b];
      const float left = std::fabs(d - 2.0f * gain);
      if (!best || left < best->left) best = Exchange{left, a, b, light, d};
    }
  }
  return *best;
}

void exchange(const Weights& w, int heavy, int light, int a, int b, Bins& bins, Weights& load) {
  bins.bin[a] = light;
  bins.bin[b] = heavy;
  const float heavy_without = load[heavy] - w[a];
  const float light_without = load[light] - w[b];
  load[heavy] = heavy_without + w[b];
  load[light] = light_without + w[a];
}

Bins greedy_binary32(const Weights& w, int bins) { return greedy<float>(w, bins); }
Bins greedy_binary64(const Weights& w, int bins) { return greedy<double>(w, bins); }

// [5.3]
Bins pack_ref(const Weights& w, int bins, int steps) {
  Bins out = greedy_binary32(w, bins);
  for (int step = 0; step < steps; ++step) {
    const Weights load = bin_loads(w, out.bin, bins);
    const int heavy = argmax(load);
    const int light = argmin(load);
    const float d = load[heavy] - load[light];
    if (static_cast<double>(d) <= 1e-9) break;
    const Exchange best = nearest(w, out, heavy, light, d);
    const double gain = static_cast<double>(w[best.a]) - static_cast<double>(w[best.b]);
    const double left = std::fabs(static_cast<double>(d) - 2.0 * gain);
    if (!(left < static_cast<double>(d) - 1e-9)) break;
    std::swap(out.bin[best.a], out.bin[best.b]);
    rerank(out, heavy);
    rerank(out, light);
  }
  return out;
}

// [5.4]
Bins pack_tie(const Weights& w, int bins, int steps) {
  Bins out = greedy_binary64(w, bins);
  Weights load = bin_loads(w, out.bin, bins);
  for (int step = 0; step < steps && bins > 1; ++step) {
    const int heavy = argmax(load);
    Indices lights = ascending(all(bins), load);
    lights.erase(std::find(lights.begin(), lights.end(), heavy));
    std::optional<Exchange> best;
    for (const int light : first_two(lights)) {
      if (static_cast<double>(load[heavy] - load[light]) <= 1e-9) continue;
      const Exchange found = best_of_four(w, out, load, heavy, light);
      if (!best || found.left < best->left) best = found;
    }
    if (!best) break;
    const double left = static_cast<double>(best->left);
    const double d = static_cast<double>(best->d);
    if (!(left < d - 1e-9)) break;
    exchange(w, heavy, best->light, best->a, best->b, out, load);
    if (step == 0 && steps >= 2 && left <= 0.8 * d) break;
  }
  for (int b = 0; b < bins; ++b) {
    int rank = 0;
    for (const int i : items_of(out, b)) out.rank[i] = rank++;
  }
  return out;
}

}  // namespace evenkeel::test::reference
