#include "core/io/placements/engine_writers.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"

namespace evenkeel {
namespace {

template <class... Parts>
void add(std::string& text, const Parts&... parts) {
  (append_part(text, parts), ...);
}

// "[0, 1, 2]"
void add_list(std::string& text, std::span<const std::int32_t> experts) {
  const char* before = "[";
  for (const std::int32_t expert : experts) {
    add(text, before, expert);
    before = ", ";
  }
  text += ']';
}

// The lists of all layers, one per line; with their numbers as keys, or without.
std::string lists_text(const EngineContent& content, bool keys) {
  std::string text = keys ? "{" : "[";
  const char* before = "\n";
  for (const EngineRow& row : content.rows) {
    add(text, before);
    if (keys) add(text, "\"", row.number, "\": ");
    add_list(text, row.slots);
    before = ",\n";
  }
  return text + (keys ? "\n}" : "\n]");
}

}  // namespace

std::vector<std::int32_t> initial_round_robin(const Placement& sizes, const GpuSlots&) {
  std::vector<std::int32_t> experts(static_cast<std::size_t>(sizes.slots));
  for (std::int32_t slot = 0; slot < sizes.slots; ++slot) {
    experts[static_cast<std::size_t>(slot)] = slot % sizes.experts;
  }
  return experts;
}

std::vector<std::int32_t> initial_ranges(const Placement& sizes, const GpuSlots& gpu_slots) {
  std::vector<std::int32_t> experts(static_cast<std::size_t>(sizes.slots));
  for (std::int32_t slot = 0; slot < sizes.slots; ++slot) {
    const std::int32_t gpu = gpu_slots.gpu_of(slot);
    const std::int32_t first = gpu * sizes.experts / sizes.gpus;
    experts[static_cast<std::size_t>(slot)] = (first + slot - gpu_slots.first(gpu)) % sizes.experts;
  }
  return experts;
}

std::string write_sglang(const EngineContent& content) {
  return "{\"physical_to_logical_map\": " + lists_text(content, false) + "}\n";
}

std::string write_vllm(const EngineContent& content) { return lists_text(content, false) + "\n"; }

std::string write_vllm_assignments(const EngineContent& content) {
  return "{\"initial_global_assignments\": " + lists_text(content, true) + "}\n";
}

std::string write_tensorrt_llm(const EngineContent& content) {
  std::string text;
  add(text, "num_slots: ", content.sizes.slots, "\ninitial_global_assignments:\n");
  for (const EngineRow& row : content.rows) {
    add(text, "  ", row.number, ": ");
    add_list(text, row.slots);
    text += '\n';
  }
  return text + "layer_updates_per_iter: 0\n";
}

std::string write_vllm_ascend(const EngineContent& content) {
  const auto [sizes, gpu_slots, rows] = content;
  std::string text;
  add(text, "{\"moe_layer_count\": ", rows.size(), ", \"layer_list\": [");
  for (std::size_t layer = 0; layer < rows.size(); ++layer) {
    add(text, layer == 0 ? "\n" : ",\n", "{\"layer_id\": ", layer,
        ", \"device_count\": ", sizes.gpus, ", \"device_list\": [");
    for (std::int32_t gpu = 0; gpu < sizes.gpus; ++gpu) {
      add(text, gpu == 0 ? "" : ", ", "{\"device_id\": ", gpu, ", \"device_expert\": ");
      add_list(text, rows[layer].slots.subspan(static_cast<std::size_t>(gpu_slots.first(gpu)),
                                               static_cast<std::size_t>(gpu_slots.count(gpu))));
      text += '}';
    }
    text += "]}";
  }
  return text + "\n]}\n";
}

std::string write_sglang_jax(const EngineContent& content) {
  std::vector<std::int64_t> values(content.rows.size() *
                                   static_cast<std::size_t>(content.sizes.slots));
  auto value = values.begin();
  for (const EngineRow& row : content.rows) {
    value = std::copy(row.slots.begin(), row.slots.end(), value);
  }
  const std::int64_t shape[] = {static_cast<std::int64_t>(content.rows.size()),
                                content.sizes.slots};
  return npy_int64(values, shape);
}

// [G, L, E]: 1 where the GPU has the expert. The engine numbers the slots of a GPU by ascending expert.
std::string write_omni(const EngineContent& content) {
  const auto [sizes, gpu_slots, rows] = content;
  const auto experts = static_cast<std::size_t>(sizes.experts);
  std::vector<std::int64_t> values(static_cast<std::size_t>(sizes.gpus) * rows.size() * experts);
  for (std::size_t layer = 0; layer < rows.size(); ++layer) {
    for (std::int32_t slot = 0; slot < sizes.slots; ++slot) {
      const auto gpu = static_cast<std::size_t>(gpu_slots.gpu_of(slot));
      const auto expert =
          static_cast<std::size_t>(rows[layer].slots[static_cast<std::size_t>(slot)]);
      values[(gpu * rows.size() + layer) * experts + expert] = 1;
    }
  }
  const std::int64_t shape[] = {sizes.gpus, static_cast<std::int64_t>(rows.size()), sizes.experts};
  return npy_int64(values, shape);
}

}  // namespace evenkeel
