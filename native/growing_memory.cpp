#include "native/growing_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>

namespace evenkeel {
namespace {

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

std::size_t whole_pages(std::size_t size) {
  const std::size_t page = page_size();
  return (size + page - 1) / page * page;
}

}  // namespace

Status not_enough_memory() { return Status::out_of_memory("not enough memory for this input"); }

GrowingMemory::~GrowingMemory() {
  if (begin_ != nullptr) ::munmap(begin_, mapped_);
}

GrowingMemory::GrowingMemory(GrowingMemory&& other) noexcept
    : begin_(std::exchange(other.begin_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)),
      size_(std::exchange(other.size_, 0)) {}

GrowingMemory& GrowingMemory::operator=(GrowingMemory&& other) noexcept {
  std::swap(begin_, other.begin_);
  std::swap(mapped_, other.mapped_);
  std::swap(size_, other.size_);
  return *this;
}

bool GrowingMemory::grow_to(std::size_t mapped) {
  void* const grown = begin_ == nullptr ? ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                        : ::mremap(begin_, mapped_, mapped, MREMAP_MAYMOVE);
  if (grown == MAP_FAILED) return false;
  begin_ = static_cast<std::byte*>(grown);
  mapped_ = mapped;
  return true;
}

Status GrowingMemory::make_room(std::size_t least, std::span<std::byte>& room) {
  if (mapped_ - size_ < least) {
    const std::size_t needed = whole_pages(size_ + least);
    // Moving pages costs time, so the mapping grows by an eighth where the limit on addresses allows it. Pages use
    // memory only once they are written.
    if (!grow_to(whole_pages(needed + size_ / 8)) && !grow_to(needed)) return not_enough_memory();
  }
  room = {begin_ + size_, mapped_ - size_};
  return {};
}

void GrowingMemory::fit() {
  const std::size_t needed = whole_pages(size_);
  if (needed == mapped_) return;
  if (needed == 0) {
    ::munmap(begin_, mapped_);
    begin_ = nullptr;
    mapped_ = 0;
  } else {
    grow_to(needed);  // shrinking moves nothing
  }
}

}  // namespace evenkeel
