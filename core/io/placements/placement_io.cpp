#include "core/io/placements/placement_io.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/little_endian.hpp"
#include "core/io/formats/safetensors.hpp"
#include "core/io/formats/zip.hpp"
#include "core/io/placements/placement_forms.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

bool is_pickle(std::string_view text) { return text.starts_with('\x80'); }
bool is_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

bool names_yaml(std::string_view name) {
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.remove_suffix(packed.size());
  }
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

// JSON begins with a bracket, brace, quotation mark, sign, digit or word; YAML's maps with a key, which a colon follows.
bool is_yaml(std::string_view text, std::string_view name) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (text.starts_with('{') || text.starts_with('[')) return false;
  return names_yaml(name) || text.find("initial_global_assignments") != std::string_view::npos ||
         text.find("num_slots") != std::string_view::npos;
}

Status refuse_pickle(const PlacementFile& file, Placement&, PlacementClaims&) {
  return refuse_pytorch(file.name);
}
Status refuse_safetensors(const PlacementFile& file, Placement&, PlacementClaims&) {
  return refuse(file.name,
                "a .safetensors file, from which placements are not read; save phy2log "
                "with np.save or as JSON");
}
Status refuse_utf16(const PlacementFile& file, Placement&, PlacementClaims&) {
  return refuse(file.name, "text in UTF-16; save it as UTF-8");
}

struct PlacementFormat {
  bool (*fits)(const PlacementFile& file);
  PlacementReader read;
};

// The first that fits by its content, or by its name, reads the file.
constexpr PlacementFormat kPlacementFormats[] = {
    {[](const PlacementFile& file) { return is_npy(file.bytes); }, read_placement_npy},
    {[](const PlacementFile& file) { return is_zip(file.bytes); }, read_placement_npz},
    {[](const PlacementFile& file) { return is_pickle(as_text(file.bytes)); }, refuse_pickle},
    {[](const PlacementFile& file) { return is_safetensors(file.bytes); }, refuse_safetensors},
    {[](const PlacementFile& file) { return is_utf16(as_text(file.bytes)); }, refuse_utf16},
    {[](const PlacementFile& file) { return is_yaml(as_text(file.bytes), file.name); },
     read_placement_yaml},
    {[](const PlacementFile&) { return true; }, read_placement_json},
};

// Whether rows of a number for each expert hold so many that are none that they must be loads.
bool looks_like_loads(const Placement& placement) {
  if (placement.slots != placement.experts || placement.experts < 2) return false;
  const auto is_none = [&](std::int32_t number) { return number >= placement.experts; };
  const auto none = std::count_if(placement.phy2log.begin(), placement.phy2log.end(), is_none);
  return none > std::ssize(placement.phy2log) / 2;
}

}  // namespace

std::int32_t cut_to_32_bits(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      value, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

Status refuse_pytorch(std::string_view name) {
  return refuse(name,
                "a PyTorch file (.pt), from which placements are not read; save phy2log with "
                "np.save or as JSON");
}

Status check_claim(std::string_view name, std::string_view what, std::int64_t claimed,
                   std::int64_t actual, std::string_view unit) {
  if (claimed == actual) return {};
  return refuse(name, what, " says ", claimed, " ", unit, ", but there are ", actual);
}

void number_layers(Placement& placement, std::int32_t first) {
  placement.first_layer = first;
  placement.order = LayerOrder::numbered;
}

void infer_experts(Placement& placement) {
  if (placement.experts != 0 || placement.phy2log.empty()) return;
  const std::int32_t largest =
      *std::max_element(placement.phy2log.begin(), placement.phy2log.end());
  placement.experts = std::clamp(largest, 0, kMaxExperts) + 1;
}

Status read_placement(std::span<const std::byte> bytes, std::string_view name, std::int32_t experts,
                      Placement& out, const Inflate& inflate) {
  Placement placement;
  PlacementClaims claims;
  placement.experts = experts;
  const PlacementFile file = {bytes, name, inflate};
  const PlacementFormat* format = kPlacementFormats;
  while (!format->fits(file)) ++format;
  Status status = format->read(file, placement, claims);
  if (!status.ok()) return status;
  infer_experts(placement);
  status = complete_placement(name, placement);
  if (!status.ok() && looks_like_loads(placement)) {
    return status.reworded(status.sentence() + "; these numbers look like loads of " +
                           several(placement.experts, "expert") +
                           ", not like a placement, which is named last");
  }
  if (status.ok() && !claims.logcnt.empty()) {
    status = check_logcnt(name, claims.logcnt, placement);
  }
  if (status.ok() && !claims.log2phy.empty()) {
    status = adopt_log2phy(name, claims.log2phy, placement);
  }
  placement.source = shown_name(name);
  if (status.ok()) out = std::move(placement);
  return status;
}

}  // namespace evenkeel
