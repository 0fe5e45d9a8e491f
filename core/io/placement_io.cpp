#include "core/io/placement_io.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/io/npy.hpp"
#include "core/io/placement_json.hpp"
#include "core/io/sentence.hpp"

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

Status check_limits(std::string_view name, std::int64_t layers, std::int64_t experts,
                    std::int64_t slots) {
  Status status = check_limit(name, layers, kMaxLayers, "layers");
  if (status.ok()) status = check_limit(name, experts, kMaxExperts, "experts");
  if (status.ok()) status = check_limit(name, slots, kMaxSlots, "slots");
  return status;
}

Status refuse_expert(std::string_view name, std::int64_t layer, std::int64_t slot,
                     std::int64_t expert, std::int32_t experts) {
  return refuse(name, "layer ", layer, ", slot ", slot, ": expert ", expert,
                " does not exist; expected 0 to ", experts - 1);
}

Status read_placement_npy(std::span<const std::byte> bytes, std::string_view name, Placement& out) {
  NpyArray array;
  if (Status status = parse_npy(bytes, name, {2, 2, "phy2log as [layers, slots]"}, array);
      !status.ok()) {
    return status;
  }
  if (array.kind == NpyKind::real) {
    return refuse(name, "dtype ", array.dtype,
                  " is not an integer type; convert phy2log with "
                  ".astype(np.int64)");
  }
  const auto [layers, slots, unused] = array.shape;
  if (Status status = check_limits(name, layers, out.experts, slots); !status.ok()) return status;
  out.layers = static_cast<std::int32_t>(layers);
  out.slots = static_cast<std::int32_t>(slots);
  out.phy2log.resize(product(out.layers, out.slots));
  for (std::size_t i = 0; i < out.phy2log.size(); ++i) {
    const std::int64_t expert = integer_at(array, i);
    const auto cell = static_cast<std::int64_t>(i);
    if (expert < 0 || expert >= out.experts) {
      return refuse_expert(name, cell / slots, cell % slots, expert, out.experts);
    }
    out.phy2log[i] = static_cast<std::int32_t>(expert);
  }
  return {};
}

// The inverse of one layer: counts, and the slots of each expert one behind the other.
Status complete_layer(std::string_view name, std::int32_t layer, Placement& placement) {
  const auto slots = static_cast<std::size_t>(placement.slots);
  const std::int32_t* const phy2log = placement.phy2log.data() + product(layer, placement.slots);
  std::int32_t* const logcnt = placement.logcnt.data() + product(layer, placement.experts);
  std::int32_t* const log2phy = placement.log2phy.data() + product(layer, placement.slots);
  for (std::size_t p = 0; p < slots; ++p) {
    if (phy2log[p] < 0 || phy2log[p] >= placement.experts) {
      return refuse_expert(name, layer, static_cast<std::int64_t>(p), phy2log[p],
                           placement.experts);
    }
    ++logcnt[phy2log[p]];
  }
  std::vector<std::int32_t> next(static_cast<std::size_t>(placement.experts));
  std::int32_t filled = 0;
  for (std::size_t e = 0; e < next.size(); ++e) {
    if (logcnt[e] == 0) {
      return refuse(name, "layer ", layer, ": expert ", e,
                    " is in no slot; every expert needs at least one");
    }
    next[e] = filled;
    filled += logcnt[e];
  }
  for (std::size_t p = 0; p < slots; ++p) {
    log2phy[next[static_cast<std::size_t>(phy2log[p])]++] = static_cast<std::int32_t>(p);
  }
  return {};
}

Status check_logcnt(std::string_view name, const std::vector<std::int32_t>& claimed,
                    const Placement& placement) {
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    if (claimed[i] == placement.logcnt[i]) continue;
    const auto cell = static_cast<std::int64_t>(i);
    return refuse(name, "layer ", cell / placement.experts, ", expert ", cell % placement.experts,
                  ": logcnt is ", claimed[i], ", but phy2log has ", placement.logcnt[i], " copies");
  }
  return {};
}

// Takes the numbering of copies from the file's log2phy, if that is an inverse of phy2log.
Status adopt_log2phy(std::string_view name, const std::vector<std::int32_t>& claimed,
                     Placement& placement) {
  const std::size_t width = claimed.size() / placement.logcnt.size();
  const auto experts = static_cast<std::size_t>(placement.experts);
  const auto slots = static_cast<std::size_t>(placement.slots);
  std::vector<bool> used(placement.phy2log.size());
  auto packed = placement.log2phy.begin();
  for (std::size_t row = 0; row < placement.logcnt.size(); ++row) {
    const std::size_t layer = row / experts;
    const std::size_t expert = row % experts;
    const auto copies = static_cast<std::size_t>(placement.logcnt[row]);
    for (std::size_t copy = 0; copy < std::max(width, copies); ++copy) {
      const std::int32_t slot = copy < width ? claimed[row * width + copy] : -1;
      const bool in_layer = slot >= 0 && slot < placement.slots;
      const std::size_t cell = layer * slots + static_cast<std::size_t>(in_layer ? slot : 0);
      const bool is_copy =
          in_layer && !used[cell] && placement.phy2log[cell] == static_cast<std::int32_t>(expert);
      if (copy < copies ? !is_copy : slot != -1) {
        return refuse(name, "layer ", layer, ", expert ", expert, ", copy ", copy, ": log2phy has ",
                      slot, ", but phy2log has ", copies,
                      " copies; expected each of their slots once, then -1");
      }
      if (copy >= copies) continue;
      used[cell] = true;
      *packed++ = slot;
    }
  }
  return {};
}

}  // namespace

Status read_placement(std::span<const std::byte> bytes, std::string_view name, std::int32_t experts,
                      Placement& out) {
  Placement placement;
  PlacementClaims claims;
  placement.experts = experts;
  Status status = is_npy(bytes) ? read_placement_npy(bytes, name, placement)
                                : read_placement_json(bytes, name, placement, claims);
  if (status.ok()) status = complete_placement(name, placement);
  if (status.ok()) status = check_logcnt(name, claims.logcnt, placement);
  if (status.ok() && !claims.log2phy.empty()) {
    status = adopt_log2phy(name, claims.log2phy, placement);
  }
  if (status.ok()) out = std::move(placement);
  return status;
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
  if (gpus != 0 && (gpus < 0 || gpus > kMaxGpus || placement.slots % gpus != 0)) {
    return refuse(name, placement.slots, " slots on ", gpus,
                  " GPUs; expected the same number of slots on each of at most ", kMaxGpus);
  }
  placement.logcnt.assign(product(placement.layers, placement.experts), 0);
  placement.log2phy.assign(placement.phy2log.size(), 0);
  for (std::int32_t layer = 0; layer < placement.layers; ++layer) {
    if (Status status = complete_layer(name, layer, placement); !status.ok()) return status;
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
