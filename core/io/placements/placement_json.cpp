// Placements as JSON: a form is known by a key of an object, or by how deep lists are nested.
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/integer_lists.hpp"
#include "core/io/placements/gpu_arrays.hpp"
#include "core/io/placements/placement_forms.hpp"

namespace evenkeel {
namespace {

// A document takes 16 bytes per value, list and key, and more while its array grows. The largest placement has 128
// layers, each with 4,096 slots and one list for each of 1,024 experts; a dense log2phy of all experts with up to 120
// copies fits.
constexpr JsonLimits kLimits = {std::size_t{128} << 20, std::size_t{1} << 20,
                                std::size_t{16} << 20};

constexpr std::string_view kExpectedPlacement =
    "a placement as {\"phy2log\": [[...]]}, {\"physical_to_logical_map\": [[...]]}, "
    "{\"initial_global_assignments\": {\"3\": [...]}}, plain lists, FastDeploy's file, or a "
    "vllm-ascend expert map";

// Keys of recorded loads.
constexpr std::string_view kKeysOfLoads[] = {"logical_count", "load_history",
                                             "tokens_per_expert_stats_list", "logical_expert_load",
                                             "records"};

// Keys of placements, one of each form.
constexpr std::string_view kKeysOfForms[] = {"phy2log", "physical_to_logical_map",
                                             "ep_rank_to_expert_id_list", "layer_list",
                                             "initial_global_assignments"};

Status check_one_form(std::string_view name, const JsonValue& document) {
  std::string_view found;
  for (const std::string_view key : kKeysOfForms) {
    if (!document.find(key)) continue;
    if (!found.empty()) {
      return refuse(name, "two placements, ", in_quotes(found), " and ", in_quotes(key),
                    "; leave one of them");
    }
    found = key;
  }
  return {};
}

// How deep the first values are nested; `deepest` stands for more.
std::size_t depth_of(JsonValue value, std::size_t deepest) {
  std::size_t depth = 0;
  while (depth < deepest && value.is_list()) {
    ++depth;
    if (value.size() == 0) break;
    value = value.first();
  }
  return depth;
}

// [P] for all layers, [[P] ... L], or lists of GPUs in either order.
Status read_plain_lists(std::string_view name, const JsonValue& value, Placement& out) {
  constexpr std::string_view kWhat = "placement";
  const std::size_t depth = depth_of(value, 3);
  if (depth == 1 && value.size() > 0) {
    constexpr std::array<std::string_view, 1> kSlot = {"slot"};
    constexpr std::array<std::int32_t, 1> kMost = {kMaxSlots};
    IntegerLists lists;
    Status status = read_integer_lists(name, kWhat, value, kSlot, kMost, lists);
    if (status.ok()) set_same_layers(name, std::move(lists.values), out);
    return status;
  }
  if (depth < 3) return read_layer_lists(name, kWhat, value, out);
  constexpr std::array<std::string_view, 3> kAxes = {"list", "list", "number"};
  constexpr std::array<std::int32_t, 3> kMost = {kMaxGpus, kMaxGpus, kMaxSlots};
  IntegerLists lists;
  if (Status status = read_integer_lists(name, kWhat, value, kAxes, kMost, lists); !status.ok()) {
    return status;
  }
  return read_gpu_array(name, {lists.shape, nullptr, lists.values}, out);
}

}  // namespace

Status read_layer_lists(std::string_view name, std::string_view what, const JsonValue& value,
                        Placement& out) {
  constexpr std::array<std::string_view, 2> kLayerSlot = {"layer", "slot"};
  constexpr std::array<std::int32_t, 2> kMost = {kMaxLayers, kMaxSlots};
  IntegerLists lists;
  if (Status status = read_integer_lists(name, what, value, kLayerSlot, kMost, lists);
      !status.ok()) {
    return status;
  }
  out.layers = static_cast<std::int32_t>(lists.shape[0]);
  out.slots = static_cast<std::int32_t>(lists.shape[1]);
  out.phy2log = std::move(lists.values);
  infer_experts(out);
  return {};
}

Status read_placement_json(const PlacementFile& file, Placement& out, PlacementClaims& claims) {
  const std::string_view name = file.name;
  JsonTape tape;
  if (Status status = tape.read(file.bytes, name, kExpectedPlacement, kLimits); !status.ok()) {
    return status;
  }
  const JsonValue document = tape.root();
  if (document.is_list()) return read_plain_lists(name, document, out);
  if (document.is_object()) {
    bool known = false;
    if (Status s = check_one_form(name, document); !s.ok()) return s;
    Status status = read_named_lists(name, document, out, claims, known);
    if (known) return status;
    if (document.find("layer_list")) return read_expert_map(name, document, out);
    if (document.find("initial_global_assignments")) {
      return read_numbered_lists(name, document, out);
    }
    for (const std::string_view key : kKeysOfLoads) {
      if (!document.find(key)) continue;
      return refuse(name, in_quotes(key), " is of recorded loads, not of a placement; expected ",
                    kExpectedPlacement);
    }
  }
  return refuse(name, document.is_object() ? "an object without a known key" : document.kind_name(),
                "; expected ", kExpectedPlacement);
}

}  // namespace evenkeel
