// The plain reference of the stage apart, written from its description in core/model/rules.hpp.

#include <set>
#include <tuple>

#include "tests/reference_parts.hpp"

namespace evenkeel::test::reference {
namespace {

bool holds(const Copies& copies, const Bins& bins, int gpu, int expert, int except) {
  for (std::size_t i = 0; i < copies.owner.size(); ++i) {
    if (static_cast<int>(i) != except && bins.bin[i] == gpu && copies.owner[i] == expert) {
      return true;
    }
  }
  return false;
}

int sharing(const Copies& copies, const Bins& bins) {
  std::set<std::pair<int, int>> distinct;
  for (std::size_t i = 0; i < copies.owner.size(); ++i) {
    distinct.insert({bins.bin[i], copies.owner[i]});
  }
  return static_cast<int>(copies.owner.size() - distinct.size());
}

// The rank to exchange with: of the nearest weights above and below; -1 if there is none.
int partner_of(int rank, const Weights& w, const Indices& ranked, const Copies& copies,
               const Bins& bins) {
  const int item = ranked[rank];
  const auto fits = [&](int other) {
    return !holds(copies, bins, bins.bin[other], copies.owner[item], -1) &&
           !holds(copies, bins, bins.bin[item], copies.owner[other], -1);
  };
  int best = -1;
  for (int there = rank - 1; there >= 0 && best < 0; --there) {
    if (fits(ranked[there])) best = there;
  }
  for (int there = rank + 1; there < static_cast<int>(ranked.size()); ++there) {
    if (!fits(ranked[there])) continue;
    if (best < 0 || w[item] - w[ranked[there]] < w[ranked[best]] - w[item]) best = there;
    break;
  }
  return best;
}

}  // namespace

void limit_copies(const Weights& v, int gpus, Copies& copies) {
  for (;;) {
    int donor = -1;
    int receiver = -1;
    const auto load = [&](int x) { return v[x] / static_cast<float>(copies.count[x]); };
    for (int x = 0; x < static_cast<int>(v.size()); ++x) {
      if (copies.count[x] > gpus && (donor < 0 || load(x) < load(donor))) donor = x;
      if (copies.count[x] < gpus && (receiver < 0 || load(x) > load(receiver))) receiver = x;
    }
    if (donor < 0 || receiver < 0) return;
    const int last = --copies.count[donor];
    for (std::size_t i = 0; i < copies.owner.size(); ++i) {
      if (copies.owner[i] != donor || copies.number[i] != last) continue;
      copies.owner[i] = receiver;
      copies.number[i] = copies.count[receiver]++;
      break;
    }
  }
}

void keep_apart(const Weights& w, const Copies& copies, int gpus, Bins& bins) {
  const int slots = static_cast<int>(w.size());
  const int unavoidable = std::max(0, slots - static_cast<int>(copies.count.size()) * gpus);
  if (sharing(copies, bins) == unavoidable) return;
  Indices ranked = all(slots);
  std::sort(ranked.begin(), ranked.end(), [&](int a, int b) {
    return std::tuple(-w[a], copies.owner[a], copies.number[a]) <
           std::tuple(-w[b], copies.owner[b], copies.number[b]);
  });
  for (int rank = 0; rank < slots; ++rank) {
    const int item = ranked[rank];
    if (!holds(copies, bins, bins.bin[item], copies.owner[item], item)) continue;
    const int there = partner_of(rank, w, ranked, copies, bins);
    if (there < 0) break;
    std::swap(bins.bin[item], bins.bin[ranked[there]]);
    std::swap(bins.rank[item], bins.rank[ranked[there]]);
  }
  if (sharing(copies, bins) == unavoidable) return;
  for (int rank = 0; rank < slots; ++rank) {
    bins.bin[ranked[rank]] = rank % gpus;
    bins.rank[ranked[rank]] = rank / gpus;
  }
}

}  // namespace evenkeel::test::reference
