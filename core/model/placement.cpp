#include "core/model/placement.hpp"

#include <algorithm>
#include <string>

#include "core/base/text.hpp"
#include "core/model/gpu_slots.hpp"

namespace evenkeel {
namespace {

std::size_t product(std::int32_t a, std::int32_t b) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

Status check_limit(std::string_view name, std::int64_t size, std::int32_t most,
                   std::string_view unit) {
  if (size >= 1 && size <= most) return {};
  return refuse(name, size, " ", unit, "; expected 1 to ", most);
}

Status refuse_expert(std::string_view name, std::int64_t layer, std::int64_t slot,
                     std::int64_t expert, std::int32_t experts) {
  return refuse(name, "layer ", layer, ", slot ", slot, ": expert ", expert,
                " does not exist; expected 0 to ", experts - 1);
}

// The inverse of one layer: counts, and the slots of expert 0, then 1, ...
Status complete_layer(std::string_view name, std::int32_t layer, Placement& placement) {
  const auto slots = static_cast<std::size_t>(placement.slots);
  const std::int32_t* const phy2log = placement.phy2log.data() + product(layer, placement.slots);
  std::int32_t* const logcnt = placement.logcnt.data() + product(layer, placement.experts);
  std::int32_t* const log2phy = placement.log2phy.data() + product(layer, placement.slots);
  for (std::size_t p = 0; p < slots; ++p) {
    if (phy2log[p] < 0 || phy2log[p] >= placement.experts) {
      return refuse_expert(name, shown_layer(placement, static_cast<std::size_t>(layer)),
                           static_cast<std::int64_t>(p), phy2log[p], placement.experts);
    }
    ++logcnt[phy2log[p]];
  }
  std::vector<std::int32_t> next(static_cast<std::size_t>(placement.experts));
  std::int32_t filled = 0;
  for (std::size_t e = 0; e < next.size(); ++e) {
    if (logcnt[e] == 0) {
      return refuse(name, "layer ", shown_layer(placement, static_cast<std::size_t>(layer)),
                    ": expert ", e, " is in no slot; every expert needs at least one");
    }
    next[e] = filled;
    filled += logcnt[e];
  }
  for (std::size_t p = 0; p < slots; ++p) {
    log2phy[next[static_cast<std::size_t>(phy2log[p])]++] = static_cast<std::int32_t>(p);
  }
  return {};
}

}  // namespace

Status check_limits(std::string_view name, std::int64_t layers, std::int64_t experts,
                    std::int64_t slots) {
  Status status = check_limit(name, layers, kMaxLayers, "layers");
  if (status.ok()) status = check_limit(name, experts, kMaxExperts, "experts");
  if (status.ok()) status = check_limit(name, slots, kMaxSlots, "slots");
  return status;
}

std::int64_t shown_layer(const Placement& placement, std::size_t layer) {
  const bool is_listed = placement.layer_numbers.empty() || layer < placement.layer_numbers.size();
  if (placement.first_layer < 0 || !is_listed) return static_cast<std::int64_t>(layer);
  return placement.numbers()[layer];
}

Status complete_placement(std::string_view name, Placement& placement) {
  if (Status status = check_limits(name, placement.layers, placement.experts, placement.slots);
      !status.ok()) {
    return status;
  }
  if (placement.phy2log.size() != product(placement.layers, placement.slots)) {
    return refuse(name, "phy2log has ", placement.phy2log.size(), " numbers; expected ",
                  placement.layers, " layers of ", placement.slots, " slots");
  }
  const std::int32_t gpus = placement.gpus;
  if (gpus != 0 && (gpus < 0 || gpus > kMaxGpus || !can_share_slots(placement.slots, gpus))) {
    return refuse(name, several(placement.slots, "slot"), " on ", gpus,
                  " GPUs; expected the same number of slots on each of at most ", kMaxGpus);
  }
  placement.logcnt.assign(product(placement.layers, placement.experts), 0);
  placement.log2phy.assign(placement.phy2log.size(), 0);
  for (std::int32_t layer = 0; layer < placement.layers; ++layer) {
    if (Status status = complete_layer(name, layer, placement); !status.ok()) return status;
  }
  return {};
}

Status check_placement(std::string_view name, const Placement& placement) {
  Placement again = placement;
  if (Status status = complete_placement(name, again); !status.ok()) return status;
  if (placement.logcnt != again.logcnt) {
    return refuse(name, "logcnt does not match phy2log");
  }
  if (placement.log2phy.size() != placement.phy2log.size()) {
    return refuse(name, "log2phy has ", placement.log2phy.size(), " slots; expected ",
                  placement.phy2log.size());
  }
  // Copies may be numbered in any order: with each expert's slots sorted, both must be equal.
  std::vector<std::int32_t> sorted = placement.log2phy;
  auto first = sorted.begin();
  for (const std::int32_t count : again.logcnt) {
    std::make_heap(first, first + count);  // far smaller in the module than std::sort
    std::sort_heap(first, first + count);
    first += count;
  }
  if (sorted != again.log2phy) return refuse(name, "log2phy is not an inverse of phy2log");
  return {};
}

Status check_groups(std::string_view name, const Placement& placement, const Shape& shape,
                    const LayerNumbers& numbers) {
  const GpuSlotTable table(shape);
  const GpuSlots gpu_slots = table.view();
  std::vector<std::int32_t> node_of(static_cast<std::size_t>(shape.groups));
  for (std::int32_t layer = 0; layer < shape.layers; ++layer) {
    if (numbers.is_dense(static_cast<std::size_t>(layer))) continue;
    std::fill(node_of.begin(), node_of.end(), -1);
    const std::int32_t* phy2log = placement.phy2log.data() + product(layer, shape.slots);
    for (std::int32_t slot = 0; slot < shape.slots; ++slot) {
      const std::int32_t group = phy2log[slot] / shape.experts_per_group();
      const std::int32_t node = gpu_slots.gpu_of(slot) / shape.gpus_per_node();
      std::int32_t& known = node_of[static_cast<std::size_t>(group)];
      if (known < 0) known = node;
      if (known != node) {
        return refuse(name, "layer ", numbers[static_cast<std::size_t>(layer)], ": group ", group,
                      " is on nodes ", known, " and ", node,
                      "; a hierarchical placement keeps each group on one node");
      }
    }
  }
  return {};
}

std::vector<std::int64_t> unpack_log2phy(const Placement& placement, std::int32_t width) {
  const auto columns = static_cast<std::size_t>(width);
  std::vector<std::int64_t> unpacked(placement.logcnt.size() * columns, -1);
  auto slot = placement.log2phy.begin();
  for (std::size_t row = 0; row < placement.logcnt.size(); ++row) {
    for (std::int32_t copy = 0; copy < placement.logcnt[row]; ++copy) {
      unpacked[row * columns + static_cast<std::size_t>(copy)] = *slot++;
    }
  }
  return unpacked;
}

std::int32_t largest_count(const Placement& placement) {
  const auto largest = std::max_element(placement.logcnt.begin(), placement.logcnt.end());
  return largest == placement.logcnt.end() ? 0 : *largest;
}

}  // namespace evenkeel
