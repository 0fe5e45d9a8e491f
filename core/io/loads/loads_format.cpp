#include "core/io/loads/loads_format.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/formats/safetensors.hpp"
#include "core/io/formats/zip.hpp"
#include "core/io/loads/other_text.hpp"

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

constexpr LoadsFormat kNpy = {".npy", add_npy};
constexpr LoadsFormat kZip = {"zip archive", add_zip, rank_in_pickle};
constexpr LoadsFormat kTorchStream = {".pt", add_torch_stream, rank_in_pickle};
constexpr LoadsFormat kSafetensors = {".safetensors", add_safetensors};
constexpr LoadsFormat kJson = {"JSON", add_json, rank_in_json};
constexpr LoadsFormat kCsv = {"CSV", add_csv, rank_in_csv, leaves_out_zeros_in_csv};

// "rank3", "rank_3" or "rank-3" in the file's name, or the end of SGLang's
// expert_distribution_recorder_{time}_{rank}.pt; -1: neither.
std::int64_t rank_in_name(std::string_view name) {
  name = name.substr(name.find_last_of('/') + 1);
  const auto number_at = [&](std::size_t begin) -> std::int64_t {
    std::size_t end = begin;
    while (end < name.size() && name[end] >= '0' && name[end] <= '9') ++end;
    std::uint64_t number = 0;
    return end - begin < 10 && parse_whole(name.substr(begin, end - begin), number)
               ? static_cast<std::int64_t>(number)
               : -1;
  };
  for (std::size_t at = name.find("rank"); at != std::string_view::npos;
       at = name.find("rank", at + 1)) {
    std::size_t begin = at + 4;
    if (begin < name.size() && (name[begin] == '_' || name[begin] == '-')) ++begin;
    if (const std::int64_t rank = number_at(begin); rank >= 0) return rank;
  }
  constexpr std::string_view kRecorder = "expert_distribution_recorder_";
  if (!name.starts_with(kRecorder)) return -1;
  const std::size_t line = name.find('_', kRecorder.size());
  return line == std::string_view::npos ? -1 : number_at(line + 1);
}

}  // namespace

Status recognise(const RecordedFile& file, const LoadsFormat*& out) {
  const auto [name, bytes] = file;
  const auto as = [&](const LoadsFormat& format) {
    out = &format;
    return Status();
  };
  if (bytes.empty()) {
    return refuse(name, "empty; expected recorded loads");
  }
  if (is_zip(bytes)) return as(kZip);
  if (is_torch_stream(bytes)) return as(kTorchStream);
  if (is_npy(bytes)) return as(kNpy);
  if (is_safetensors(bytes)) return as(kSafetensors);
  if (begins_with(bytes, "\x1f\x8b") || begins_with(bytes, "\x28\xb5\x2f\xfd")) {
    return refuse(
        name,
        "compressed; decompress it first, for example with zcat or zstdcat into standard input "
        "(-)");
  }
  if (has_extension(name, ".npy")) return as(kNpy);
  for (const char* extension : {".json", ".jsonl", ".ndjson"}) {
    if (has_extension(name, extension)) return as(kJson);
  }
  if (Status status = refuse_other_text(name, bytes); !status.ok()) return status;
  if (has_extension(name, ".csv") || has_extension(name, ".tsv")) return as(kCsv);
  if (begins_like_json(bytes)) return as(kJson);
  if (std::find(bytes.begin(), bytes.end(), std::byte{0}) != bytes.end()) {
    return refuse(name, "in no format that is read here: it contains bytes that are not text");
  }
  return as(kCsv);
}

bool is_plain_npy(const RecordedFile& file) {
  std::span<const std::byte> pickled;
  return is_npy(file.bytes) && !is_pickled_npy(file.bytes, pickled);
}

std::int64_t rank_of(const RecordedFile& file, const LoadsFormat& format,
                     const ReadOptions& options) {
  if (format.rank != nullptr) {
    if (const std::int64_t rank = format.rank(file, options); rank >= 0) return rank;
  }
  return rank_in_name(file.name);
}

bool leaves_out_zeros_in_csv(const RecordedFile& file) { return is_sparse_csv(file.bytes); }

bool leaves_out_zeros(const RecordedFile& file, const LoadsFormat& format) {
  return format.leaves_out_zeros != nullptr && format.leaves_out_zeros(file);
}

}  // namespace evenkeel
