#include "native/placement_input.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/text.hpp"
#include "core/io/placements/placement_io.hpp"
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

std::string numbers_text(const LayerNumbers& numbers, std::int32_t layers) {
  const std::int32_t last = numbers[static_cast<std::size_t>(layers) - 1];
  return std::to_string(numbers.first) + ":" + std::to_string(last + 1);
}

// Keeps the layers of the loads.
Status keep_layers(const std::string& path, const LoadOptions& options, const Loads& loads,
                   Placement& placement) {
  const bool chosen = options.layers != Range();
  const bool said = placement.first_layer >= 0;
  const bool as_many = placement.layers == loads.layers;
  if (!said && as_many) return {};
  // One that does not say its layers has all of the recording.
  const bool has_all = placement.layers == static_cast<std::int32_t>(loads.recorded_layers.size());
  const LayerNumbers theirs = said      ? placement.numbers()
                              : has_all ? LayerNumbers{0, loads.recorded_layers}
                                        : LayerNumbers{};
  const LayerNumbers wanted = loads.numbers();
  std::vector<std::size_t> rows;
  std::size_t row = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(loads.layers); ++i) {
    while (row < static_cast<std::size_t>(placement.layers) && theirs[row] < wanted[i]) ++row;
    if (row < static_cast<std::size_t>(placement.layers) && theirs[row] == wanted[i])
      rows.push_back(row);
  }
  if (std::ssize(rows) != loads.layers || !(chosen || as_many) || (!said && !has_all)) {
    if (said) {
      const std::string range = numbers_text(theirs, placement.layers);
      const std::string pair = "places layers " + range + ", but the loads are of layers " +
                               numbers_text(wanted, loads.layers);
      if (rows.empty()) return refuse(path, pair, ": no layer is in both");
      return refuse(path, pair, "; select layers within ", range, " with --layers");
    }
    return refuse(path, "places ", several(placement.layers, "layer"), ", but the loads have ",
                  loads.layers, "; expected the same number, or all layers before --layers");
  }
  const auto keep = [&](std::vector<std::int32_t>& all, std::int32_t width) {
    std::vector<std::int32_t> kept;
    kept.reserve(rows.size() * static_cast<std::size_t>(width));
    for (const std::size_t kept_row : rows) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(kept_row) * width;
      kept.insert(kept.end(), begin, begin + width);
    }
    all = std::move(kept);
  };
  keep(placement.phy2log, placement.slots);
  keep(placement.log2phy, placement.slots);
  keep(placement.logcnt, placement.experts);
  placement.layers = loads.layers;
  placement.first_layer = loads.first_layer;
  placement.layer_numbers = loads.layer_numbers;
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
