// JSON objects with arrays under names: ours, SGLang's and FastDeploy's.
#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/integer_lists.hpp"
#include "core/io/placements/placement_forms.hpp"

namespace evenkeel {
namespace {

// The names of the three arrays. Only the first must be in the file.
struct ArrayNames {
  const char* phy2log;
  const char* log2phy;
  const char* logcnt;
  bool ours;  // with shape and numbers of layers; the others have rows for all layers of the model
};

constexpr ArrayNames kArrayNames[] = {
    {"phy2log", "log2phy", "logcnt", true},
    // SGLang's ExpertLocationMetadata; LMDeploy has the same in memory.
    {"physical_to_logical_map", "logical_to_all_physical_map",
     "logical_to_all_physical_map_num_valid", false},
    // FastDeploy's rearrange-experts.json. In spite of the name, the second has slots, not ranks.
    {"ep_rank_to_expert_id_list", "expert_id_to_ep_rank_array", "expert_in_rank_num_list", false},
};

Status read_shape(std::string_view name, const JsonValue& shape, Placement& out) {
  if (!shape.is_object()) {
    return refuse(name, "\"shape\" is ", shape.kind_name(), "; expected an object");
  }
  struct Size {
    const char* key;
    std::int32_t most;
    std::int32_t actual;
  };
  const std::array<Size, 3> sizes = {{{"layers", kMaxLayers, out.layers},
                                      {"experts", kMaxExperts, out.experts},
                                      {"slots", kMaxSlots, out.slots}}};
  for (const Size& size : sizes) {
    std::int32_t claimed = 0;
    Status status = read_integer(name, "shape: ", shape, size.key, 1, size.most, claimed);
    if (status.ok()) status = check_claim(name, "shape", claimed, size.actual, size.key);
    if (!status.ok()) return status;
  }
  Status status = read_integer(name, "shape: ", shape, "gpus", 1, kMaxGpus, out.gpus);
  if (status.ok() && shape.find("nodes")) {
    status = read_integer(name, "shape: ", shape, "nodes", 1, kMaxGpus, out.nodes);
  }
  if (status.ok() && shape.find("groups")) {
    status = read_integer(name, "shape: ", shape, "groups", 1, kMaxExperts, out.groups);
  }
  return status;
}

// Reads an optional array that has a row for each layer and expert.
Status read_claim(std::string_view name, const JsonValue& document, const char* key,
                  std::span<const std::string_view> levels, const Placement& placement,
                  std::vector<std::int32_t>& out) {
  const std::optional<JsonValue> found = document.find(key);
  if (!found) return {};
  const std::array<std::int32_t, 3> most = {kMaxLayers, kMaxExperts, kMaxSlots};
  IntegerLists lists;
  Status status = read_integer_lists(name, key, *found, levels, most, lists);
  if (status.ok()) status = check_claim(name, key, lists.shape[0], placement.layers, "layers");
  if (status.ok()) status = check_claim(name, key, lists.shape[1], placement.experts, "experts");
  if (status.ok()) out = std::move(lists.values);
  return status;
}

// The numbers of layers that are not consecutive.
Status read_layer_numbers(std::string_view name, const JsonValue& list, Placement& out) {
  constexpr std::array<std::string_view, 1> kLayer = {"layer"};
  constexpr std::array<std::int32_t, 1> kMost = {kMaxLayers};
  IntegerLists lists;
  if (Status status = read_integer_lists(name, "layer_numbers", list, kLayer, kMost, lists);
      !status.ok()) {
    return status;
  }
  out.layer_numbers = std::move(lists.values);
  const bool ascend =
      std::is_sorted(out.layer_numbers.begin(), out.layer_numbers.end(), std::less_equal<>());
  if (std::ssize(out.layer_numbers) == out.layers && ascend &&
      out.layer_numbers.front() == out.first_layer) {
    return {};
  }
  return refuse(name, "layer_numbers: expected ", out.layers,
                " ascending numbers, the first of which is first_layer");
}

// What only our own form has.
Status read_our_keys(std::string_view name, const JsonValue& document, Placement& out) {
  Status status;
  if (document.find("first_layer")) {
    std::int32_t first = 0;
    status = read_integer(name, "", document, "first_layer", 0, kMostLayerNumber, first);
    if (status.ok()) number_layers(out, first);
  }
  if (const auto numbering = document.find("numbering"); status.ok() && numbering) {
    const bool is_text = numbering->kind() == JsonKind::string;
    if (!is_text || (numbering->text() != "rows" && numbering->text() != "model")) {
      return refuse(name, "\"numbering\" is ",
                    is_text ? in_quotes(numbering->text()) : std::string(numbering->kind_name()),
                    "; expected \"rows\" or \"model\"");
    }
    out.counted = numbering->text() == "rows";
  }
  if (const auto numbers = document.find("layer_numbers"); status.ok() && numbers) {
    status = read_layer_numbers(name, *numbers, out);
  }
  if (const auto shape = document.find("shape"); status.ok() && shape) {
    status = read_shape(name, *shape, out);
  }
  return status;
}

}  // namespace

Status read_named_lists(std::string_view name, const JsonValue& document, Placement& out,
                        PlacementClaims& claims, bool& known) {
  constexpr std::array<std::string_view, 3> kLayerExpertCopy = {"layer", "expert", "copy"};
  const std::span levels(kLayerExpertCopy);
  for (const ArrayNames& names : kArrayNames) {
    const std::optional<JsonValue> phy2log = document.find(names.phy2log);
    if (!phy2log) continue;
    known = true;
    Status status = read_layer_lists(name, names.phy2log, *phy2log, out);
    if (!status.ok()) return status;
    if (names.ours) {
      status = read_our_keys(name, document, out);
    } else {
      number_layers(out, 0);
    }
    if (status.ok()) {
      status = read_claim(name, document, names.logcnt, levels.first(2), out, claims.logcnt);
    }
    if (status.ok()) {
      status = read_claim(name, document, names.log2phy, levels, out, claims.log2phy);
    }
    return status;
  }
  return {};
}

}  // namespace evenkeel
