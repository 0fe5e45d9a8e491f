// Decompresses files of gzip and zstd, and deflated parts of archives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/status.hpp"
#include "native/growing_memory.hpp"

namespace evenkeel {

enum class Compression : std::uint8_t { none, gzip, zstd };

// So many bytes at the beginning of a file are enough to recognise its compression.
inline constexpr std::size_t kMagicBytes = 4;
// The compression of a file that begins with these bytes.
Compression compression_of(std::span<const std::byte> beginning);

// Decompresses a file in steps: one or more gzip members or zstd frames. Its errors begin with the place in the file;
// the caller puts the file's name before them.
class Decompressor {
 public:
  // The most bytes that come out in one step.
  static constexpr std::size_t kMostAStep = std::size_t{1} << 20;

  // Not of Compression::none.
  static std::unique_ptr<Decompressor> make(Compression compression);
  virtual ~Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Decompresses the beginning of `packed`, the next bytes of the file, removes it there, and appends what comes out
  // to `out`.
  Status step(std::span<const std::byte>& packed, GrowingMemory& out);
  // Whether another step may give more without further bytes of the file.
  bool holds_more() const { return holds_more_; }
  // Call it at the end of the file. An error: the last member or frame is not complete.
  Status end() const;

 protected:
  // The words of errors.
  struct Words {
    const char* format;
    const char* part;
  };
  // What one call of the library did.
  struct Done {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool part_ends = false;
  };

  explicit Decompressor(const Words& words) : words_(words) {}
  // Whether a member or frame can begin with this byte.
  virtual bool can_begin(std::byte first) const = 0;
  // Decompresses until `packed` is empty, `room` is full, or the member or frame ends. The sentence of an error is the
  // library's reason.
  virtual Status call(std::span<const std::byte> packed, std::span<std::byte> room, Done& out) = 0;

 private:
  Words words_;
  std::size_t consumed_ = 0;  // bytes of the file
  std::size_t parts_ = 0;     // members or frames that have begun
  bool inside_ = false;       // of a member or frame
  bool holds_more_ = false;
};

// Inflates raw deflate data to exactly `size` bytes: an Inflate (core/io/loads/read_loads.hpp).
Status inflate_raw(std::span<const std::byte> deflated, std::size_t size,
                   std::vector<std::byte>& out);

}  // namespace evenkeel
