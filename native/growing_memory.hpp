// Memory for content whose size is not known before its end.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/status.hpp"

namespace evenkeel {

Status not_enough_memory();

// Bytes in an anonymous mapping, which the system extends by moving pages: the content is never copied and never exists
// twice, as it would in a growing vector.
class GrowingMemory {
 public:
  GrowingMemory() = default;
  ~GrowingMemory();
  GrowingMemory(GrowingMemory&& other) noexcept;
  GrowingMemory& operator=(GrowingMemory&& other) noexcept;

  // Gives at least `least` bytes behind the content to write into, valid until the next call. The content may move.
  Status make_room(std::size_t least, std::span<std::byte>& room);
  // The first `count` bytes of the room become content.
  void add(std::size_t count) { size_ += count; }
  // Returns the room to the system.
  void fit();

  std::size_t size() const { return size_; }
  std::span<const std::byte> bytes() const { return {begin_, size_}; }

 private:
  bool grow_to(std::size_t mapped);

  std::byte* begin_ = nullptr;
  std::size_t mapped_ = 0;
  std::size_t size_ = 0;
};

}  // namespace evenkeel
