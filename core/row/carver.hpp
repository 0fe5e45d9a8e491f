// Cuts the memory of a row into pieces.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/lanes/lanes.hpp"

namespace evenkeel {

// Takes pieces from one block of memory. Without a block it only measures.
class Carver {
 public:
  HD explicit Carver(std::byte* block) : block_(block) {}
  // For tests: pieces do not share memory, and there are `band` bytes between them. With a block, marks[i] is
  // set to 1 for each byte i of a piece.
  HD Carver(std::byte* block, std::size_t band, std::uint8_t* marks)
      : block_(block), band_(band), marks_(marks) {}

  // n elements; nullptr if n is 0, so that the use of memory that a rule has not requested is detected.
  template <class T>
  HD T* take(int n) {
    if (n == 0) return nullptr;
    used_ = (used_ + band_ + alignof(T) - 1) / alignof(T) * alignof(T);
    T* piece = block_ == nullptr ? nullptr : reinterpret_cast<T*>(block_ + used_);
    const std::size_t end = used_ + sizeof(T) * static_cast<std::size_t>(n);
    if (marks_ != nullptr) {
      for (std::size_t i = used_; i < end; ++i) marks_[i] = 1;
    }
    used_ = end;
    return piece;
  }
  HD std::size_t used() const { return used_ + band_; }

  // Later pieces share memory with those taken after `mark`, a former result of used().
  HD void go_back_to(std::size_t mark) {
    if (band_ == 0) used_ = mark;
  }

 private:
  std::byte* block_;  // aligned for 64-bit integers
  std::size_t used_ = 0;
  std::size_t band_ = 0;
  std::uint8_t* marks_ = nullptr;
};

}  // namespace evenkeel
