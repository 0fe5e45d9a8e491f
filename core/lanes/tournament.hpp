// The best of n keys, which are read and replaced one at a time: the inner loop of replication and packing.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"

namespace evenkeel {

// Holds n keys; best() returns the smallest, replace() changes one.
//
// One lane uses a winner tree: replace() climbs log2(n) levels with one comparison each and without
// data-dependent branches. Several lanes share the keys round-robin: each lane remembers the best of its own
// keys, best() is one collective, and replace() makes the owner scan its n / width keys. Keys contain their
// index, so both variants find the same element.
//
// All lanes call every member function with the same arguments. Exception: the owner of an entry may call
// replace() alone. If all other data of an entry also belong to its owner, a loop around best() and replace()
// needs no sync(). The tournament uses `space` until all lanes are done; call sync() before using it for
// something else.
template <class Lanes, class K = Key>
class Tournament {
 public:
  // The number of keys of space that n entries need.
  HD static constexpr int space(int n) { return Lanes::width == 1 ? 2 * n : n; }

  // key_of(i) returns the initial key of entry i, 0 <= i < n.
  template <class KeyOf>
  HD Tournament(const Lanes& lanes, K* space, int n, KeyOf key_of)
      : lanes_(lanes), keys_(space), n_(n) {
    if constexpr (Lanes::width == 1) {
      for (int i = 0; i < n; ++i) keys_[n + i] = key_of(i);
      for (int i = n - 1; i > 0; --i) keys_[i] = lesser(keys_[2 * i], keys_[2 * i + 1]);
    } else {
      for_each_index(lanes, n, [&](int i) { keys_[i] = key_of(i); });
      find_mine();
    }
  }

  HD K best() const {
    if constexpr (Lanes::width == 1) return keys_[1];
    return least(lanes_, mine_);
  }

  // The smallest key except best(); the worst key if there is only one entry. Requires that the index of each
  // key is the number of its entry.
  HD K second() const {
    K found = worst(K{});
    if constexpr (Lanes::width == 1) {
      for (int node = n_ + index_of(keys_[1]); node > 1; node >>= 1) {
        found = lesser(found, keys_[node ^ 1]);
      }
      return found;
    } else {
      const int first = index_of(best());
      for (int i = lanes_.rank(); i < n_; i += Lanes::width) {
        if (i != first) found = lesser(found, keys_[i]);
      }
      return least(lanes_, found);
    }
  }

  // Returns whether `holds` is true for every key except best(). `holds` must be monotonic: if it is true for
  // a key, it is true for all larger keys.
  template <class Holds>
  HD bool holds_for_others(Holds holds) const {
    if constexpr (Lanes::width == 1) {
      bool all = true;  // over the keys that lost to best() on its way up; no branch
      for (int node = n_ + index_of(keys_[1]); node > 1; node >>= 1) all &= holds(keys_[node ^ 1]);
      return all;
    } else {
      return n_ == 1 || holds(second());
    }
  }

  HD void replace(int i, K key) {
    if constexpr (Lanes::width == 1) {
      int node = n_ + i;
      keys_[node] = key;
      for (; node > 1; node >>= 1) {
        key = lesser(key, keys_[node ^ 1]);
        keys_[node >> 1] = key;
      }
    } else if (owns(i)) {
      keys_[i] = key;
      if (n_ <= Lanes::width) {
        mine_ = key;  // this lane has only one entry
      } else {
        find_mine();
      }
    }
  }

  // Whether entry i belongs to this lane.
  HD bool owns(int i) const {
    return static_cast<unsigned>(i) % unsigned{Lanes::width} ==
           static_cast<unsigned>(lanes_.rank());
  }

 private:
  HD void find_mine() {
    mine_ = worst(K{});
    for (int i = lanes_.rank(); i < n_; i += Lanes::width) mine_ = lesser(mine_, keys_[i]);
  }

  const Lanes& lanes_;
  K* keys_;  // one lane: node 1 is the root, entry i is node n + i; several lanes: entry i
  int n_;
  K mine_ = worst(K{});  // several lanes: the best of this lane's entries
};

}  // namespace evenkeel
