// Placement files that serving engines load. Each format is a row of one table, which the command's --export,
// the playground's menu, the module and the tests use.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/io/placements/engine_writers.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// The layers that a file has, in the order of their numbers.
enum class EngineLayers : std::uint8_t {
  all,       // of the model, from 0: the engine looks them up by number
  numbered,  // MoE layers with their numbers
  moe,       // MoE layers without numbers: the first one of the model, the second, ...
};
// "all", "numbered", "moe".
std::string_view name_of(EngineLayers layers);

struct EngineFormat {
  std::string_view name;       // as in --export NAME:PATH
  std::string_view extension;  // of its files, such as ".json"
  std::string_view sentence;   // its reader and its content
  std::string_view source;     // where the engine's reader is
  EngineLayers layers;
  bool needs_gpus;                // the placement must have the number of GPUs
  bool takes_mtp;                 // EngineMap::mtp
  std::string_view why_distinct;  // why no GPU may have two copies of an expert; empty: it may
  // The experts of a layer that the file must have but the placement has not: as the engine starts without a file.
  std::vector<std::int32_t> (*initial)(const Placement& sizes, const GpuSlots& gpu_slots);
  std::string (*write)(const EngineContent& content);  // the bytes of the file
};

// Whether its files are texts; others are arrays of numpy.
inline bool is_text(const EngineFormat& format) { return format.extension != ".npy"; }

// sglang, tensorrt-llm, vllm-ascend, vllm, vllm-assignments, omni, sglang-jax.
std::span<const EngineFormat> engine_formats();

// Finds a format by name. An unknown name is an error that lists the names.
Status find_engine_format(std::string_view name, const EngineFormat*& out);

// What a file needs beside the placement.
struct EngineMap {
  std::span<const std::int32_t> dense_layers = {};     // as in Loads
  std::span<const std::int32_t> recorded_layers = {};  // as in Loads; empty: not known
  bool numbered = false;                               // as in Loads
  // Layers for multi-token prediction, which the engine counts after the last layer of the model.
  std::int32_t mtp = 0;
  Vocabulary words = Vocabulary::command;  // of sentences

  static EngineMap of(const Loads& loads, Vocabulary words) {
    return {loads.dense_layers, loads.recorded_layers, loads.numbered, 0, words};
  }
};

// The limits of layer numbers, below this, and of EngineMap::mtp.
inline constexpr std::int32_t kMostLayerNumbers = 2 * kMaxLayers;
inline constexpr std::int32_t kMostMtpLayers = kMaxLayers;

// The file of a placement. Its layers have the numbers of the placement (without any, they count from 0), which are
// those of the model. Dense layers are left out, except where the file has all layers. Layers that a file must have
// but the placement has not, get the engine's initial placement. Errors: a placement that is not whole (placement.hpp);
// numbers beyond their limits; what the format cannot say or the engine would read wrongly: MoE layers without numbers
// of which some are missing, an unknown number of GPUs, two copies of an expert on a GPU.
Status write_engine_file(const EngineFormat& format, const Placement& placement,
                         const EngineMap& map, std::string& out);

struct EngineMessages {
  std::vector<std::string> warnings;  // what the file lacks
  std::vector<std::string> notes;     // what was assumed and added
};
// About a file that write_engine_file has written.
EngineMessages about_engine_file(const EngineFormat& format, const Placement& placement,
                                 const EngineMap& map);

// How the engine is started with a file, in one sentence: FILE, GPUS, REDUNDANT and LAYERS stand for its path and
// numbers; and with them, the path as a word for a shell.
std::string_view how_to_start(const EngineFormat& format);
std::string how_to_start(const EngineFormat& format, const Placement& placement,
                         const EngineMap& map, std::string_view path);

}  // namespace evenkeel
