// The part of the reference of keel that searches a node, with kicks.
#include <algorithm>
#include <vector>

#include "tests/reference_keel.hpp"

namespace evenkeel::test::reference {

void KeelNode::search(double bound, const KeelEffort& effort) {
  scale_ = bound > 0 ? static_cast<double>(kUnit) / bound : 0;
  rank();
  const int target = kUnit + part_of_unit(effort.kicks > 0 ? 1e-5 : 1e-4);
  KeelRandom random(effort.seed);
  if (effort.kicks == 0 || crowded_) steps_ = 1000000 / (gpus_ + 512) / effort.nodes;
  if (crowded_) {
    for (int r = 0; r < slots_; ++r) put(r, r % gpus_, r / gpus_);
    fill_at();
    refine(false, target);
    return;
  }
  if (places_ == 2) {
    const int usual = std::max(60, 12000 / slots_);
    search_pairs(effort.fast ? 0 : effort.kicks > 0 ? 14 * effort.kicks : usual, target, random);
    set_apart();
    refine(false, target);
    return;
  }
  const bool differences = places_ >= 4 && copies_[0].weight <= part_of_unit(0.7);
  if (differences) {
    place_by_differencing();
  } else {
    place_heaviest_first();
  }
  int load = improve(!effort.fast, target);
  if (differences && load > kUnit + part_of_unit(0.003)) {
    const std::vector<Copy> before = copies_;
    place_heaviest_first();
    const int second = improve(!effort.fast, target);
    if (second >= load) {
      copies_ = before;
      fill_at();
    }
    load = std::min(load, second);
  }
  if (effort.fast || places_ == 1) return;
  const bool far = load > kUnit + part_of_unit(0.005);
  int kicks = effort.kicks;
  if (kicks == 0 && far && slots_ > static_cast<int>(loads_.size()) &&
      copies_[0].weight < part_of_unit(0.98)) {
    const bool very_far = load > kUnit + part_of_unit(0.02) && places_ >= 4;
    kicks = very_far ? std::min(64, 65536 / slots_) : 512 / slots_;
  }
  kick(kicks, effort.kicks > 0 && !far ? 4 : 10, target, random);
}

// A copy of `expert` takes the place of the copy of this rank. Within an expert, copies keep their order, and the new
// one is the last.
void KeelNode::move_copy(int expert, int rank) {
  const int donor = copies_[rank].expert;
  ++count_[expert];
  --count_[donor];
  const int gpu = copies_[rank].gpu;
  const int place = copies_[rank].place;
  copies_.erase(copies_.begin() + rank);
  copies_.push_back({0, expert, gpu, place});
  for (Copy& copy : copies_) copy.weight = worth(copy.expert, count_[copy.expert]);
  std::stable_sort(copies_.begin(), copies_.end(), [](const Copy& a, const Copy& b) {
    return a.weight > b.weight || (a.weight == b.weight && a.expert < b.expert);
  });
  fill_at();
}

void KeelNode::kick(int number, int of_copies, int target, KeelRandom& random) {
  for (int i = 0; i < number && heaviest() > target && steps_ > 0; ++i) {
    const std::vector<int> loads = gpu_loads();
    const int before = heaviest();
    const int h = static_cast<int>(std::find(loads.begin(), loads.end(), before) - loads.begin());
    logging_ = true;
    log_.clear();
    int donor = -1;
    int gpu = 0;
    int place = 0;
    if (slots_ > static_cast<int>(loads_.size()) && random.below(16) < of_copies) {
      const bool of_heaviest = random.below(4) < 3;
      const int expert = of_heaviest ? copies_[at_[h][random.below(places_)]].expert
                                     : random.below(static_cast<int>(loads_.size()));
      if (count_[expert] >= most_) continue;
      int rank = -1;
      for (int attempt = 0; attempt < 8 && rank < 0; ++attempt) {
        const int r = random.below(slots_);
        const int x = copies_[r].expert;
        if (count_[x] < 2 || x == expert) continue;
        if (!apart_ || !holds(copies_[r].gpu, expert, {})) rank = r;
      }
      if (rank < 0) continue;
      if (worth(copies_[rank].expert, count_[copies_[rank].expert] - 1) > before) continue;
      donor = copies_[rank].expert;
      gpu = copies_[rank].gpu;
      place = copies_[rank].place;
      move_copy(expert, rank);
    } else {
      const int exchanges = 2 + random.below(5);
      for (int n = 0; n < exchanges; ++n) {
        const int r = n == 0 ? at_[h][random.below(places_)] : random.below(slots_);
        const int distance = random.below(24);
        const int q = distance < 12 ? r - 1 - distance : r + distance - 11;
        if (q < 0 || q >= slots_ || copies_[q].gpu == copies_[r].gpu || !can_swap(r, q)) continue;
        swap(r, q);
      }
    }
    const int after = refine(true, target);
    logging_ = false;
    if (after <= before) continue;
    for (auto it = log_.rbegin(); it != log_.rend(); ++it) swap(it->first, it->second);
    if (donor >= 0) move_copy(donor, at_[gpu][place]);
  }
  logging_ = false;
}

}  // namespace evenkeel::test::reference
