#include "native/placement_input.hpp"

#include <cstddef>
#include <filesystem>

#include "core/base/text.hpp"
#include "core/io/placement_io.hpp"
#include "native/input_file.hpp"

namespace evenkeel {
namespace {

Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  const std::string file_path = folder ? (fs::path(path) / "phy2log.npy").string() : path;
  InputFile file;
  if (Status status = file.open(file_path); !status.ok()) return status;
  const std::string name = path == "-" ? "standard input" : file_path;
  if (Status status = read_placement(file.bytes(), name, experts, out); !status.ok()) return status;
  // The copies' numbers are part of a placement, and of its hash.
  const std::string log2phy_path = (fs::path(path) / "log2phy.npy").string();
  if (!folder || !fs::exists(log2phy_path, ignored)) return {};
  InputFile log2phy;
  if (Status status = log2phy.open(log2phy_path); !status.ok()) return status;
  return read_log2phy_npy(log2phy.bytes(), log2phy_path, out);
}

// Keeps the layers of the loads.
Status keep_layers(const std::string& path, const LoadOptions& options, const Loads& loads,
                   Placement& placement) {
  const Range all;
  const bool chosen = options.layers.begin != all.begin || options.layers.end != all.end;
  const bool said = placement.first_layer >= 0;
  const bool as_many = placement.layers == loads.layers;
  const std::int32_t first =
      said ? placement.first_layer : (as_many ? loads.first_layer : std::int32_t{0});
  const std::int32_t end = loads.first_layer + loads.layers;
  const bool has_them = first <= loads.first_layer && end <= first + placement.layers;
  if (!has_them || !(chosen || as_many)) {
    const std::string range =
        std::to_string(first) + ":" + std::to_string(first + placement.layers);
    if (said) {
      return refuse(path, "places layers ", range, ", but the loads are of layers ",
                    loads.first_layer, ":", end, "; select layers within ", range,
                    " with --layers");
    }
    return refuse(path, "places ", placement.layers, " layers, but the loads have ", loads.layers,
                  "; expected the same number, or all layers before --layers");
  }
  const auto keep = [&](std::vector<std::int32_t>& rows, std::int32_t width) {
    const auto row = [&](std::int32_t layer) {
      return rows.begin() + std::ptrdiff_t{layer - first} * width;
    };
    rows = {row(loads.first_layer), row(end)};
  };
  keep(placement.phy2log, placement.slots);
  keep(placement.log2phy, placement.slots);
  keep(placement.logcnt, placement.experts);
  placement.layers = loads.layers;
  placement.first_layer = loads.first_layer;
  return {};
}

}  // namespace

Status read_placement_for(const std::string& path, const LoadOptions& options, const Loads& loads,
                          Placement& out) {
  Status status = read_placement_path(path, loads.experts, out);
  return status.ok() ? keep_layers(path, options, loads, out) : status;
}

}  // namespace evenkeel
