#include "core/io/placements/engine_files.hpp"

#include <algorithm>
#include <vector>

#include "core/base/find_named.hpp"
#include "core/base/text.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

using Slots = std::span<const std::int32_t>;

// "[0, 1, 2]"
std::string list_text(Slots experts) {
  std::string text = "[";
  for (const std::int32_t expert : experts) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(expert);
  }
  return text + "]";
}

Slots layer_of(const Placement& placement, std::int32_t layer) {
  const auto slots = static_cast<std::size_t>(placement.slots);
  return Slots(placement.phy2log).subspan(static_cast<std::size_t>(layer) * slots, slots);
}

// A layer's number in the model, but for a shift.
std::int32_t number_of(const Placement& placement, std::int32_t layer) {
  return placement.first_layer < 0 ? layer : placement.numbers()[static_cast<std::size_t>(layer)];
}

// The lists of all layers in brackets, one per line.
std::string layers_text(const std::vector<std::string>& lists) {
  std::string text = "[";
  for (const std::string& list : lists) text += (text.size() > 1 ? ",\n" : "\n") + list;
  return text + "\n]";
}

// Dense layers have rows, too. The engine does not use them; they get its initial placement.
std::string write_sglang(const Placement& placement, std::int32_t shift) {
  std::vector<std::int32_t> unread(static_cast<std::size_t>(placement.slots));
  for (std::int32_t slot = 0; slot < placement.slots; ++slot) {
    unread[static_cast<std::size_t>(slot)] = slot % placement.experts;
  }
  std::vector<std::string> lists;
  for (std::int32_t i = 0; i < placement.layers; ++i) {
    lists.resize(static_cast<std::size_t>(shift + number_of(placement, i)), list_text(unread));
    lists.push_back(list_text(layer_of(placement, i)));
  }
  return "{\"physical_to_logical_map\": " + layers_text(lists) + "}\n";
}

std::string write_tensorrt_llm(const Placement& placement, std::int32_t shift) {
  std::string text =
      "num_slots: " + std::to_string(placement.slots) + "\ninitial_global_assignments:\n";
  for (std::int32_t i = 0; i < placement.layers; ++i) {
    text += "  " + std::to_string(shift + number_of(placement, i)) + ": " +
            list_text(layer_of(placement, i)) + "\n";
  }
  return text + "layer_updates_per_iter: 0\n";
}

std::string write_vllm_ascend(const Placement& placement, std::int32_t) {
  const GpuSlotTable table(placement.slots, placement.gpus);
  const GpuSlots gpu_slots = table.view();
  std::vector<std::string> lists;
  for (std::int32_t i = 0; i < placement.layers; ++i) {
    std::string text = "{\"layer_id\": " + std::to_string(i) +
                       ", \"device_count\": " + std::to_string(placement.gpus) +
                       ", \"device_list\": [";
    for (std::int32_t gpu = 0; gpu < placement.gpus; ++gpu) {
      const Slots own = layer_of(placement, i)
                            .subspan(static_cast<std::size_t>(gpu_slots.first(gpu)),
                                     static_cast<std::size_t>(gpu_slots.count(gpu)));
      text += (gpu == 0 ? "{\"device_id\": " : ", {\"device_id\": ") + std::to_string(gpu) +
              ", \"device_expert\": " + list_text(own) + "}";
    }
    lists.push_back(text + "]}");
  }
  return "{\"moe_layer_count\": " + std::to_string(placement.layers) +
         ", \"layer_list\": " + layers_text(lists) + "}\n";
}

std::string write_vllm(const Placement& placement, std::int32_t) {
  std::vector<std::string> lists;
  for (std::int32_t i = 0; i < placement.layers; ++i) {
    lists.push_back(list_text(layer_of(placement, i)));
  }
  return layers_text(lists) + "\n";
}

constexpr EngineFormat kFormats[] = {
    {"sglang", ".json",
     "SGLang's --init-expert-location: a list of slots for every layer of the model",
     "github.com/sgl-project/sglang, srt/eplb/expert_location.py", true, false, false,
     write_sglang},
    {"tensorrt-llm", ".yaml",
     "TensorRT-LLM's moe_config.load_balancer: assignments by the model's layer numbers",
     "github.com/NVIDIA/TensorRT-LLM, examples/wide_ep/ep_load_balancer", true, true, false,
     write_tensorrt_llm},
    {"vllm-ascend", ".json",
     "vllm-ascend's expert_map_path: the experts of each device and MoE layer",
     "github.com/vllm-project/vllm-ascend, ops/expert_load_balancer.py", false, false, true,
     write_vllm_ascend},
    {"vllm", ".json", "proposed for vLLM: a list of slots for each MoE layer",
     "github.com/vllm-project/vllm, #49572", false, false, false, write_vllm},
};

}  // namespace

std::span<const EngineFormat> engine_formats() { return kFormats; }

Status find_engine_format(std::string_view name, const EngineFormat*& out) {
  return find_named("engine format", name, kFormats, out);
}

Status write_engine_file(const EngineFormat& format, const Placement& placement,
                         std::int32_t first_moe_layer, std::string& out) {
  if (first_moe_layer < 0 || first_moe_layer > kMostFirstMoeLayer) {
    return refuse(format.name, "first MoE layer ", first_moe_layer, "; expected 0 to ",
                  kMostFirstMoeLayer);
  }
  if (Status status = check_placement(format.name, placement); !status.ok()) return status;
  const std::int32_t first_row = std::max(placement.first_layer, 0);
  if (!format.names_layers && first_row > 0) {
    return refuse(format.name, "a file of this format must begin with the first layer, but the ",
                  "placement begins with layer ", first_row, " of the loads; place all layers");
  }
  if (!format.counts_dense_layers && !placement.layer_numbers.empty()) {
    return refuse(
        format.name,
        "a file of this format has successive layers, but those of the placement have gaps");
  }
  const std::int32_t last = number_of(placement, placement.layers - 1);
  if (last >= kMostFirstMoeLayer + kMaxLayers) {
    return refuse(format.name, "layer number ", last, "; expected numbers below ",
                  kMostFirstMoeLayer + kMaxLayers);
  }
  if (format.names_gpus && placement.gpus == 0) {
    return refuse(format.name, "a file of this format lists GPUs, but the placement does not say ",
                  "how many there are");
  }
  out = format.write(placement, first_moe_layer);
  return {};
}

}  // namespace evenkeel
