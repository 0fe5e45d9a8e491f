#include "native/decompress.hpp"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>

namespace evenkeel {
namespace {

// zlib counts in 32 bits.
uInt count_of(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

// zlib's state: of gzip members or of raw deflate data.
class Inflater {
 public:
  explicit Inflater(int window_bits) : made_(::inflateInit2(&stream_, window_bits)) {}
  ~Inflater() {
    if (made_ == Z_OK) ::inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Inflates until `packed` is empty, `room` is full, or the data end; the next call then begins a new member.
  Status call(std::span<const std::byte> packed, std::span<std::byte> room, std::size_t& consumed,
              std::size_t& produced, bool& ends) {
    if (made_ != Z_OK) return failure(made_);
    // zlib does not change its input; its pointer is not const for historical reasons.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream_.avail_in = count_of(packed.size());
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = count_of(room.size());
    const int code = ::inflate(&stream_, Z_NO_FLUSH);
    consumed = count_of(packed.size()) - stream_.avail_in;
    produced = count_of(room.size()) - stream_.avail_out;
    ends = code == Z_STREAM_END;
    if (ends) ::inflateReset(&stream_);
    // Z_BUF_ERROR only says that there was nothing to do.
    return code == Z_OK || ends || code == Z_BUF_ERROR ? Status() : failure(code);
  }

 private:
  Status failure(int code) const {
    if (code == Z_MEM_ERROR) return not_enough_memory();
    return Status::error(stream_.msg != nullptr ? stream_.msg : ::zError(code));
  }

  z_stream stream_ = {};
  int made_;
};

constexpr int kGzip = 15 + 16;  // the largest window, in the format of gzip
constexpr int kRaw = -15;       // the largest window, without header and checksum

class GzipDecompressor final : public Decompressor {
 public:
  GzipDecompressor() : Decompressor({"gzip", "member"}) {}

 private:
  bool can_begin(std::byte first) const override { return first == std::byte{0x1f}; }
  Status call(std::span<const std::byte> packed, std::span<std::byte> room, Done& out) override {
    return inflater_.call(packed, room, out.consumed, out.produced, out.part_ends);
  }

  Inflater inflater_{kGzip};
};

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() : Decompressor({"zstd", "frame"}), state_(::ZSTD_createDStream()) {}
  ~ZstdDecompressor() override { ::ZSTD_freeDStream(state_); }
  ZstdDecompressor(const ZstdDecompressor&) = delete;
  ZstdDecompressor& operator=(const ZstdDecompressor&) = delete;

 private:
  // A frame of data, or one that decoders skip.
  bool can_begin(std::byte first) const override {
    return first == std::byte{0x28} || (first & std::byte{0xf0}) == std::byte{0x50};
  }
  Status call(std::span<const std::byte> packed, std::span<std::byte> room, Done& out) override {
    if (state_ == nullptr) return not_enough_memory();
    // Block by block, because zstd does not say where in its input it found an error.
    ZSTD_inBuffer in = {packed.data(), std::min(packed.size(), next_), 0};
    ZSTD_outBuffer to = {room.data(), room.size(), 0};
    const std::size_t left = ::ZSTD_decompressStream(state_, &to, &in);
    out.consumed = in.pos;
    out.produced = to.pos;
    if (::ZSTD_isError(left) != 0) return failure(::ZSTD_getErrorCode(left));
    out.part_ends = left == 0;
    next_ = out.part_ends ? kBeginning : left;
    return {};
  }
  static Status failure(ZSTD_ErrorCode code) {
    if (code == ZSTD_error_memory_allocation) return not_enough_memory();
    if (code == ZSTD_error_frameParameter_windowTooLarge) {
      return Status::error("its window is above 128 MiB; first use zstd -d --long=31");
    }
    return Status::error(::ZSTD_getErrorString(code));
  }

  static constexpr std::size_t kBeginning = 5;  // of a frame; tells the size of its header
  ZSTD_DStream* state_;
  std::size_t next_ = kBeginning;  // so many bytes are given to the next call
};

}  // namespace

Compression compression_of(std::span<const std::byte> beginning) {
  const auto begins_with = [&](std::initializer_list<unsigned> magic) {
    return beginning.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), beginning.begin(),
                      [](unsigned wanted, std::byte byte) { return std::byte(wanted) == byte; });
  };
  if (begins_with({0x1f, 0x8b})) return Compression::gzip;
  if (begins_with({0x28, 0xb5, 0x2f, 0xfd})) return Compression::zstd;
  // pzstd begins with a frame that decoders skip, with its size.
  return begins_with({0x50, 0x2a, 0x4d, 0x18}) ? Compression::zstd : Compression::none;
}

std::unique_ptr<Decompressor> Decompressor::make(Compression compression) {
  if (compression == Compression::gzip) return std::make_unique<GzipDecompressor>();
  return std::make_unique<ZstdDecompressor>();
}

Status Decompressor::step(std::span<const std::byte>& packed, GrowingMemory& out) {
  const std::string format = words_.format;
  if (!inside_ && !packed.empty()) {
    if (!can_begin(packed.front())) {
      return Status::error("byte " + std::to_string(consumed_) + ": the " + format +
                           " data end here, but the file goes on; expected another " + words_.part +
                           " or the end");
    }
    inside_ = true;
    ++parts_;
  }
  std::span<std::byte> room;
  if (Status status = out.make_room(kMostAStep, room); !status.ok()) return status;
  room = room.first(kMostAStep);
  Done done;
  const Status status = call(packed, room, done);
  packed = packed.subspan(done.consumed);
  consumed_ += done.consumed;
  out.add(done.produced);
  if (done.part_ends) inside_ = false;
  holds_more_ = inside_ && done.produced == room.size();
  if (status.ok() || status.kind() == StatusKind::out_of_memory) return status;
  return status.reworded("byte " + std::to_string(consumed_) + ": " + format +
                         " data cannot be decompressed: " + status.sentence());
}

Status Decompressor::end() const {
  if (!inside_) return {};
  return Status::error("truncated: " + std::string(words_.format) + " " + words_.part + " " +
                       std::to_string(parts_) + " is not complete after the file's " +
                       std::to_string(consumed_) + " bytes");
}

Status inflate_raw(std::span<const std::byte> deflated, std::size_t size,
                   std::vector<std::byte>& out) {
  // Checked before memory is used. Deflate's longest match: 258 bytes in two bits.
  constexpr std::size_t kMostRatio = 1032;
  const auto cannot = [from = deflated.size(), size](const std::string& why) {
    return Status::error(std::to_string(from) + " deflated bytes do not inflate to " +
                         std::to_string(size) + " bytes: " + why);
  };
  if (size / kMostRatio > deflated.size()) return cannot("at most 1032 come out of each");
  out.resize(size);
  Inflater inflater(kRaw);
  std::span<std::byte> room = out;
  std::byte beyond = {};  // takes a byte that is too much
  for (bool ends = false; !ends;) {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    const bool full = room.empty();
    const Status status =
        inflater.call(deflated, full ? std::span(&beyond, 1) : room, consumed, produced, ends);
    if (status.kind() == StatusKind::out_of_memory) return status;
    if (!status.ok()) return cannot(status.sentence());
    if (full && produced > 0) return cannot("there are more");
    if (!ends && consumed == 0 && produced == 0) return cannot("the data are truncated");
    deflated = deflated.subspan(consumed);
    if (!full) room = room.subspan(produced);
  }
  return room.empty() ? Status()
                      : cannot("they end after " + std::to_string(size - room.size()) + " bytes");
}

}  // namespace evenkeel
