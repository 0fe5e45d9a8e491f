#include "native/placement_input.hpp"

#include <cstddef>
#include <filesystem>

#include "core/base/text.hpp"
#include "core/io/placement_io.hpp"
#include "native/input_file.hpp"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

Status read_placement_file(const std::string& path, std::int32_t experts, Placement& out) {
  InputFile file;
  if (Status status = file.open(path); !status.ok()) return status;
  return read_placement(file.bytes(), path == "-" ? "standard input" : path, experts, out);
}

// Whether the folder has this array. Links and files that cannot be read are there, so that opening them says why.
bool has(const fs::path& array) {
  std::error_code ignored;
  return fs::symlink_status(array, ignored).type() != fs::file_type::not_found;
}

// Reads phy2log and, where they are there, the other two arrays: the copies' numbers are part of a placement and of its
// hash, and three arrays that disagree may be of two runs.
Status read_placement_folder(const fs::path& folder, std::int32_t experts, Placement& out) {
  Status status = read_placement_file((folder / "phy2log.npy").string(), experts, out);
  if (!status.ok()) return status;
  const fs::path log2phy = folder / "log2phy.npy";
  if (InputFile file; has(log2phy)) {
    status = file.open(log2phy.string());
    if (status.ok()) status = read_log2phy_npy(file.bytes(), log2phy.string(), out);
    if (!status.ok()) return status;
  }
  const fs::path logcnt = folder / "logcnt.npy";
  if (InputFile file; has(logcnt)) {
    status = file.open(logcnt.string());
    if (status.ok()) status = check_logcnt_npy(file.bytes(), logcnt.string(), out);
  }
  return status;
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
    return refuse(path, "places ", several(placement.layers, "layer"), ", but the loads have ",
                  loads.layers, "; expected the same number, or all layers before --layers");
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

Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? read_placement_folder(path, experts, out)
                                         : read_placement_file(path, experts, out);
}

Status read_placement_for(const std::string& path, const LoadOptions& options, const Loads& loads,
                          Placement& out) {
  Status status = read_placement_path(path, loads.experts, out);
  return status.ok() ? keep_layers(path, options, loads, out) : status;
}

}  // namespace evenkeel
