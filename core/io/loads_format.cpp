#include "core/io/loads_format.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/text.hpp"
#include "core/io/npy.hpp"

namespace evenkeel {
namespace {

// Whether the name ends with `extension` (lower case), ignoring case.
bool ends_with(std::string_view name, std::string_view extension) {
  if (name.size() < extension.size()) return false;
  name.remove_prefix(name.size() - extension.size());
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] + 32) : name[i];
    if (c != extension[i]) return false;
  }
  return true;
}

// The same before the extension of a compressed file: what is read has been decompressed.
bool has_extension(std::string_view name, std::string_view extension) {
  for (const std::string_view compressed : {".gz", ".gzip", ".zst", ".zstd"}) {
    if (!ends_with(name, compressed)) continue;
    name.remove_suffix(compressed.size());
    break;
  }
  return ends_with(name, extension);
}

bool begins_like_json(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    const char c = static_cast<char>(byte);
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    return c == '{' || c == '[';
  }
  return false;
}

bool begins_with(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

bool leaves_out_zeros_in_csv(const RecordedFile& file) { return is_sparse_csv(file.bytes); }

constexpr LoadsFormat kNpy = {".npy", add_npy};
constexpr LoadsFormat kJson = {"JSON", add_json};
constexpr LoadsFormat kCsv = {"CSV", add_csv, nullptr, leaves_out_zeros_in_csv};

}  // namespace

Status recognise(const RecordedFile& file, const LoadsFormat*& out) {
  const auto [name, bytes] = file;
  const auto as = [&](const LoadsFormat& format) {
    out = &format;
    return Status();
  };
  if (bytes.empty()) {
    return refuse(name, "empty; expected recorded loads as .npy, JSON or CSV");
  }
  if (begins_with(bytes, "PK\x03\x04")) {
    return refuse(
        name,
        "a zip archive, such as .npz or PyTorch's .pt; save only the array, for example with "
        "np.save(\"loads.npy\", torch.load(\"recorded.pt\")[\"logical_count\"].numpy())");
  }
  if (begins_with(bytes, "\x1f\x8b") || begins_with(bytes, "\x28\xb5\x2f\xfd")) {
    return refuse(
        name,
        "compressed; decompress it first, for example with zcat or zstdcat into standard input "
        "(-)");
  }
  if (has_extension(name, ".npy")) return as(kNpy);
  if (has_extension(name, ".json")) return as(kJson);
  if (has_extension(name, ".csv")) return as(kCsv);
  if (is_npy(bytes)) return as(kNpy);
  if (begins_like_json(bytes)) return as(kJson);
  if (std::find(bytes.begin(), bytes.end(), std::byte{0}) != bytes.end()) {
    return refuse(name, "not .npy, JSON or CSV: it contains bytes that are not text");
  }
  return as(kCsv);
}

std::int64_t rank_of(const RecordedFile& file, const LoadsFormat& format) {
  if (format.rank != nullptr) {
    if (const std::int64_t rank = format.rank(file); rank >= 0) return rank;
  }
  return -1;
}

bool leaves_out_zeros(const RecordedFile& file, const LoadsFormat& format) {
  return format.leaves_out_zeros != nullptr && format.leaves_out_zeros(file);
}

std::vector<std::string> suspicions(const Loads&) { return {}; }

}  // namespace evenkeel
