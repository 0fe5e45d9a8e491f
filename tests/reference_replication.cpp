// [4] of the specification: how many copies of each expert of a node.

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <tuple>

#include "tests/reference_parts.hpp"

namespace evenkeel::test::reference {
namespace {

// The append form: each pick takes the next slot.
struct Node {
  const Weights& v;
  Copies copies;
  Weights average;

  Node(const Weights& loads, int slots) : v(loads), average(loads) {
    const int experts = static_cast<int>(v.size());
    copies.owner = all(experts);
    copies.number.assign(v.size(), 0);
    copies.count.assign(v.size(), 1);
    copies.owner.reserve(static_cast<std::size_t>(slots));
    copies.number.reserve(static_cast<std::size_t>(slots));
  }

  int experts() const { return static_cast<int>(v.size()); }
  int slots() const { return static_cast<int>(copies.owner.size()); }

  void update(int i) { average[i] = v[i] / static_cast<float>(copies.count[i]); }

  void add(int i) {
    copies.owner.push_back(i);
    copies.number.push_back(copies.count[i]);
    ++copies.count[i];
    update(i);
  }

  // The highest and the second-highest average; they are equal if the highest occurs twice.
  Indices top2() const { return first_two(descending(all(experts()), average)); }
  float second() const { return average[top2().back()]; }

  // [4.2] The quotients, and the load per copy after one more copy.
  float copies_of(int i) const { return static_cast<float>(copies.count[i]); }
  Weights sainte_lague() const {
    Weights s(v);
    for (int i = 0; i < experts(); ++i) s[i] /= 2.0f * copies_of(i) - 1.0f;
    return s;
  }
  Weights huntington_hill() const {
    Weights h(v);
    for (int i = 0; i < experts(); ++i) h[i] /= std::sqrt(copies_of(i) * (copies_of(i) + 1.0f));
    return h;
  }
  float next(int i) const { return v[i] / (copies_of(i) + 1.0f); }

  // [4.2] CHOOSE
  int choose(int a, int z) const {
    const float limit = second();
    const float peak_a = std::max(limit, next(a));
    const float peak_z = std::max(limit, next(z));
    const float side_a = std::min(limit, next(a));
    const float side_z = std::min(limit, next(z));
    if (peak_a + 1e-12f < peak_z) return a;
    if (std::fabs(peak_a - peak_z) <= 1e-12f && side_a <= side_z) return a;
    return z;
  }

  // [4.2] PICK: among the experts with the largest quotient the one with the smallest average.
  int pick(const Weights& quotient) const {
    const float largest = quotient[argmax(quotient)];
    int picked = -1;
    for (int i = 0; i < experts(); ++i) {
      if (quotient[i] == largest && (picked < 0 || average[i] < average[picked])) picked = i;
    }
    return picked;
  }

  int best_of_three() const {
    const float limit = second();
    const auto key = [&](int i) {
      return std::tuple(std::max(limit, next(i)), next(i), copies.count[i]);
    };
    int best = argmax(average);
    for (const int candidate : {argmax(sainte_lague()), argmax(huntington_hill())}) {
      if (key(candidate) < key(best)) best = candidate;
    }
    return best;
  }
};

using TailRule = std::function<int(const Node&)>;

// [4.1] Rule D, except for the last tenth of the extra copies.
Node append(const Weights& v, int slots, const TailRule& tail_rule) {
  Node node(v, slots);
  const int extra = slots - node.experts();
  if (extra == 0) return node;
  const int tail = std::max(1, (extra + 9) / 10);
  for (int i = 0; i < extra - tail; ++i) node.add(argmax(node.average));
  for (int i = 0; i < tail; ++i) node.add(tail_rule(node));
  return node;
}

// [4.3] A move of a copy from one of two donors to one of two receivers.
struct Move {
  double peak;
  int donor;
  int receiver;
};

std::optional<Move> find_move(const Node& node, const Indices& donors, const Indices& receivers) {
  const double peak = static_cast<double>(node.average[donors[0]]);
  const double second = static_cast<double>(node.average[donors[1]]);
  const auto load_with = [&](int i, int count) {
    return static_cast<double>(node.v[i]) / static_cast<double>(count);
  };
  std::optional<Move> best;
  for (const int d : donors) {
    if (node.copies.count[d] <= 1) continue;
    for (const int y : receivers) {
      if (y == d) continue;
      const double after = std::max(
          {second, load_with(d, node.copies.count[d] - 1), load_with(y, node.copies.count[y] + 1)});
      if (after + 1e-12 < peak && (!best || after < best->peak)) best = Move{after, d, y};
    }
  }
  return best;
}

void carry_out(const Move& move, Node& node) {
  Copies& copies = node.copies;
  int last = -1;
  for (int s = 0; s < node.slots(); ++s) {
    if (copies.owner[s] != move.donor) continue;
    if (last < 0 || copies.number[s] > copies.number[last]) last = s;
  }
  copies.owner[last] = move.receiver;
  copies.number[last] = copies.count[move.receiver];
  --copies.count[move.donor];
  ++copies.count[move.receiver];
  node.update(move.donor);
  node.update(move.receiver);
}

void correct(Node& node) {
  if (node.experts() < 2) return;
  const Indices receivers = first_two(ascending(all(node.experts()), node.average));
  Indices donors = node.top2();
  const double peak = static_cast<double>(node.average[donors[0]]);
  const std::optional<Move> first = find_move(node, donors, receivers);
  if (!first) return;
  carry_out(*first, node);
  donors = node.top2();  // the receivers are not looked up again
  if (!(static_cast<double>(node.average[donors[0]]) > 0.9 * peak)) return;
  if (const std::optional<Move> other = find_move(node, donors, receivers)) carry_out(*other, node);
}

// [4.4] The number of copies of each expert that keeps all averages at or below a level.
std::vector<std::int64_t> need(const Weights& v, double level) {
  std::vector<std::int64_t> copies;
  for (const float load : v) {
    const float quotient = load / static_cast<float>(level);
    copies.push_back(std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(quotient))));
  }
  return copies;
}

Indices counts_by_level(const Weights& v, int slots) {
  const int experts = static_cast<int>(v.size());
  if (slots == experts) return Indices(v.size(), 1);
  const double most = static_cast<double>(v[argmax(v)]);
  if (most == 0) {
    Indices count(v.size(), slots / experts);
    for (int i = 0; i < slots % experts; ++i) ++count[i];
    return count;
  }
  double low = 0;
  double high = std::max(most, 1.0);
  for (int round = 0; round < 40; ++round) {
    const double middle = 0.5 * (low + high);
    std::int64_t total = 0;
    for (const std::int64_t copies : need(v, middle)) total += copies;
    (total <= slots ? high : low) = middle;
  }
  Indices count;
  int left = slots;
  for (const std::int64_t copies : need(v, high)) {
    count.push_back(static_cast<int>(copies));
    left -= count.back();
  }
  while (left > 0) {
    Weights average(v.size());
    for (int i = 0; i < experts; ++i) average[i] = v[i] / static_cast<float>(count[i]);
    const Indices order = descending(all(experts), average);
    const int some = std::min(left, experts);
    for (int i = 0; i < some; ++i) ++count[order[i]];
    left -= some;
  }
  return count;
}

}  // namespace

Copies copies_base(const Weights& v, int slots) {
  Node node(v, slots);
  while (node.slots() < slots) node.add(argmax(node.average));
  return node.copies;
}

Copies copies_ref(const Weights& v, int slots) {
  return append(v, slots, [](const Node& n) { return argmax(n.sainte_lague()); }).copies;
}

Copies copies_ada(const Weights& v, int slots) {
  return append(v, slots,
                [](const Node& n) { return n.choose(argmax(n.average), argmax(n.sainte_lague())); })
      .copies;
}

Copies copies_tie(const Weights& v, int slots) {
  return append(v, slots,
                [](const Node& n) {
                  return n.choose(n.pick(n.sainte_lague()), n.pick(n.huntington_hill()));
                })
      .copies;
}

Copies copies_div(const Weights& v, int slots) {
  Node node = append(v, slots, [](const Node& n) { return n.best_of_three(); });
  if (slots > node.experts()) correct(node);
  return node.copies;
}

// In blocks: all copies of expert 0, then all of expert 1, ...
Copies copies_k2(const Weights& v, int slots) {
  Copies copies;
  copies.count = counts_by_level(v, slots);
  for (int i = 0; i < static_cast<int>(v.size()); ++i) {
    for (int number = 0; number < copies.count[i]; ++number) {
      copies.owner.push_back(i);
      copies.number.push_back(number);
    }
  }
  return copies;
}

}  // namespace evenkeel::test::reference
