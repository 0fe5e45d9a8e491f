#include "tests/optimum.hpp"

#include <algorithm>
#include <limits>

namespace evenkeel::test {
namespace {

// The experts of one node.
class Node {
 public:
  Node(std::vector<double> loads, int slots, int gpus, bool apart)
      : loads_(std::move(loads)), slots_(slots), gpus_(gpus), apart_(apart) {}

  // Only results below `best` are looked for.
  double optimum(double best) {
    best_ = best;
    counts_.assign(loads_.size(), 0);
    choose_counts(0, slots_);
    return best_;
  }

 private:
  struct Copy {
    double load;
    int expert;
  };
  struct Gpu {
    double load = 0;
    std::vector<int> experts;
  };

  void choose_counts(std::size_t expert, int left) {
    const int others = static_cast<int>(loads_.size() - expert) - 1;
    if (others < 0) return place_all();
    const int least = others == 0 ? left : 1;
    for (int count = least; count <= left - others; ++count) {
      counts_[expert] = count;
      choose_counts(expert + 1, left - count);
    }
  }

  void place_all() {
    copies_.clear();
    for (std::size_t x = 0; x < loads_.size(); ++x) {
      copies_.insert(copies_.end(), static_cast<std::size_t>(counts_[x]),
                     {loads_[x] / counts_[x], static_cast<int>(x)});
    }
    std::stable_sort(copies_.begin(), copies_.end(),
                     [](const Copy& a, const Copy& b) { return a.load > b.load; });
    there_.assign(static_cast<std::size_t>(gpus_), {});
    place(0, 0);
  }

  void place(std::size_t copy, double largest) {
    if (copy == copies_.size()) {
      best_ = std::min(best_, largest);
      return;
    }
    const auto [load, expert] = copies_[copy];
    for (Gpu& gpu : there_) {
      const bool is_empty = gpu.experts.empty();
      const bool holds =
          std::find(gpu.experts.begin(), gpu.experts.end(), expert) != gpu.experts.end();
      const double before = gpu.load;
      if (gpu.experts.size() < static_cast<std::size_t>(slots_ / gpus_) && !(apart_ && holds) &&
          before + load < best_) {
        gpu.load += load;
        gpu.experts.push_back(expert);
        place(copy + 1, std::max(largest, gpu.load));
        gpu.experts.pop_back();
        gpu.load = before;
      }
      if (is_empty) return;  // the others that are empty are the same
    }
  }

  std::vector<double> loads_;
  int slots_;
  int gpus_;
  bool apart_;
  double best_ = 0;
  std::vector<int> counts_;
  std::vector<Copy> copies_;
  std::vector<Gpu> there_;
};

class Row {
 public:
  Row(const std::vector<float>& loads, const Shape& shape, bool apart)
      : loads_(loads), shape_(shape), apart_(apart) {}

  double optimum() {
    groups_.assign(static_cast<std::size_t>(shape_.nodes), {});
    assign(0);
    return best_;
  }

 private:
  void assign(int group) {
    if (group == shape_.groups) {
      double largest = 0;
      for (const std::vector<int>& groups : groups_) {
        largest = std::max(largest, node(groups));
        if (largest >= best_) return;
      }
      best_ = largest;
      return;
    }
    for (std::vector<int>& groups : groups_) {
      const bool is_empty = groups.empty();
      if (groups.size() < static_cast<std::size_t>(shape_.groups_per_node())) {
        groups.push_back(group);
        assign(group + 1);
        groups.pop_back();
      }
      if (is_empty) return;
    }
  }

  double node(const std::vector<int>& groups) const {
    const int size = shape_.experts_per_group();
    std::vector<double> loads;
    for (const int group : groups) {
      for (int i = 0; i < size; ++i) {
        loads.push_back(static_cast<double>(loads_[static_cast<std::size_t>(group * size + i)]));
      }
    }
    return Node(loads, shape_.slots / shape_.nodes, shape_.gpus_per_node(), apart_)
        .optimum(std::numeric_limits<double>::infinity());
  }

  const std::vector<float>& loads_;
  const Shape& shape_;
  bool apart_;
  double best_ = std::numeric_limits<double>::infinity();
  std::vector<std::vector<int>> groups_;
};

}  // namespace

double optimum(const std::vector<float>& loads, const Shape& shape, bool apart) {
  return Row(loads, shape, apart).optimum();
}

}  // namespace evenkeel::test
