#include "web/playground/exports.hpp"

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/placements/engine_files.hpp"
#include "core/io/placements/placement_io.hpp"
#include "core/io/result_json.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

std::vector<std::int64_t> wide(const std::vector<std::int32_t>& values) {
  return {values.begin(), values.end()};
}

std::vector<SavedFile> arrays(const Placement& placement) {
  const std::int64_t layers = placement.layers;
  const std::int32_t width = largest_count(placement);
  const std::int64_t by_slot[] = {layers, placement.slots};
  const std::int64_t by_expert[] = {layers, placement.experts};
  const std::int64_t by_copy[] = {layers, placement.experts, width};
  return {{"phy2log.npy", npy_int64(wide(placement.phy2log), by_slot)},
          {"log2phy.npy", npy_int64(unpack_log2phy(placement, width), by_copy)},
          {"logcnt.npy", npy_int64(wide(placement.logcnt), by_expert)}};
}

}  // namespace

std::vector<ExportFormat> export_formats() {
  std::vector<ExportFormat> formats = {
      {"placement", "Placement (JSON)",
       "shape, figures, phy2log, logcnt and log2phy; the command reads it"},
      {"npy", "Arrays (npy)", "phy2log, log2phy and logcnt, int64, for numpy and PyTorch"},
      {"table", "Comparison (CSV)", "the figures of all strategies"}};
  for (const EngineFormat& engine : engine_formats()) {
    formats.push_back({std::string(engine.name), "For " + std::string(engine.name),
                       std::string(engine.sentence), std::string(how_to_start(engine))});
  }
  return formats;
}

Status make_export(const Model& model, std::string_view format, std::int32_t mtp, Exported& out) {
  if (!model.has_result()) return Status::error("there is no placement yet");
  const WindowAnswer& window = model.window();
  if (format == "placement") {
    const NamedRules& strategy = model.answered().strategy;
    const ResultOrigin origin = {&strategy, window.backend, strategy.rules.seed,
                                 window.loads.numbers(), window.loads.numbered};
    out.files = {{"placement.json", placement_json(origin, window.shape, window.result)}};
    return {};
  }
  if (format == "npy") {
    out.files = arrays(window.result.placement);
    return {};
  }
  if (format == "table") {
    if (model.comparing()) return Status::error("the comparison is not complete yet");
    out.files = {{"comparison.csv", model.compared().csv}};
    return {};
  }
  const EngineFormat* engine = nullptr;
  if (Status status = find_engine_format(format, engine); !status.ok()) return status;
  const Placement& placement = window.result.placement;
  EngineMap map = EngineMap::of(window.loads, Vocabulary::plain);
  if (engine->takes_mtp) map.mtp = mtp;
  std::string bytes;
  if (Status status = write_engine_file(*engine, placement, map, bytes); !status.ok())
    return status;
  const std::string name =
      std::string(engine->name) + "-placement" + std::string(engine->extension);
  out.files = {{name, bytes}};
  const EngineMessages about = about_engine_file(*engine, placement, map);
  out.said = about.warnings;
  out.said.insert(out.said.end(), about.notes.begin(), about.notes.end());
  out.said.push_back(how_to_start(*engine, placement, map, name));
  return {};
}

}  // namespace evenkeel
