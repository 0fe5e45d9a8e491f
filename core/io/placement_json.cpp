#include "core/io/placement_json.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.hpp"
#include "core/io/integer_lists.hpp"
#include "core/io/json_tape.hpp"

namespace evenkeel {
namespace {

// A document takes 16 bytes per value, list and key, and more while its array grows. The largest placement has 128
// layers, each with 4,096 slots and one list for each of 1,024 experts; a dense log2phy of all experts with up to 120
// copies fits.
constexpr JsonLimits kLimits = {std::size_t{128} << 20, std::size_t{1} << 20,
                                std::size_t{16} << 20};

constexpr std::string_view kExpectedPlacement =
    "a placement as {\"phy2log\": [[...]]}, {\"physical_to_logical_map\": [[...]]}, a plain "
    "[[...]], or a vllm-ascend expert map";

constexpr std::array<std::string_view, 2> kLayerSlot = {"layer", "slot"};
constexpr std::array<std::int32_t, 2> kMostLayerSlot = {kMaxLayers, kMaxSlots};

bool is_number(const JsonValue& value) {
  return value.kind() == JsonKind::integer || value.kind() == JsonKind::large_integer ||
         value.kind() == JsonKind::real;
}

// value: a JsonValue, or the values of a list.
template <class Value>
Status read_phy2log(std::string_view name, std::string_view what, const Value& value,
                    Placement& out) {
  IntegerLists lists;
  if (Status status = read_integer_lists(name, what, value, kLayerSlot, kMostLayerSlot, lists);
      !status.ok()) {
    return status;
  }
  out.layers = static_cast<std::int32_t>(lists.shape[0]);
  out.slots = static_cast<std::int32_t>(lists.shape[1]);
  out.phy2log = std::move(lists.values);
  infer_experts(out);
  return {};
}

// [[P] ... L], or [P] for one layer.
Status read_plain(std::string_view name, const JsonValue& value, Placement& out) {
  if (value.size() > 0 && is_number(value.first())) {
    return read_phy2log(name, "placement", std::span<const JsonValue>(&value, 1), out);
  }
  return read_phy2log(name, "placement", value, out);
}

// Sizes that the file states must match its content.
Status check_claim(std::string_view name, std::string_view what, std::int64_t claimed,
                   std::int64_t actual, std::string_view unit) {
  if (claimed == actual) return {};
  return refuse(name, what, " says ", claimed, " ", unit, ", but there are ", actual);
}

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

Status read_ours(std::string_view name, const JsonValue& document, Placement& out,
                 PlacementClaims& claims) {
  constexpr std::array<std::string_view, 3> kLayerExpertCopy = {"layer", "expert", "copy"};
  const std::span levels(kLayerExpertCopy);
  Status status = read_phy2log(name, "phy2log", *document.find("phy2log"), out);
  if (status.ok() && document.find("first_layer")) {
    constexpr std::int32_t kMostFirst = std::numeric_limits<std::int32_t>::max() - kMaxLayers;
    status = read_integer(name, "", document, "first_layer", 0, kMostFirst, out.first_layer);
  }
  if (const auto numbers = document.find("layer_numbers"); status.ok() && numbers) {
    status = read_layer_numbers(name, *numbers, out);
  }
  if (const auto shape = document.find("shape"); status.ok() && shape) {
    status = read_shape(name, *shape, out);
  }
  if (status.ok()) {
    status = read_claim(name, document, "logcnt", levels.first(2), out, claims.logcnt);
  }
  if (status.ok()) status = read_claim(name, document, "log2phy", levels, out, claims.log2phy);
  return status;
}

// Reads one layer of vllm-ascend's map: the lists of experts of all devices, in the order of device ids.
Status read_devices(std::string_view name, const std::string& place, const JsonValue& layer,
                    Placement& out) {
  std::int32_t devices = 0;
  if (Status status = read_integer(name, place, layer, "device_count", 1, kMaxGpus, devices);
      !status.ok()) {
    return status;
  }
  if (out.gpus == 0) out.gpus = devices;
  if (devices != out.gpus) {
    return refuse(name, place, several(devices, "device"), ", but the layers before have ",
                  out.gpus);
  }
  const std::optional<JsonValue> list = layer.find("device_list");
  if (!list || !list->is_list()) {
    return refuse(name, place, "no list \"device_list\"");
  }
  const auto listed = static_cast<std::int64_t>(list->size());
  if (Status status = check_claim(name, place + "\"device_count\"", devices, listed, "devices");
      !status.ok()) {
    return status;
  }
  std::vector<std::optional<JsonValue>> by_id(list->size());
  for (const JsonValue& device : list->values()) {
    std::int32_t id = 0;
    const auto experts = device.is_object() ? device.find("device_expert") : std::nullopt;
    if (!experts) {
      return refuse(name, place, "expected devices as {\"device_id\", \"device_expert\"}");
    }
    if (Status status = read_integer(name, place, device, "device_id", 0, devices - 1, id);
        !status.ok()) {
      return status;
    }
    std::optional<JsonValue>& place_of_id = by_id[static_cast<std::size_t>(id)];
    if (place_of_id) return refuse(name, place, "device ", id, " appears twice");
    if (!experts->is_list()) {
      return refuse(name, place, "device ", id, ": \"device_expert\" is ", experts->kind_name(),
                    "; expected a list");
    }
    place_of_id = experts;
  }
  std::vector<JsonValue> lists_of_devices;
  for (const auto& experts : by_id) lists_of_devices.push_back(*experts);
  constexpr std::array<std::string_view, 2> kDeviceSlot = {"device", "slot"};
  constexpr std::array<std::int32_t, 2> kMost = {kMaxGpus, kMaxSlots};
  IntegerLists lists;
  if (Status status = read_integer_lists(name, place + "device_expert", lists_of_devices,
                                         kDeviceSlot, kMost, lists);
      !status.ok()) {
    return status;
  }
  const auto slots = static_cast<std::int64_t>(lists.values.size());
  if (out.slots == 0) out.slots = static_cast<std::int32_t>(slots);
  if (slots != out.slots) {
    return refuse(name, place, several(slots, "slot"), ", but the layers before have ", out.slots);
  }
  out.phy2log.insert(out.phy2log.end(), lists.values.begin(), lists.values.end());
  return {};
}

Status read_ascend(std::string_view name, const JsonValue& document, Placement& out) {
  const JsonValue list = *document.find("layer_list");
  if (!list.is_list() || list.size() == 0) {
    return refuse(name, "\"layer_list\" is ", list.is_list() ? "empty" : list.kind_name(),
                  "; expected a list of layers");
  }
  const std::vector<JsonValue> layers = list.values();
  if (Status status =
          read_integer(name, "", document, "moe_layer_count", 1, kMaxLayers, out.layers);
      !status.ok()) {
    return status;
  }
  if (Status status = check_claim(name, "\"moe_layer_count\"", out.layers,
                                  static_cast<std::int64_t>(list.size()), "layers");
      !status.ok()) {
    return status;
  }
  std::int32_t last_id = -1;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string place = "layer_list[" + std::to_string(i) + "]: ";
    const JsonValue& layer = layers[i];
    if (!layer.is_object()) return refuse(name, place, layer.kind_name(), "; expected an object");
    std::int32_t id = 0;
    if (Status status = read_integer(name, place, layer, "layer_id", 0,
                                     std::numeric_limits<std::int32_t>::max(), id);
        !status.ok()) {
      return status;
    }
    if (i > 0 && id != last_id + 1) {
      return refuse(name, place, "\"layer_id\" ", id, " after ", last_id,
                    "; expected consecutive layers, each once");
    }
    last_id = id;
    if (Status status = read_devices(name, place, layer, out); !status.ok()) return status;
  }
  return {};
}

}  // namespace

Status read_placement_json(std::span<const std::byte> bytes, std::string_view name, Placement& out,
                           PlacementClaims& claims) {
  JsonTape tape;
  if (Status status = tape.read(bytes, name, kExpectedPlacement, kLimits); !status.ok()) {
    return status;
  }
  const JsonValue document = tape.root();
  if (document.is_list()) return read_plain(name, document, out);
  if (document.is_object()) {
    if (document.find("phy2log")) return read_ours(name, document, out, claims);
    if (const auto map = document.find("physical_to_logical_map")) {
      return read_phy2log(name, "physical_to_logical_map", *map, out);
    }
    if (document.find("layer_list")) return read_ascend(name, document, out);
  }
  return refuse(name, document.is_object() ? "an object without a known key" : document.kind_name(),
                "; expected ", kExpectedPlacement);
}

}  // namespace evenkeel
