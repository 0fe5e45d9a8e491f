// Placements by the model's layer numbers: TensorRT-LLM's YAML, and the same as JSON, which is proposed for vLLM.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/integer_lists.hpp"
#include "core/io/formats/yaml_lines.hpp"
#include "core/io/formats/yaml_lists.hpp"
#include "core/io/placements/placement_forms.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kAssignments = "initial_global_assignments";

// More than the largest placement and a few other keys.
constexpr YamlLimits kYamlLimits = {std::size_t{128} << 20, 1024,
                                    std::size_t{kMaxLayers} * kMaxSlots};

// The layers of a file in its order.
class NumberedLayers {
 public:
  explicit NumberedLayers(std::string_view name) : name_(name) {}

  // `where` precedes the sentence of an error.
  Status add(const std::string& where, std::string_view key, std::span<const std::int32_t> slots) {
    std::uint64_t number = 0;
    // YAML 1.1 takes "010" for an octal number.
    const bool has_zeros = key.size() > 1 && key.front() == '0';
    if (has_zeros || !parse_whole(key, number) || number > kMostLayerNumber) {
      return refuse(name_, where, "the key ", in_quotes(key),
                    " is no layer; expected the model's number of a layer, 0 to ",
                    kMostLayerNumber);
    }
    const std::string layer = where + "layer " + std::to_string(number);
    if (std::ssize(layers_) == kMaxLayers) {
      return refuse(name_, layer, ": more than ", kMaxLayers, " layers");
    }
    if (slots.empty() || std::ssize(slots) > kMaxSlots) {
      return refuse(name_, layer, ": ", several(std::ssize(slots), "slot"), "; expected 1 to ",
                    kMaxSlots);
    }
    if (!layers_.empty() && slots.size() != layers_.front().second.size()) {
      return refuse(name_, layer, ": ", several(std::ssize(slots), "slot"),
                    ", but the layers before have ", layers_.front().second.size());
    }
    layers_.emplace_back(static_cast<std::int32_t>(number),
                         std::vector<std::int32_t>(slots.begin(), slots.end()));
    return {};
  }

  Status end(Placement& out) {
    if (layers_.empty()) {
      return refuse(name_, kAssignments, " has no layers; expected a list of slots for each");
    }
    std::sort(layers_.begin(), layers_.end());
    out.layers = static_cast<std::int32_t>(layers_.size());
    out.slots = static_cast<std::int32_t>(layers_.front().second.size());
    number_layers(out, layers_.front().first);
    for (const auto& [number, slots] : layers_) {
      out.layer_numbers.push_back(number);
      out.phy2log.insert(out.phy2log.end(), slots.begin(), slots.end());
    }
    if (layers_.back().first - layers_.front().first == out.layers - 1) out.layer_numbers.clear();
    infer_experts(out);
    return {};
  }

 private:
  using Layer = std::pair<std::int32_t, std::vector<std::int32_t>>;
  std::string_view name_;
  std::vector<Layer> layers_;
};

const YamlEntry* find_entry(const YamlDocument& document, std::string_view key) {
  for (const YamlEntry& entry : document.entries) {
    if (entry.level == 0 && entry.key == key) return &entry;
  }
  return nullptr;
}

std::string line_text(const YamlEntry& entry) {
  return "line " + std::to_string(entry.line) + ": ";
}

Status read_yaml_layers(std::string_view name, const YamlDocument& document,
                        const YamlEntry& assignments, Placement& out) {
  NumberedLayers layers(name);
  const std::span below(&assignments + 1, assignments.count);
  for (const YamlEntry& layer : below) {
    if (layer.kind != YamlKind::list) {
      return refuse(name, line_text(layer), "the key ", in_quotes(layer.key), " of ", kAssignments,
                    " has no list; expected the expert of each slot, as in \"3: [0, 1, 2, 0]\"");
    }
    std::vector<std::int32_t> slots;
    for (std::size_t i = 0; i < layer.count; ++i) {
      slots.push_back(cut_to_32_bits(document.numbers[layer.first + i]));
    }
    if (Status status = layers.add(line_text(layer), layer.key, slots); !status.ok()) return status;
  }
  return layers.end(out);
}

}  // namespace

Status read_placement_yaml(const PlacementFile& file, Placement& out, PlacementClaims&) {
  YamlDocument document;
  if (Status status = read_yaml_lists(file.bytes, file.name, kYamlLimits, document); !status.ok()) {
    return status;
  }
  const YamlEntry* const assignments = find_entry(document, kAssignments);
  if (assignments == nullptr) {
    return refuse(file.name, document.entries.empty() ? "empty" : "no placement",
                  "; expected TensorRT-LLM's key ", kAssignments,
                  " with a list of slots for each layer");
  }
  if (assignments->kind != YamlKind::map) {
    return refuse(file.name, line_text(*assignments), kAssignments,
                  " is not a map; expected a list of slots for each layer, by its number");
  }
  if (Status status = read_yaml_layers(file.name, document, *assignments, out); !status.ok()) {
    return status;
  }
  const YamlEntry* const slots = find_entry(document, "num_slots");
  if (slots == nullptr || (slots->kind == YamlKind::scalar && slots->scalar.empty())) return {};
  std::int64_t claimed = 0;
  if (slots->kind != YamlKind::scalar || slots->quoted ||
      !parse_yaml_integer(slots->scalar, claimed)) {
    return refuse(file.name, line_text(*slots), "num_slots is not a whole number; expected ",
                  out.slots, ", as many as in the lists");
  }
  return check_claim(file.name, line_text(*slots) + "num_slots", claimed, out.slots, "slots");
}

Status read_numbered_lists(std::string_view name, const JsonValue& document, Placement& out) {
  constexpr std::array<std::string_view, 1> kSlot = {"slot"};
  constexpr std::array<std::int32_t, 1> kMost = {kMaxSlots};
  const JsonValue assignments = *document.find(kAssignments);
  if (!assignments.is_object()) {
    return refuse(name, kAssignments, " is ", assignments.kind_name(),
                  "; expected an object with a list of slots for each layer, by its number");
  }
  NumberedLayers layers(name);
  const std::string where = std::string(kAssignments) + ": ";
  for (const auto& [key, list] : assignments.members()) {
    IntegerLists slots;
    const std::string what = where + "layer " + printable(key.substr(0, 40));
    Status status = read_integer_lists(name, what, list, kSlot, kMost, slots);
    if (status.ok()) status = layers.add(where, key, slots.values);
    if (!status.ok()) return status;
  }
  if (Status status = layers.end(out); !status.ok()) return status;
  const std::optional<JsonValue> slots = document.find("num_slots");
  if (!slots || slots->kind() == JsonKind::null) return {};
  std::int32_t claimed = 0;
  Status status = read_integer(name, "", document, "num_slots", 1, kMaxSlots, claimed);
  return status.ok() ? check_claim(name, "num_slots", claimed, out.slots, "slots") : status;
}

}  // namespace evenkeel
