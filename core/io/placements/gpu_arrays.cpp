#include "core/io/placements/gpu_arrays.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/placements/placement_forms.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

struct GpuForm {
  std::string_view axes;
  Status (*read)(std::string_view name, const IntegerArray& array, Placement& out);
};

std::string cell_text(std::int64_t layer, std::int64_t gpu) {
  return "layer " + std::to_string(layer) + ", GPU " + std::to_string(gpu);
}

// Sizes of a placement; slots: of one GPU.
Status set_sizes(std::string_view name, std::int64_t layers, std::int64_t gpus, std::int64_t slots,
                 Placement& out) {
  if (layers > kMaxLayers || gpus > kMaxGpus || slots > kMaxSlots || gpus * slots > kMaxSlots) {
    return refuse(name, layers, " layers, ", gpus, " GPUs and ", slots,
                  " slots on each; expected at most ", kMaxLayers, " layers, ", kMaxGpus,
                  " GPUs and ", kMaxSlots, " slots in all");
  }
  out.layers = static_cast<std::int32_t>(layers);
  out.gpus = static_cast<std::int32_t>(gpus);
  out.slots = static_cast<std::int32_t>(gpus * slots);
  out.phy2log.assign(static_cast<std::size_t>(layers * gpus * slots), -1);
  return {};
}

// The last axis must be that of the experts.
Status set_experts(std::string_view name, std::int64_t experts, Placement& out) {
  if (experts > kMaxExperts || (out.experts != 0 && experts != out.experts)) {
    return refuse(name, "the last axis has ", experts, " experts; expected ",
                  out.experts != 0 ? "" : "at most ", out.experts != 0 ? out.experts : kMaxExperts);
  }
  out.experts = static_cast<std::int32_t>(experts);
  return {};
}

// [layers, GPUs, slots of a GPU]
Status read_expert_of_slot(std::string_view name, const IntegerArray& array, Placement& out) {
  const auto [layers, gpus, slots] = array.shape;
  if (Status status = set_sizes(name, layers, gpus, slots, out); !status.ok()) return status;
  for (std::size_t i = 0; i < out.phy2log.size(); ++i) {
    out.phy2log[i] = cut_to_32_bits(array.at(i));
    if (out.phy2log[i] != -1) continue;
    const auto cell = static_cast<std::int64_t>(i);
    return refuse(
        name, cell_text(cell / (gpus * slots), cell / slots % gpus), ", slot ", cell % slots,
        ": -1, an empty slot; expected an expert in each slot, so put a copy of one there");
  }
  infer_experts(out);
  return {};
}

// The experts of one GPU by slot, from the slot of each expert.
Status invert_slots(std::string_view name, const std::string& place, const IntegerArray& array,
                    std::size_t first, std::vector<std::int32_t>& out) {
  const auto experts = static_cast<std::size_t>(array.shape[2]);
  std::size_t count = 0;
  for (std::size_t expert = 0; expert < experts; ++expert) {
    const std::int64_t slot = array.at(first + expert);
    if (slot < -1 || slot >= array.shape[2]) {
      return refuse(name, place, ", expert ", expert, ": ", slot,
                    "; expected its slot on the GPU, or -1 where it is not");
    }
    if (slot >= 0) ++count;
  }
  out.assign(count, -1);
  for (std::size_t expert = 0; expert < experts; ++expert) {
    const std::int64_t slot = array.at(first + expert);
    if (slot < 0) continue;
    if (slot >= static_cast<std::int64_t>(count) || out[static_cast<std::size_t>(slot)] >= 0) {
      return refuse(
          name, place, ", expert ", expert, ": slot ", slot, " of a GPU with ",
          several(static_cast<std::int64_t>(count), "expert"),
          "; expected each slot from 0 on once (two copies of an expert on one GPU cannot "
          "be said in this form)");
    }
    out[static_cast<std::size_t>(slot)] = static_cast<std::int32_t>(expert);
  }
  return {};
}

// The experts of one GPU by slot, from an array of 0 and 1.
Status list_ones(std::string_view name, const std::string& place, const IntegerArray& array,
                 std::size_t first, std::vector<std::int32_t>& out) {
  out.clear();
  for (std::int64_t expert = 0; expert < array.shape[2]; ++expert) {
    const std::int64_t value = array.at(first + static_cast<std::size_t>(expert));
    if (value != 0 && value != 1) {
      return refuse(name, place, ", expert ", expert, ": ", value, "; expected 0 or 1");
    }
    if (value == 1) out.push_back(static_cast<std::int32_t>(expert));
  }
  return {};
}

// An array whose last axis is that of experts; gpus_first: [GPUs, layers, experts] of 0 and 1.
Status read_by_expert(std::string_view name, const IntegerArray& array, bool gpus_first,
                      Placement& out) {
  const std::int64_t layers = array.shape[gpus_first ? 1 : 0];
  const std::int64_t gpus = array.shape[gpus_first ? 0 : 1];
  if (Status status = set_experts(name, array.shape[2], out); !status.ok()) return status;
  std::vector<std::int32_t> slots;
  std::size_t on_each = 0;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    for (std::int64_t gpu = 0; gpu < gpus; ++gpu) {
      const std::int64_t row = gpus_first ? gpu * layers + layer : layer * gpus + gpu;
      const auto first = static_cast<std::size_t>(row * array.shape[2]);
      const std::string place = cell_text(layer, gpu);
      Status status = gpus_first ? list_ones(name, place, array, first, slots)
                                 : invert_slots(name, place, array, first, slots);
      if (!status.ok()) return status;
      if (layer == 0 && gpu == 0) {
        on_each = slots.size();
        status = set_sizes(name, layers, gpus, static_cast<std::int64_t>(on_each), out);
        if (!status.ok()) return status;
      }
      if (slots.size() != on_each || slots.empty()) {
        return refuse(name, place, ": ", several(std::ssize(slots), "expert"), "; expected ",
                      on_each == 0 ? "at least one" : "as many as on the GPUs before, ",
                      on_each == 0 ? "" : std::to_string(on_each));
      }
      std::copy(slots.begin(), slots.end(),
                out.phy2log.begin() + (layer * gpus + gpu) * static_cast<std::int64_t>(on_each));
    }
  }
  return {};
}

constexpr GpuForm kGpuForms[] = {
    {"[layers, GPUs, slots of a GPU]", read_expert_of_slot},
    {"[layers, GPUs, experts] with the slot of each expert, or -1",
     [](std::string_view name, const IntegerArray& array, Placement& out) {
       return read_by_expert(name, array, false, out);
     }},
    {"[GPUs, layers, experts] of 0 and 1, as OmniPlacement's",
     [](std::string_view name, const IntegerArray& array, Placement& out) {
       out.order = LayerOrder::moe;  // the engine counts MoE layers
       return read_by_expert(name, array, true, out);
     }},
};
constexpr std::size_t kSlotsForm = 0, kMapForm = 1, kOnesForm = 2;

// Which form an array that fits none was meant to have.
std::size_t likely_form(const IntegerArray& array, std::int32_t experts) {
  const auto [a, b, c] = array.shape;
  std::int64_t least = 0, most = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(a * b * c); ++i) {
    least = std::min(least, array.at(i));
    most = std::max(most, array.at(i));
  }
  if (least == 0 && most <= 1) return kOnesForm;
  return least < 0 && (experts == 0 || c == experts) ? kMapForm : kSlotsForm;
}

std::string sizes_text(const Placement& placement) {
  return several(placement.layers, "layer") + ", " + several(placement.gpus, "GPU") + ", " +
         several(placement.slots / placement.gpus, "slot") + " on each, " +
         several(placement.experts, "expert");
}

}  // namespace

Status read_gpu_array(std::string_view name, const IntegerArray& array, Placement& out) {
  Placement found;
  std::size_t form = std::size(kGpuForms);
  for (std::size_t i = 0; i < std::size(kGpuForms); ++i) {
    Placement placement = out;
    Status status = kGpuForms[i].read(name, array, placement);
    if (status.ok()) status = complete_placement(name, placement);
    if (!status.ok()) continue;
    if (form == std::size(kGpuForms)) {
      form = i;
      found = std::move(placement);
    } else if (placement.layers != found.layers || placement.gpus != found.gpus ||
               placement.experts != found.experts || placement.phy2log != found.phy2log) {
      return refuse(name, "the array fits two forms: ", kGpuForms[form].axes, " (",
                    sizes_text(found), ") and ", kGpuForms[i].axes, " (", sizes_text(placement),
                    "); save it with two axes, [layers, slots] with the expert of each slot, for "
                    "the first as array.reshape(len(array), -1)");
    }
  }
  if (form == std::size(kGpuForms)) {
    const GpuForm& likely = kGpuForms[likely_form(array, out.experts)];
    Placement placement = out;
    Status status = likely.read(name, array, placement);
    if (status.ok()) status = complete_placement(name, placement);
    return status.reworded(status.sentence() + "; read as " + std::string(likely.axes));
  }
  found.notes.push_back(shown_name(name) + ": read as " + std::string(kGpuForms[form].axes) + ": " +
                        sizes_text(found));
  out = std::move(found);
  return {};
}

void set_same_layers(std::string_view name, std::vector<std::int32_t> slots, Placement& out) {
  out.layers = 1;
  out.slots = static_cast<std::int32_t>(slots.size());
  out.phy2log = std::move(slots);
  out.order = LayerOrder::same;
  infer_experts(out);
  out.notes.push_back(shown_name(name) + ": one list of " + several(out.slots, "slot") +
                      ", the same for all layers");
}

}  // namespace evenkeel
