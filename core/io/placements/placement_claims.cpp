// The other two arrays of a placement: they must agree with phy2log.
#include <algorithm>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/placements/placement_forms.hpp"
#include "core/io/placements/placement_io.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {

namespace {

void copy_integers(const NpyArray& array, std::vector<std::int32_t>& out) {
  std::size_t size = 1;
  for (std::size_t axis = 0; axis < array.dimensions; ++axis) {
    size *= static_cast<std::size_t>(array.shape[axis]);
  }
  out.resize(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = cut_to_32_bits(integer_at(array, i));
}

}  // namespace

Status check_logcnt(std::string_view name, std::span<const std::int32_t> claimed,
                    const Placement& placement) {
  if (claimed.size() != placement.logcnt.size()) {
    return refuse(name, "logcnt has ", claimed.size(), " numbers; expected ",
                  placement.logcnt.size(), ", the number of layers times experts");
  }
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    if (claimed[i] == placement.logcnt[i]) continue;
    const auto experts = static_cast<std::size_t>(placement.experts);
    return refuse(name, "layer ", shown_layer(placement, i / experts), ", expert ", i % experts,
                  ": logcnt is ", claimed[i], ", but phy2log has ",
                  several(placement.logcnt[i], "copy"));
  }
  return {};
}

Status read_logcnt_values(std::span<const std::byte> bytes, std::string_view name,
                          const Placement& placement, std::vector<std::int32_t>& out) {
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
  copy_integers(array, out);
  return {};
}

Status check_logcnt_npy(std::span<const std::byte> bytes, std::string_view name,
                        const Placement& placement) {
  std::vector<std::int32_t> claimed;
  Status status = read_logcnt_values(bytes, name, placement, claimed);
  return status.ok() ? check_logcnt(name, claimed, placement) : status;
}

Status read_log2phy_values(std::span<const std::byte> bytes, std::string_view name,
                           const Placement& placement, std::vector<std::int32_t>& out) {
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
  copy_integers(array, out);
  return {};
}

Status read_log2phy_npy(std::span<const std::byte> bytes, std::string_view name,
                        Placement& placement) {
  std::vector<std::int32_t> claimed;
  Status status = read_log2phy_values(bytes, name, placement, claimed);
  return status.ok() ? adopt_log2phy(name, claimed, placement) : status;
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
        return refuse(name, "layer ", shown_layer(placement, layer), ", expert ", expert, ", copy ",
                      copy, ": log2phy has ", slot, ", but phy2log has ",
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
