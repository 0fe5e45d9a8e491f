#include "native/placement_input.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/text.hpp"
#include "core/io/placements/placement_io.hpp"
#include "core/model/pair_layers.hpp"
#include "native/decompress.hpp"
#include "native/input_file.hpp"
#include "native/messages.hpp"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

Status read_placement_file(const std::string& path, std::int32_t experts, Placement& out) {
  InputFile file;
  if (Status status = file.open(path); !status.ok()) return status;
  return read_placement(file.bytes(), path == "-" ? "standard input" : path, experts, out,
                        inflate_raw);
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

}  // namespace

Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? read_placement_folder(path, experts, out)
                                         : read_placement_file(path, experts, out);
}

Status read_placement_for(const std::string& path, bool quiet, Loads& loads, Placement& out) {
  if (Status s = read_placement_path(path, loads.experts, out); !s.ok()) return s;
  return pair_placement(path, quiet, loads, out);
}

Status pair_placement(const std::string& path, bool quiet, Loads& loads, Placement& placement) {
  std::vector<std::string> notes = placement.notes;
  const Status status = pair_layers(path == "-" ? "standard input" : path, placement, loads, notes);
  for (const std::string& note : notes) say(quiet, "note", note);
  return status;
}

Status read_previous(const std::string& path, bool quiet, const Shape& shape, Loads& loads,
                     Placement& out) {
  const Status status = read_placement_for(path, quiet, loads, out);
  if (status.ok() && out.gpus == 0) {
    say(quiet, "note",
        shown_name(path, 48) + " does not say on how many GPUs its " + several(out.slots, "slot") +
            " are: taken for " + std::to_string(shape.gpus) + ", as many as now");
  }
  return status;
}

}  // namespace evenkeel
