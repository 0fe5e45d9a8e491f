// What the command reads: mapped files, and what pipes give.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

// The bytes of an input: a mapped file, or the content of a pipe or of standard input ("-").
class InputFile {
 public:
  InputFile() = default;
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  Status open(const std::string& path);
  std::span<const std::byte> bytes() const { return bytes_; }

  // Returns the pages before `offset` to the system, so that memory does not grow with the length of a trace.
  // Their content can still be read again.
  void release_before(std::size_t offset);

 private:
  Status read_all(int descriptor, const std::string& path);

  std::span<const std::byte> bytes_;
  std::vector<std::byte> owned_;  // of an input that cannot be mapped
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
  std::size_t released_ = 0;
};

}  // namespace evenkeel
