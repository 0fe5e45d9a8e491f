// The parts of the plain references of the six strategies.
//
// Written only from the strategies' specification, section by section (numbers in brackets), and as literally
// as C++ allows: the specification determines each float and double. Rules that never change a result (7.1)
// are left out.
#pragma once

#include <algorithm>
#include <vector>

#include "tests/reference.hpp"

namespace evenkeel::test::reference {

using Weights = std::vector<float>;
using Indices = std::vector<int>;

// [5] The bin of each item.
struct Bins {
  Indices bin;   // [items]
  Indices rank;  // [items] its place in the bin
};

// [4] The expert in each preliminary slot of a node.
struct Copies {
  Indices owner;   // [slots] local expert
  Indices number;  // [slots] which of that expert's copies
  Indices count;   // [experts]
};

// [2] Orders: among equal keys the earlier entry of the list comes first.
Indices all(int count);  // 0 .. count-1

template <class Key>
Indices ascending(Indices items, const std::vector<Key>& key) {
  std::stable_sort(items.begin(), items.end(), [&](int a, int b) { return key[a] < key[b]; });
  return items;
}

template <class Key>
Indices descending(Indices items, const std::vector<Key>& key) {
  std::stable_sort(items.begin(), items.end(), [&](int a, int b) { return key[a] > key[b]; });
  return items;
}

// With an order: top2 and bottom2.
Indices first_two(Indices list);

template <class Key>
int argmax(const std::vector<Key>& key) {
  return static_cast<int>(std::max_element(key.begin(), key.end()) - key.begin());
}

template <class Key>
int argmin(const std::vector<Key>& key) {
  return static_cast<int>(std::min_element(key.begin(), key.end()) - key.begin());
}

// [2] MEAN and BINLOADS; SUM is reference_sum.
float mean(const Weights& x);
Weights bin_loads(const Weights& w, const Indices& bin, int bins);

// [4] Copies of a node's experts with loads v, for the given number of slots.
Copies copies_base(const Weights& v, int slots);
Copies copies_tie(const Weights& v, int slots);
Copies copies_div(const Weights& v, int slots);
Copies copies_ref(const Weights& v, int slots);
Copies copies_ada(const Weights& v, int slots);
Copies copies_k2(const Weights& v, int slots);

// [5] Packers. Each bin gets at least two items. label: the expert of each item; empty for groups.
Bins greedy_binary32(const Weights& w, int bins);
Bins greedy_binary64(const Weights& w, int bins);
Bins pack_ref(const Weights& w, int bins, int steps);  // also of ADA
Bins pack_tie(const Weights& w, int bins, int steps);
Bins pack_div(const Weights& w, const Indices* label, int bins);
Bins pack_k2(const Weights& w, const Indices& label, int bins);

// The stage apart, of a node: before packing, and after it. w: of each slot.
void limit_copies(const Weights& v, int gpus, Copies& copies);
void keep_apart(const Weights& w, const Copies& copies, int gpus, Bins& bins);

// [5.2 .. 5.5] Steps shared by several packers.
Indices items_of(const Bins& bins, int b);  // ascending
void rerank(Bins& bins, int b);

// A swap of one item of the heavy bin with one of the light bin, and what remains of their difference d.
struct Exchange {
  float left;
  int a;  // leaves the heavy bin
  int b;  // leaves the light bin
  int light;
  float d;
};
Exchange best_of_four(const Weights& w, const Bins& bins, const Weights& load, int heavy,
                      int light);
// Does the swap and updates the loads, with two roundings per bin.
void exchange(const Weights& w, int heavy, int light, int a, int b, Bins& bins, Weights& load);

}  // namespace evenkeel::test::reference
