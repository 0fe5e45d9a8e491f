#include "core/io/placements/placement_io.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/placements/placement_json.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

std::int32_t cut_to_32_bits(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      value, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

Status read_placement_npy(std::span<const std::byte> bytes, std::string_view name, Placement& out) {
  NpyArray array;
  if (Status status = parse_npy(bytes, name, {2, 2, "phy2log as [layers, slots]"}, array);
      !status.ok()) {
    return status;
  }
  if (array.kind == ElementKind::real) {
    return refuse(name, "dtype ", array.dtype,
                  " is not an integer type; convert phy2log with "
                  ".astype(np.int64)");
  }
  const auto [layers, slots, unused] = array.shape;
  const std::int32_t experts = std::max(out.experts, 1);  // 0: not known yet
  if (Status status = check_limits(name, layers, experts, slots); !status.ok()) return status;
  out.layers = static_cast<std::int32_t>(layers);
  out.slots = static_cast<std::int32_t>(slots);
  out.phy2log.resize(static_cast<std::size_t>(layers) * static_cast<std::size_t>(slots));
  for (std::size_t i = 0; i < out.phy2log.size(); ++i) {
    // A value outside 32 bits is clamped and stays invalid; complete_placement reports it.
    out.phy2log[i] = cut_to_32_bits(integer_at(array, i));
  }
  infer_experts(out);
  return {};
}

}  // namespace

void infer_experts(Placement& placement) {
  if (placement.experts != 0 || placement.phy2log.empty()) return;
  const std::int32_t largest =
      *std::max_element(placement.phy2log.begin(), placement.phy2log.end());
  placement.experts = std::clamp(largest, 0, kMaxExperts) + 1;
}

Status check_logcnt(std::string_view name, std::span<const std::int32_t> claimed,
                    const Placement& placement) {
  if (claimed.size() != placement.logcnt.size()) {
    return refuse(name, "logcnt has ", claimed.size(), " numbers; expected ",
                  placement.logcnt.size(), ", the number of layers times experts");
  }
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    if (claimed[i] == placement.logcnt[i]) continue;
    const auto cell = static_cast<std::int64_t>(i);
    return refuse(name, "layer ", cell / placement.experts, ", expert ", cell % placement.experts,
                  ": logcnt is ", claimed[i], ", but phy2log has ",
                  several(placement.logcnt[i], "copy"));
  }
  return {};
}

Status read_placement(std::span<const std::byte> bytes, std::string_view name, std::int32_t experts,
                      Placement& out) {
  Placement placement;
  PlacementClaims claims;
  placement.experts = experts;
  Status status = is_npy(bytes) ? read_placement_npy(bytes, name, placement)
                                : read_placement_json(bytes, name, placement, claims);
  if (status.ok()) infer_experts(placement);
  if (status.ok()) status = complete_placement(name, placement);
  if (status.ok() && !claims.logcnt.empty()) {
    status = check_logcnt(name, claims.logcnt, placement);
  }
  if (status.ok() && !claims.log2phy.empty()) {
    status = adopt_log2phy(name, claims.log2phy, placement);
  }
  placement.source = shown_name(name);
  if (status.ok()) out = std::move(placement);
  return status;
}

Status check_logcnt_npy(std::span<const std::byte> bytes, std::string_view name,
                        const Placement& placement) {
  NpyArray array;
  if (Status status = parse_npy(bytes, name, {2, 2, "logcnt as [layers, experts]"}, array);
      !status.ok()) {
    return status;
  }
  if (array.kind == ElementKind::real || array.shape[0] != placement.layers ||
      array.shape[1] != placement.experts) {
    return refuse(name, array.dtype, " numbers for ", array.shape[0], " layers of ", array.shape[1],
                  " experts; expected integers for ", placement.layers, " layers of ",
                  placement.experts, " experts");
  }
  std::vector<std::int32_t> claimed(placement.logcnt.size());
  for (std::size_t i = 0; i < claimed.size(); ++i)
    claimed[i] = cut_to_32_bits(integer_at(array, i));
  return check_logcnt(name, claimed, placement);
}

Status read_log2phy_npy(std::span<const std::byte> bytes, std::string_view name,
                        Placement& placement) {
  NpyArray array;
  if (Status status = parse_npy(bytes, name, {3, 3, "log2phy as [layers, experts, copies]"}, array);
      !status.ok()) {
    return status;
  }
  const auto [layers, experts, width] = array.shape;
  if (array.kind == ElementKind::real || layers != placement.layers ||
      experts != placement.experts || width > placement.slots) {
    return refuse(name, array.dtype, " numbers for ", layers, " layers of ", experts,
                  " experts with up to ", width, " copies; expected integers for ",
                  placement.layers, " layers of ", placement.experts, " experts with up to ",
                  placement.slots);
  }
  std::vector<std::int32_t> claimed(static_cast<std::size_t>(layers * experts * width));
  for (std::size_t i = 0; i < claimed.size(); ++i)
    claimed[i] = cut_to_32_bits(integer_at(array, i));
  return adopt_log2phy(name, claimed, placement);
}

Status adopt_log2phy(std::string_view name, std::span<const std::int32_t> claimed,
                     Placement& placement) {
  const std::size_t width = claimed.size() / placement.logcnt.size();
  if (claimed.size() % placement.logcnt.size() != 0) {
    return refuse(name, "log2phy has ", claimed.size(), " numbers; expected a multiple of ",
                  placement.logcnt.size(), ", the number of layers times experts");
  }
  const auto experts = static_cast<std::size_t>(placement.experts);
  const auto slots = static_cast<std::size_t>(placement.slots);
  std::vector<bool> used(placement.phy2log.size());
  std::vector<std::int32_t> packed;
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
                      slot, ", but phy2log has ",
                      several(static_cast<std::int64_t>(copies), "copy"),
                      "; expected each of their slots once, then -1");
      }
      if (copy >= copies) continue;
      used[cell] = true;
      packed.push_back(slot);
    }
  }
  placement.log2phy = std::move(packed);
  return {};
}

}  // namespace evenkeel
