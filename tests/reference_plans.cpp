#include "tests/reference_plans.hpp"

#include <algorithm>
#include <cmath>

#include "core/lanes/random.hpp"
#include "core/model/gpu_slots.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using Slots = std::vector<std::int32_t>;

class Reference {
 public:
  explicit Reference(const PlanCase& c)
      : c_(c),
        places_(most_slots_per_gpu(c.shape)),
        node_experts_(c.shape.experts / c.shape.nodes),
        chunks_((static_cast<std::size_t>(c.chunks) + 31) / 32 * 32),
        changed_(static_cast<std::size_t>(c.shape.gpus)) {
    read_history();
  }

  Slots plan() {
    priced_ = !c_.previous.empty();
    start_ = priced_ ? c_.previous : keel();
    slots_ = start_;
    now_ = score(slots_);
    for (int slot = 0; slot < c_.shape.slots; ++slot) {
      if (on(slots_, slots_[at(slot)], gpu(slot)) > 1) overwrite(slot, true);
    }
    for (std::int64_t last = now_ + 1; now_ < last;) {
      last = now_;
      changed_.assign(changed_.size(), true);
      improve(true);
    }
    Random random(c_.rules.seed);
    for (int i = 0; i < c_.rules.kicks; ++i) {
      const Slots before = slots_;
      const std::int64_t best = now_;
      const bool overwrites = kick(random);
      now_ = score(slots_);
      improve(overwrites);
      if (now_ < best) continue;
      slots_ = before;
      now_ = best;
    }
    return slots_;
  }

 private:
  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
  int gpu(int slot) const { return slot / places_; }
  int node(int slot) const { return gpu(slot) / (c_.shape.gpus / c_.shape.nodes); }
  int node_of(std::int32_t x) const {
    return node(static_cast<int>(std::find(start_.begin(), start_.end(), x) - start_.begin()));
  }
  bool crowded() const { return places_ > node_experts_; }

  // Loads in 15 bits: no GPU can have more than the heaviest expert `places` times, or all.
  void read_history() {
    const auto experts = at(c_.shape.experts);
    std::vector<double> worth(chunks_);
    std::vector<double> mean(chunks_);
    whole_.assign(chunks_, std::vector<int>(experts));
    weight_.assign(chunks_, 0);
    square_weight_.assign(chunks_, 0);
    double sum = 0;
    for (std::size_t t = 0; t < at(c_.chunks); ++t) {
      const std::size_t chunk = at(c_.chunks) - 1 - t;
      std::vector<std::uint64_t> tokens(
          c_.tokens.begin() + static_cast<std::ptrdiff_t>(chunk * experts),
          c_.tokens.begin() + static_cast<std::ptrdiff_t>(chunk * experts + experts));
      std::uint64_t total = 0;
      for (const std::uint64_t n : tokens) total += n;
      if (total == 0 || c_.weights[chunk] == 0) continue;
      const std::uint64_t most = *std::max_element(tokens.begin(), tokens.end());
      const auto full = static_cast<double>(std::min(most * at(places_), total));
      for (std::size_t x = 0; x < experts; ++x) {
        whole_[t][x] = static_cast<int>(static_cast<double>(tokens[x]) * (32767 / full));
      }
      const double part = full / static_cast<double>(total);
      worth[t] = c_.weights[chunk] * part;
      mean[t] = 32767 / (part * c_.shape.gpus);
      sum += worth[t];
    }
    double even = 0;
    double squares = 0;
    for (std::size_t t = 0; t < chunks_; ++t) {
      if (mean[t] == 0) continue;
      weight_[t] = std::min(static_cast<int>(worth[t] * (64000 / sum) + 0.5), 32767);
      even += weight_[t] * mean[t];
      squares += weight_[t] / mean[t];
    }
    if (squares > 0) {
      const double scale = 64000 / squares;
      for (std::size_t t = 0; t < chunks_; ++t) {
        if (mean[t] == 0) continue;
        square_weight_[t] = std::min(static_cast<int>(weight_[t] / mean[t] * scale + 0.5), 32767);
      }
      square_part_ = static_cast<std::int64_t>(0.5 * 4096 * 65536 / (scale * c_.shape.gpus) + 0.5);
    }
    price_ = static_cast<std::int64_t>(std::min(c_.rules.price * even * 4096 + 0.5, 0x1p40));
  }

  Slots keel() const {
    Loads loads;
    loads.layers = 1;
    loads.experts = c_.shape.experts;
    for (std::size_t x = 0; x < at(c_.shape.experts); ++x) {
      std::int64_t sum = 0;
      for (std::size_t t = 0; t < chunks_; ++t) sum += std::int64_t{weight_[t]} * whole_[t][x];
      loads.values.push_back(static_cast<float>(sum));
    }
    Rules rules;
    rules.search = Search::full;
    rules.seed = c_.rules.seed;
    return balance_on("cpu", loads, c_.shape, rules).placement.phy2log;
  }

  int on(const Slots& slots, std::int32_t x, int g) const {
    const auto first = slots.begin() + g * places_;
    return static_cast<int>(std::count(first, first + places_, x));
  }
  static int count(const Slots& slots, std::int32_t x) {
    return static_cast<int>(std::count(slots.begin(), slots.end(), x));
  }

  std::int64_t score(const Slots& slots) const {
    std::vector<int> counts(at(c_.shape.experts));
    for (const std::int32_t x : slots) ++counts[at(x)];
    std::int64_t sum = 0;
    std::int64_t squares = 0;
    for (std::size_t t = 0; t < chunks_; ++t) {
      std::vector<int> load(changed_.size());
      for (int slot = 0; slot < c_.shape.slots; ++slot) {
        const std::size_t x = at(slots[at(slot)]);
        const int whole = whole_[t][x];
        load[at(gpu(slot))] += counts[x] == 1 ? whole : whole * (65536 / counts[x]) >> 16;
      }
      sum += std::int64_t{weight_[t]} * *std::max_element(load.begin(), load.end());
      for (const int l : load) squares += std::int64_t{square_weight_[t]} * (l * l >> 16);
    }
    std::int64_t received = 0;
    for (int slot = 0; slot < c_.shape.slots && priced_; ++slot) {
      received += on(c_.previous, slots[at(slot)], gpu(slot)) == 0 ? 1 : 0;
    }
    return sum * 4096 + square_part_ * squares + price_ * received;
  }

  bool may_come(std::int32_t x, int g) const { return crowded() || on(slots_, x, g) == 0; }
  bool may_leave(std::int32_t x, int g) const { return !crowded() || on(slots_, x, g) > 1; }
  bool may_swap(int slot, int other) const {
    const std::int32_t x = slots_[at(slot)];
    const std::int32_t y = slots_[at(other)];
    return x != y && gpu(slot) != gpu(other) && node(slot) == node(other) &&
           may_leave(x, gpu(slot)) && may_come(x, gpu(other)) && may_leave(y, gpu(other)) &&
           may_come(y, gpu(slot));
  }
  void mark(std::int32_t x) {
    for (int g = 0; g < c_.shape.gpus; ++g) {
      if (on(slots_, x, g) > 0) changed_[at(g)] = true;
    }
  }

  // The best swap of the two GPUs that scores less than now; false: none.
  bool swap_best(int a, int b) {
    Slots best;
    for (int slot = a * places_; slot < (a + 1) * places_; ++slot) {
      for (int other = b * places_; other < (b + 1) * places_; ++other) {
        if (!may_swap(slot, other)) continue;
        Slots next = slots_;
        std::swap(next[at(slot)], next[at(other)]);
        if (const std::int64_t found = score(next); found < now_) {
          now_ = found;
          best = next;
        }
      }
    }
    if (best.empty()) return false;
    slots_ = best;
    changed_[at(a)] = changed_[at(b)] = true;
    return true;
  }

  void overwrite(int slot, bool must) {
    const std::int32_t x = slots_[at(slot)];
    if (count(slots_, x) < 2 || (!must && !may_leave(x, gpu(slot)))) return;
    std::int32_t best = -1;
    if (must) now_ = std::int64_t{1} << 62;
    for (std::int32_t y = 0; y < c_.shape.experts; ++y) {
      const bool fits = must ? on(slots_, y, gpu(slot)) == 0 : may_come(y, gpu(slot));
      if (y == x || node_of(y) != node(slot) || !fits) continue;
      Slots next = slots_;
      next[at(slot)] = y;
      if (const std::int64_t found = score(next); found < now_) {
        now_ = found;
        best = y;
      }
    }
    if (best < 0) {
      if (must) now_ = score(slots_);
      return;
    }
    slots_[at(slot)] = best;
    mark(x);
    mark(best);
  }

  void improve(bool overwrites) {
    int same = 0;
    for (int g = 0; same < c_.shape.gpus; g = (g + 1) % c_.shape.gpus) {
      ++same;
      if (!changed_[at(g)]) continue;
      same = 0;
      changed_[at(g)] = false;
      for (int b = 0; b < c_.shape.gpus; ++b) {
        while (b != g && swap_best(g, b)) {
        }
      }
      for (int slot = g * places_; overwrites && slot < (g + 1) * places_; ++slot) {
        overwrite(slot, false);
      }
    }
  }

  bool kick(Random& random) {
    const auto draw = [&](int n) {
      return static_cast<int>(random.below(static_cast<std::uint32_t>(n)));
    };
    const int number = 1 + draw(3);
    bool overwrites = false;
    for (int i = 0; i < number; ++i) {
      const int slot = draw(c_.shape.slots);
      if (draw(4) == 0) {
        const std::int32_t x = slots_[at(slot)];
        const std::int32_t y = draw(c_.shape.experts);
        if (x == y || count(slots_, x) < 2 || node_of(x) != node_of(y) ||
            !may_leave(x, gpu(slot)) || !may_come(y, gpu(slot))) {
          continue;
        }
        slots_[at(slot)] = y;
        mark(x);
        mark(y);
        overwrites = true;
      } else if (const int other = draw(c_.shape.slots); may_swap(slot, other)) {
        std::swap(slots_[at(slot)], slots_[at(other)]);
        changed_[at(gpu(slot))] = changed_[at(gpu(other))] = true;
      }
    }
    return overwrites;
  }

  const PlanCase& c_;
  int places_;
  int node_experts_;
  std::size_t chunks_;
  std::vector<std::vector<int>> whole_;  // [chunks][experts], newest chunk first
  std::vector<int> weight_;
  std::vector<int> square_weight_;
  std::int64_t square_part_ = 0;
  std::int64_t price_ = 0;
  bool priced_ = false;
  Slots start_;
  Slots slots_;
  std::int64_t now_ = 0;
  std::vector<bool> changed_;
};

}  // namespace

std::vector<std::int32_t> reference_plan(const PlanCase& c) { return Reference(c).plan(); }

}  // namespace evenkeel::test
