#include "core/io/formats/zip.hpp"

#include <algorithm>
#include <limits>

#include "core/base/crc32.hpp"
#include "core/base/text.hpp"
#include "core/io/formats/little_endian.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kLocalMagic = "PK\x03\x04";
constexpr std::string_view kEntryMagic = "PK\x01\x02";
constexpr std::string_view kEndMagic = "PK\x05\x06";
constexpr std::string_view kEnd64Magic = "PK\x06\x06";
constexpr std::string_view kLocator64Magic = "PK\x06\x07";
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kEntrySize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kLongestComment = 65535;
constexpr std::uint64_t kIn64 = 0xffffffff;  // a number of 4 bytes that the zip64 field has
constexpr std::uint16_t kZip64Field = 1;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;

bool has(std::span<const std::byte> bytes, std::uint64_t at, std::string_view magic) {
  return holds(bytes, at, magic.size()) &&
         as_text(bytes.subspan(static_cast<std::size_t>(at), magic.size())) == magic;
}

// Finds the end record: the last one whose comment reaches to the end of the file.
bool find_end(std::span<const std::byte> bytes, std::size_t& at) {
  if (bytes.size() < kEndSize) return false;
  const std::size_t last = bytes.size() - kEndSize;
  const std::size_t first = last > kLongestComment ? last - kLongestComment : 0;
  for (at = last;; --at) {
    if (has(bytes, at, kEndMagic) &&
        at + kEndSize + little_endian(bytes, at + 20, 2) == bytes.size()) {
      return true;
    }
    if (at == first) return false;
  }
}

struct Sizes {
  std::uint64_t inflated;
  std::uint64_t stored;
  std::uint64_t header;
};

// Replaces the numbers that are in the zip64 field, which has only those, in this order.
bool read_zip64(std::span<const std::byte> extra, Sizes& sizes) {
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const std::uint64_t kind = little_endian(extra, at, 2);
    const std::uint64_t size = little_endian(extra, at + 2, 2);
    at += 4;
    if (size > extra.size() - at) return false;
    if (kind == kZip64Field) {
      std::size_t number = at;
      for (std::uint64_t* value : {&sizes.inflated, &sizes.stored, &sizes.header}) {
        if (*value != kIn64) continue;
        if (number + 8 > at + size) return false;
        *value = little_endian(extra, number, 8);
        number += 8;
      }
      return true;
    }
    at += static_cast<std::size_t>(size);
  }
  return false;
}

}  // namespace

bool is_zip(std::span<const std::byte> bytes) { return has(bytes, 0, kLocalMagic); }

Status ZipArchive::open(std::span<const std::byte> bytes, std::string_view name) {
  name_ = name;
  entries_.clear();
  inflated_ = 0;
  std::size_t end = 0;
  if (!find_end(bytes, end)) {
    return refuse(name, "a truncated zip archive: it has no directory at its end");
  }
  std::uint64_t count = little_endian(bytes, end + 10, 2);
  std::uint64_t at = little_endian(bytes, end + 16, 4);
  if (end >= kLocator64Size && has(bytes, end - kLocator64Size, kLocator64Magic)) {
    const std::uint64_t end64 = little_endian(bytes, end - kLocator64Size + 8, 8);
    if (!holds(bytes, end64, kEnd64Size) || !has(bytes, end64, kEnd64Magic)) {
      return refuse(name, "the zip archive's directory is damaged");
    }
    count = little_endian(bytes, static_cast<std::size_t>(end64) + 32, 8);
    at = little_endian(bytes, static_cast<std::size_t>(end64) + 48, 8);
  }
  // Each entry takes bytes of the file, which limits the memory for them.
  if (at > bytes.size() || count > (bytes.size() - at) / kEntrySize) {
    return refuse(name, "the zip archive's directory of ", count, " entries does not fit in its ",
                  bytes.size(), " bytes");
  }
  entries_.reserve(static_cast<std::size_t>(count));
  auto next = static_cast<std::size_t>(at);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (Status status = read_entry(bytes, next); !status.ok()) return status;
  }

  const auto begins = [](const ZipEntry& a, const ZipEntry& b) {
    return a.bytes.data() < b.bytes.data();
  };
  std::sort(entries_.begin(), entries_.end(), begins);
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    const ZipEntry& before = entries_[i - 1];
    if (before.bytes.data() + before.bytes.size() > entries_[i].bytes.data()) {
      return refuse(name, "the entries ", in_quotes(before.name), " and ",
                    in_quotes(entries_[i].name), " of the zip archive overlap");
    }
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    if (entries_[i - 1].name == entries_[i].name) {
      return refuse(name, "the zip archive has two entries ", in_quotes(entries_[i].name));
    }
  }
  return {};
}

Status ZipArchive::read_entry(std::span<const std::byte> bytes, std::size_t& at) {
  if (!holds(bytes, at, kEntrySize) || !has(bytes, at, kEntryMagic)) {
    return refuse(name_, "entry ", entries_.size(), " of the zip archive's directory is damaged");
  }
  const auto number = [&](std::size_t offset, std::size_t size) {
    return little_endian(bytes, at + offset, size);
  };
  const auto name_size = static_cast<std::size_t>(number(28, 2));
  const auto extra_size = static_cast<std::size_t>(number(30, 2));
  const auto comment_size = static_cast<std::size_t>(number(32, 2));
  if (!holds(bytes, at + kEntrySize, name_size + extra_size + comment_size)) {
    return refuse(name_, "entry ", entries_.size(), " of the zip archive's directory is truncated");
  }
  ZipEntry entry;
  entry.name = as_text(bytes.subspan(at + kEntrySize, name_size));
  const std::string quoted = in_quotes(entry.name);
  if ((number(8, 2) & 1) != 0) {
    return refuse(name_, "the entry ", quoted, " of the zip archive is encrypted");
  }
  const std::uint64_t method = number(10, 2);
  if (method != kStored && method != kDeflated) {
    return refuse(name_, "the entry ", quoted, " of the zip archive is compressed by method ",
                  method, "; expected 0 (none) or 8 (deflate)");
  }
  Sizes sizes = {number(24, 4), number(20, 4), number(42, 4)};
  const bool needs_64 = sizes.inflated == kIn64 || sizes.stored == kIn64 || sizes.header == kIn64;
  if (needs_64 && !read_zip64(bytes.subspan(at + kEntrySize + name_size, extra_size), sizes)) {
    return refuse(name_, "the entry ", quoted, " of the zip archive lacks its sizes");
  }
  if (!holds(bytes, sizes.header, kLocalSize) || !has(bytes, sizes.header, kLocalMagic)) {
    return refuse(name_, "the entry ", quoted, " is not where the zip archive's directory says");
  }
  // The local header's name and extra field have sizes of their own.
  const auto local = static_cast<std::size_t>(sizes.header);
  const std::uint64_t data = sizes.header + kLocalSize + little_endian(bytes, local + 26, 2) +
                             little_endian(bytes, local + 28, 2);
  if (!holds(bytes, data, sizes.stored)) {
    return refuse(name_, "the entry ", quoted, " of ", sizes.stored,
                  " bytes ends behind the zip archive of ", bytes.size());
  }
  entry.bytes =
      bytes.subspan(static_cast<std::size_t>(data), static_cast<std::size_t>(sizes.stored));
  entry.size = sizes.inflated;
  entry.crc = static_cast<std::uint32_t>(number(16, 4));
  entry.deflated = method == kDeflated;
  if (!entry.deflated && sizes.inflated != sizes.stored) {
    return refuse(name_, "the entry ", quoted, " of the zip archive has ", sizes.stored,
                  " bytes, but should have ", sizes.inflated);
  }
  entries_.push_back(entry);
  at += kEntrySize + name_size + extra_size + comment_size;
  return {};
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), name,
      [](const ZipEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return at == entries_.end() || at->name != name ? nullptr : &*at;
}

Status ZipArchive::inflate_entry(const ZipEntry& entry, const Inflate& inflate, std::uint64_t most,
                                 std::vector<std::byte>& room) {
  // Deflate cannot compress better than this.
  constexpr std::uint64_t kBestRatio = 1032;
  if (entry.size > most || entry.size / kBestRatio > entry.bytes.size()) {
    return refuse(name_, "the entry ", in_quotes(entry.name), " of ", entry.bytes.size(),
                  " bytes claims to hold ", entry.size, "; at most ", most,
                  " can be read, and at most ", kBestRatio, " times its bytes");
  }
  if (entry.size > kMostInflated - inflated_) {
    return refuse(name_, "the entry ", in_quotes(entry.name), " of ", entry.size, " bytes, after ",
                  inflated_, " of other entries; at most ", kMostInflated, " can be decompressed");
  }
  if (!inflate) {
    return refuse(name_, "the entry ", in_quotes(entry.name),
                  " is compressed, which cannot be read here; save the file without compression");
  }
  inflated_ += entry.size;
  Status status = inflate(entry.bytes, static_cast<std::size_t>(entry.size), room);
  if (!status.ok()) return refuse(name_ + ", entry " + in_quotes(entry.name), status);
  if (room.size() != entry.size) {
    return refuse(name_, "the entry ", in_quotes(entry.name), " holds ", room.size(),
                  " bytes, but should hold ", entry.size);
  }
  return {};
}

Status ZipArchive::read(const ZipEntry& entry, const Inflate& inflate, std::vector<std::byte>& room,
                        std::span<const std::byte>& out, std::uint64_t most) {
  out = entry.bytes;
  if (entry.deflated) {
    if (Status s = inflate_entry(entry, inflate, most, room); !s.ok()) return s;
    out = room;
  }
  if (entry.crc == 0 || entry.crc == crc32(out)) return {};
  return refuse(name_, "the entry ", in_quotes(entry.name),
                " is damaged: its bytes do not have the checksum that the zip archive says");
}

}  // namespace evenkeel
