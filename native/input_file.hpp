// What the command reads: mapped files, and what pipes and compressed files contain.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/base/status.hpp"
#include "native/growing_memory.hpp"

namespace evenkeel {

// The bytes of an input: a mapped file, or the content of a pipe or of standard input ("-"). What gzip or zstd has
// compressed, whatever its name, is decompressed.
class InputFile {
 public:
  // The most bytes of an input that cannot be mapped.
  static constexpr std::size_t kMostInMemory = std::size_t{4} << 30;

  explicit InputFile(std::size_t most_in_memory = kMostInMemory)
      : most_in_memory_(most_in_memory) {}
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  Status open(const std::string& path);
  std::span<const std::byte> bytes() const { return bytes_; }

  // Returns the pages before `offset` to the system, so that memory does not grow with the length of a trace.
  // Their content can still be read again.
  void release_before(std::size_t offset);

 private:
  class Source;
  Status map(int descriptor, std::size_t size, const std::string& path);
  Status read_all(Source& source);
  Status decompress_all(Source& source);

  std::size_t most_in_memory_;
  std::span<const std::byte> bytes_;
  GrowingMemory content_;  // of an input that is not mapped
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
  std::size_t released_ = 0;
};

}  // namespace evenkeel
