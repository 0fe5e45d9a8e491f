// vllm-ascend's expert map: the experts of each device and MoE layer.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/integer_lists.hpp"
#include "core/io/placements/placement_forms.hpp"

namespace evenkeel {
namespace {

// A layer of the file: its layer_id, and its place in layer_list.
struct MapLayer {
  std::int32_t id = 0;
  std::size_t index = 0;
};

std::string map_place(std::size_t index) { return "layer_list[" + std::to_string(index) + "]: "; }

// The lists of experts of all devices, in the order of device ids. The engine takes them in that of the file.
Status read_device_lists(std::string_view name, const std::string& place, const JsonValue& list,
                         std::vector<JsonValue>& out, bool& in_order) {
  const auto devices = static_cast<std::int32_t>(list.size());
  std::vector<std::optional<JsonValue>> by_id(list.size());
  std::int32_t last = -1;
  for (const JsonValue& device : list.values()) {
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
    in_order = in_order && id > last;
    last = id;
  }
  for (const auto& experts : by_id) out.push_back(*experts);
  return {};
}

Status read_devices(std::string_view name, const std::string& place, const JsonValue& layer,
                    Placement& out, bool& in_order) {
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
  std::vector<JsonValue> lists_of_devices;
  if (Status status = read_device_lists(name, place, *list, lists_of_devices, in_order);
      !status.ok()) {
    return status;
  }
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

// The layers of the list by ascending layer_id.
Status read_ids(std::string_view name, std::span<const JsonValue> layers,
                std::vector<MapLayer>& out) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const JsonValue& layer = layers[i];
    if (!layer.is_object()) {
      return refuse(name, map_place(i), layer.kind_name(), "; expected an object");
    }
    std::int32_t id = 0;
    if (Status status =
            read_integer(name, map_place(i), layer, "layer_id", 0, kMostLayerNumber, id);
        !status.ok()) {
      return status;
    }
    for (const MapLayer& before : out) {
      if (before.id == id) {
        return refuse(name, map_place(i), "\"layer_id\" ", id, " appears again, after layer_list[",
                      before.index, "]");
      }
    }
    out.push_back({id, i});
  }
  std::sort(out.begin(), out.end(),
            [](const MapLayer& a, const MapLayer& b) { return a.id < b.id; });
  return {};
}

// "0, 1, 3, ..., 60"
std::string ids_text(std::span<const MapLayer> layers) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (i == kShown && layers.size() > kShown + 1) {
      text += ", ..., " + std::to_string(layers.back().id);
      break;
    }
    text += (i == 0 ? "" : ", ") + std::to_string(layers[i].id);
  }
  return text;
}

// Ids from 0 on without a gap count MoE layers, as the engine writes them. Others can only be the model's numbers.
void say_layers(std::string_view name, std::span<const MapLayer> layers, bool in_order,
                Placement& out) {
  const std::string engine = ", while vllm-ascend takes the lists in their order in the file";
  if (layers.back().id == out.layers - 1) {
    out.order = LayerOrder::moe;
  } else {
    number_layers(out, layers.front().id);
    if (layers.back().id - layers.front().id != out.layers - 1) {
      for (const MapLayer& layer : layers) out.layer_numbers.push_back(layer.id);
    }
    out.notes.push_back(shown_name(name) + ": \"layer_id\" " + ids_text(layers) +
                        (out.layers == 1 ? " is" : " are") +
                        " taken as the model's layer numbers, because MoE layers would count "
                        "from 0 without a gap");
  }
  if (!in_order) {
    out.notes.push_back(shown_name(name) +
                        ": layers and devices are sorted by \"layer_id\" and \"device_id\"" +
                        engine);
  }
}

}  // namespace

Status read_expert_map(std::string_view name, const JsonValue& document, Placement& out) {
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
  std::vector<MapLayer> by_id;
  if (Status status = read_ids(name, layers, by_id); !status.ok()) return status;
  bool in_order = true;
  for (std::size_t i = 0; i < by_id.size(); ++i) {
    const std::size_t index = by_id[i].index;
    in_order = in_order && index == i;
    if (Status status = read_devices(name, map_place(index), layers[index], out, in_order);
        !status.ok()) {
      return status;
    }
  }
  say_layers(name, by_id, in_order, out);
  infer_experts(out);
  return {};
}

}  // namespace evenkeel
