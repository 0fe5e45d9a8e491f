// The directory of a zip archive, such as .npz and PyTorch's .pt. Nothing is extracted: entries are parts of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/inflate.hpp"

namespace evenkeel {

struct ZipEntry {
  std::string_view name;             // only compared, never opened
  std::span<const std::byte> bytes;  // as stored in the file
  std::uint64_t size = 0;            // when inflated
  std::uint32_t crc = 0;  // of the content; 0: not known, because PyTorch can leave it out
  bool deflated = false;
};

class ZipArchive {
 public:
  // What may be inflated of one archive, all entries together.
  static constexpr std::uint64_t kMostInflated = std::uint64_t{sizeof(std::size_t) > 4 ? 4 : 1}
                                                 << 30;

  // Reads the directory, zip64 too. Entries must be within the file and apart, and have different names.
  Status open(std::span<const std::byte> bytes, std::string_view name);

  const std::vector<ZipEntry>& entries() const { return entries_; }  // ordered by name
  const ZipEntry* find(std::string_view name) const;

  // The content of an entry: a part of the file, or inflated into `room`, to at most `most` bytes. All of it is read,
  // for its checksum.
  Status read(const ZipEntry& entry, const Inflate& inflate, std::vector<std::byte>& room,
              std::span<const std::byte>& out, std::uint64_t most = kMostInflated);

 private:
  Status inflate_entry(const ZipEntry& entry, const Inflate& inflate, std::uint64_t most,
                       std::vector<std::byte>& room);
  Status read_entry(std::span<const std::byte> bytes, std::size_t& at);

  std::string name_;
  std::vector<ZipEntry> entries_;
  std::uint64_t inflated_ = 0;  // bytes, up to here
};

bool is_zip(std::span<const std::byte> bytes);

}  // namespace evenkeel
