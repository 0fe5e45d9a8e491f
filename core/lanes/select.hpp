// Selection among n candidates, and prefix sums; all lanes work together.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"

namespace evenkeel {

// The smallest of key_of(0 .. n-1), returned on every lane. The worst key means "no candidate".
template <class Lanes, class KeyOf>
HD auto least_of(const Lanes& lanes, int n, KeyOf key_of) {
  auto mine = worst(key_of(0));
  for_each_index(lanes, n, [&](int i) {
    const auto key = key_of(i);
    if (key < mine) mine = key;
  });
  return least(lanes, mine);
}

// The smallest and second-smallest key. Keys are distinct, except for the worst key.
struct TwoKeys {
  Key first = kNever;
  Key second = kNever;

  HD void offer(Key key) {
    if (key < first) {
      second = first;
      first = key;
    } else if (key < second) {
      second = key;
    }
  }
};

template <class Lanes, class KeyOf>
HD TwoKeys two_least_of(const Lanes& lanes, int n, KeyOf key_of) {
  TwoKeys mine;
  for_each_index(lanes, n, [&](int i) { mine.offer(key_of(i)); });
  const Key first = least(lanes, mine.first);
  return {first, least(lanes, mine.first == first ? mine.second : mine.first)};
}

// The value of lane `from`, returned on every lane; it must not be negative.
template <class Lanes>
HD int broadcast(const Lanes& lanes, int value, int from) {
  return static_cast<int>(
      lanes.min(lanes.rank() == from ? static_cast<std::uint64_t>(value) : ~std::uint64_t{0}));
}

// The sum of all lanes' values, returned on every lane; values must not be negative.
template <class Lanes>
HD std::int32_t sum_of(const Lanes& lanes, std::int32_t mine) {
  const std::int32_t before = lanes.sum_before(mine);
  return broadcast(lanes, before + mine, Lanes::width - 1);
}

// The first i in begin .. end-1 for which holds(i), or end; returned on every lane. The first lanes' worth of
// candidates that contains it is the last that is looked at.
template <class Lanes, class Holds>
HD int first_of(const Lanes& lanes, int begin, int end, Holds holds) {
  for (int i = begin + lanes.rank(); i - lanes.rank() < end; i += Lanes::width) {
    const Key found = lanes.min(i < end && holds(i) ? static_cast<Key>(i) : kNever);
    if (found != kNever) return index_of(found);
  }
  return end;
}

// write(i, count_of(0) + ... + count_of(i-1)) for each i in 0 .. n-1. All lanes see the result.
template <class Lanes, class CountOf, class Write>
HD void sums_before_each(const Lanes& lanes, int n, CountOf count_of, Write write) {
  const int share = (n + Lanes::width - 1) / Lanes::width;
  const int begin = lanes.rank() * share < n ? lanes.rank() * share : n;
  const int end = begin + share < n ? begin + share : n;
  std::int32_t mine = 0;
  for (int i = begin; i < end; ++i) mine += count_of(i);
  std::int32_t sum = lanes.sum_before(mine);
  for (int i = begin; i < end; ++i) {
    const std::int32_t count = count_of(i);
    write(i, sum);
    sum += count;
  }
  lanes.sync();
}

// starts[i] = counts[0] + ... + counts[i-1]. All lanes see the result.
template <class Lanes, class Count, class Start>
HD void sums_before(const Lanes& lanes, const Count* counts, int n, Start* starts) {
  sums_before_each(
      lanes, n, [&](int i) { return static_cast<std::int32_t>(counts[i]); },
      [&](int i, std::int32_t sum) { starts[i] = static_cast<Start>(sum); });
}

// The first index of begin .. end-1 for which is_before(i) is false, or end; it is true only for indices before that.
template <class IsBefore>
HD int partition_point(int begin, int end, IsBefore is_before) {
  while (begin < end) {
    const int middle = (begin + end) / 2;
    if (is_before(middle)) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

}  // namespace evenkeel
