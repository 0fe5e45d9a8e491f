// The best of n keys, read and replaced one at a time: the inner loop of replication and packing.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"

namespace evenkeel {

// Holds n keys; best() is the least of them; replace() changes one.
//
// One lane keeps a winner tree: replace() climbs log2(n) levels with one comparison each and no
// branch that depends on data. Several lanes split the keys round-robin, each remembers the best of
// its own, and best() is one collective: a replaced key costs its owner a look at n / width keys.
// Keys hold their index, so both find the same element.
//
// All lanes call every member with the same arguments, but for replace(), which the entry's owner may call
// alone: what else belongs to an entry can be its owner's too, and a loop around best() and replace()
// needs no sync(). The space belongs to the tournament until all lanes are done with it; put a sync()
// before it is used for something else.
template <class Lanes, class K = Key>
class Tournament {
 public:
  // Keys of space that n entries need.
  HD static constexpr int space(int n) { return Lanes::width == 1 ? 2 * n : n; }

  // key_of(i) gives the first key of entry i, 0 <= i < n.
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

  // The least of all but best(); the worst key when there is one entry. For keys whose index is their
  // entry's number.
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

  // Does `holds` hold for every key but best()? It must hold for all keys above one it holds for.
  template <class Holds>
  HD bool holds_for_others(Holds holds) const {
    if constexpr (Lanes::width == 1) {
      bool all = true;  // of the keys on the way up that lost to best(), without a branch
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
        mine_ = key;  // its only one
      } else {
        find_mine();
      }
    }
  }

  // Is entry i this lane's?
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
