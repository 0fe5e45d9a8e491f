// The contents of engines' placement files, from layers that are already chosen and checked (engine_files.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/model/gpu_slots.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// A layer of a file.
struct EngineRow {
  std::int32_t number = 0;              // in the model
  std::span<const std::int32_t> slots;  // [P] the expert in each
};

struct EngineContent {
  const Placement& sizes;  // its experts, slots and GPUs
  GpuSlots gpu_slots;      // empty where the number of GPUs is not known
  std::span<const EngineRow> rows;
};

std::string write_sglang(const EngineContent& content);
std::string write_sglang_jax(const EngineContent& content);
std::string write_tensorrt_llm(const EngineContent& content);
std::string write_vllm(const EngineContent& content);
std::string write_vllm_assignments(const EngineContent& content);
std::string write_vllm_ascend(const EngineContent& content);
std::string write_omni(const EngineContent& content);

// How engines start: slot s has expert s mod E; or, in TensorRT-LLM, rank r has the experts from r E / G on, rounded
// down.
std::vector<std::int32_t> initial_round_robin(const Placement& sizes, const GpuSlots& gpu_slots);
std::vector<std::int32_t> initial_ranges(const Placement& sizes, const GpuSlots& gpu_slots);

}  // namespace evenkeel
