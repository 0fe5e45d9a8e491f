#include "core/io/placements/engine_files.hpp"

#include "core/base/text.hpp"
#include "core/io/placements/engine_layers.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

// The numbers of an array with an axis of GPUs: 256 MiB, which the memory of the page holds several times.
constexpr std::int64_t kMostNumbers = 1 << 25;

std::string_view how_to_place_all(Vocabulary words) {
  return words == Vocabulary::command ? "place all layers, without --layers"
         : words == Vocabulary::script
             ? "place all layers, or name those without experts in dense_layers"
             : "place all layers";
}

// MoE layers without numbers: none may be missing before the last. Layers for multi-token prediction follow the last
// one that was recorded, so then all must be there.
Status check_missing(const EngineFormat& format, const PlacedLayers& layers, const EngineMap& map) {
  if (layers.missing.empty()) return {};
  const std::int32_t missing = layers.missing.front();
  if (format.layers == EngineLayers::moe && missing <= layers.last_moe) {
    return refuse(format.name,
                  "a file of this format begins with the first MoE layer of the model and has all "
                  "that follow, but the placement lacks layer ",
                  missing, "; ", how_to_place_all(map.words));
  }
  if (map.mtp > 0 && !map.recorded_layers.empty()) {
    return refuse(format.name, "layers for multi-token prediction follow layer ", layers.last,
                  ", the last one of the recording, but the placement lacks layer ", missing, "; ",
                  how_to_place_all(map.words));
  }
  return {};
}

// No GPU may have two copies of an expert.
Status check_distinct(const EngineFormat& format, const EngineContent& content, Vocabulary words) {
  const auto [sizes, gpu_slots, rows] = content;
  for (const EngineRow& row : rows) {
    LayerList last_gpu(static_cast<std::size_t>(sizes.experts), -1);
    for (std::size_t slot = 0; slot < row.slots.size(); ++slot) {
      const std::int32_t gpu = gpu_slots.gpu_of(static_cast<int>(slot));
      std::int32_t& last = last_gpu[static_cast<std::size_t>(row.slots[slot])];
      if (last != gpu) {
        last = gpu;
        continue;
      }
      const std::int32_t most = sizes.experts * sizes.gpus;
      std::string cure = words == Vocabulary::command ? "use --apart" : "use the stage \"apart\"";
      if (sizes.slots > most) {
        cure = "some must share with more than " + std::to_string(most) +
               " slots a layer (experts x GPUs), so use fewer";
      }
      return refuse(format.name, "layer ", row.number, ": GPU ", gpu, " has two copies of expert ",
                    row.slots[slot], ", but ", format.why_distinct, "; ", cure);
    }
  }
  return {};
}

// initial: of a layer that the file has and the placement has not. Returns the number of layers.
std::size_t fill_rows(const EngineFormat& format, const Placement& placement,
                      const PlacedLayers& layers, const EngineMap& map,
                      std::span<const std::int32_t> initial, std::span<EngineRow> rows) {
  const bool all = format.layers == EngineLayers::all;
  const auto slots = static_cast<std::size_t>(placement.slots);
  std::size_t end = 0;
  if (all) {
    for (; end < static_cast<std::size_t>(layers.last) + 1; ++end) {
      rows[end] = {static_cast<std::int32_t>(end), initial};
    }
  }
  for (std::size_t i = 0; i < layers.placed.size(); ++i) {
    const std::int32_t number = layers.placed[i];
    if (!all && has_layer(map.dense_layers, number)) continue;
    rows[all ? static_cast<std::size_t>(number) : end++] = {
        number, std::span(placement.phy2log).subspan(i * slots, slots)};
  }
  for (std::int32_t i = 1; i <= map.mtp; ++i) rows[end++] = {layers.last + i, initial};
  return end;
}

Status check_request(const EngineFormat& format, const Placement& placement, const EngineMap& map) {
  if (map.mtp < 0 || map.mtp > kMostMtpLayers) {
    return refuse(format.name, "mtp is ", map.mtp, "; expected 0 to ", kMostMtpLayers);
  }
  if (map.mtp > 0 && !format.takes_mtp) {
    return refuse(format.name, "a file of this format has no layers for multi-token prediction");
  }
  if (Status status = check_placement(format.name, placement); !status.ok()) return status;
  if ((format.needs_gpus || map.mtp > 0) && placement.gpus == 0) {
    return refuse(format.name, "a file of this format depends on the number of GPUs, but the ",
                  "placement does not say how many there are");
  }
  const std::int64_t numbers = std::int64_t{placement.gpus} * placement.layers * placement.experts;
  if (format.needs_gpus && !is_text(format) && numbers > kMostNumbers) {
    return refuse(format.name, "an array of GPUs, layers and experts has ", numbers,
                  " numbers; expected at most ", kMostNumbers);
  }
  return {};
}

}  // namespace

Status write_engine_file(const EngineFormat& format, const Placement& placement,
                         const EngineMap& map, std::string& out) {
  if (Status status = check_request(format, placement, map); !status.ok()) return status;
  const PlacedLayers layers = placed_layers(placement, map);
  if (layers.last >= kMostLayerNumbers) {
    return refuse(format.name, "layer number ", layers.last, "; expected numbers below ",
                  kMostLayerNumbers);
  }
  if (layers.last_moe < 0) {
    return refuse(format.name, "all layers of the placement are dense; place MoE layers");
  }
  if (Status status = check_missing(format, layers, map); !status.ok()) return status;
  GpuSlotTable table;
  if (placement.gpus != 0) table = GpuSlotTable(placement.slots, placement.gpus);
  LayerList initial;
  if (format.layers == EngineLayers::all || map.mtp > 0) {
    initial = format.initial(placement, table.view());
  }
  std::vector<EngineRow> rows(kMostLayerNumbers + kMostMtpLayers);
  const std::size_t count = fill_rows(format, placement, layers, map, initial, rows);
  const EngineContent content = {placement, table.view(), std::span(rows).first(count)};
  if (!format.why_distinct.empty()) {
    if (Status status = check_distinct(format, content, map.words); !status.ok()) return status;
  }
  out = format.write(content);
  return {};
}

}  // namespace evenkeel
