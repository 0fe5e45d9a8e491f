// Placements as .npy, and as the arrays of a .npz.
#include <algorithm>
#include <string>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/formats/zip.hpp"
#include "core/io/placements/gpu_arrays.hpp"
#include "core/io/placements/placement_forms.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

// What one array of a .npz may hold when inflated: more than the largest array of GPUs with 16-bit numbers.
constexpr std::uint64_t kMostOfEntry = std::uint64_t{256} << 20;

Status read_placement_array(std::span<const std::byte> bytes, std::string_view name,
                            Placement& out) {
  NpyArray array;
  const NpyWanted wanted = {1, 3,
                            "phy2log as [layers, slots], or an array with an axis of GPUs as "
                            "[layers, GPUs, slots], [layers, GPUs, experts] or [GPUs, layers, "
                            "experts]"};
  if (Status status = parse_npy(bytes, name, wanted, array); !status.ok()) return status;
  if (array.kind == ElementKind::real) {
    return refuse(name, "dtype ", array.dtype,
                  " is not an integer type; convert phy2log with "
                  ".astype(np.int64)");
  }
  if (array.dimensions == 3) return read_gpu_array(name, {array.shape, &array, {}}, out);
  const bool one_row = array.dimensions == 1;
  const std::int64_t layers = one_row ? 1 : array.shape[0];
  const std::int64_t slots = array.shape[one_row ? 0 : 1];
  const std::int32_t experts = std::max(out.experts, 1);  // 0: not known yet
  if (Status status = check_limits(name, layers, experts, slots); !status.ok()) return status;
  std::vector<std::int32_t> phy2log(static_cast<std::size_t>(layers * slots));
  for (std::size_t i = 0; i < phy2log.size(); ++i) {
    phy2log[i] = cut_to_32_bits(integer_at(array, i));  // complete_placement reports what is cut
  }
  if (one_row) {
    set_same_layers(name, std::move(phy2log), out);
    return {};
  }
  out.layers = static_cast<std::int32_t>(layers);
  out.slots = static_cast<std::int32_t>(slots);
  out.phy2log = std::move(phy2log);
  infer_experts(out);
  return {};
}

// The array that is phy2log: the one of this name, or the only one.
Status find_phy2log(const ZipArchive& archive, std::string_view name, const ZipEntry*& out) {
  const auto is_pytorch = [](const ZipEntry& entry) { return entry.name.ends_with("data.pkl"); };
  if (std::any_of(archive.entries().begin(), archive.entries().end(), is_pytorch)) {
    return refuse_pytorch(name);
  }
  out = archive.find("phy2log.npy");
  if (out == nullptr && archive.entries().size() == 1) out = &archive.entries().front();
  if (out != nullptr) return {};
  return refuse(name, several(std::ssize(archive.entries()), "file"),
                ", none of which is phy2log.npy; expected it, or one array alone");
}

}  // namespace

Status read_placement_npy(const PlacementFile& file, Placement& out, PlacementClaims&) {
  return read_placement_array(file.bytes, file.name, out);
}

Status read_placement_npz(const PlacementFile& file, Placement& out, PlacementClaims& claims) {
  ZipArchive archive;
  if (Status status = archive.open(file.bytes, file.name); !status.ok()) return status;
  const ZipEntry* phy2log = nullptr;
  if (Status status = find_phy2log(archive, file.name, phy2log); !status.ok()) return status;
  const auto read = [&](const ZipEntry& entry, auto use) {
    std::vector<std::byte> room;
    std::span<const std::byte> bytes;
    Status status = archive.read(entry, file.inflate, room, bytes, kMostOfEntry);
    if (!status.ok()) return status;
    return use(bytes, shown_name(file.name) + ", " + printable(entry.name.substr(0, 40)));
  };
  Status status = read(*phy2log, [&](std::span<const std::byte> bytes, const std::string& name) {
    return read_placement_array(bytes, name, out);
  });
  if (phy2log->name != "phy2log.npy") return status;
  if (const ZipEntry* const entry = archive.find("log2phy.npy"); status.ok() && entry != nullptr) {
    status = read(*entry, [&](std::span<const std::byte> bytes, const std::string& name) {
      return read_log2phy_values(bytes, name, out, claims.log2phy);
    });
  }
  if (const ZipEntry* const entry = archive.find("logcnt.npy"); status.ok() && entry != nullptr) {
    status = read(*entry, [&](std::span<const std::byte> bytes, const std::string& name) {
      return read_logcnt_values(bytes, name, out, claims.logcnt);
    });
  }
  return status;
}

}  // namespace evenkeel
