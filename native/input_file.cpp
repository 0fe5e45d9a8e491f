#include "native/input_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "core/base/text.hpp"
#include "native/descriptor.hpp"
#include "native/progress.hpp"
#include "native/stop.hpp"

namespace evenkeel {
namespace {

std::string reading(const std::string& path) { return "cannot read " + shown_name(path); }

Status cannot_read(const std::string& path, const Status& why) {
  return why.reworded(reading(path) + ": " + why.sentence());
}
Status cannot_read(const std::string& path, const std::string& why) {
  return cannot_read(path, Status::error(why));
}

// The mapped file was truncated while it was read. The program cannot continue; it prints an error.
void on_bus_error(int) {
  constexpr char kSentence[] = "evenkeel: the input file shrank while it was being read\n";
  (void)!::write(2, kSentence, sizeof kSentence - 1);
  ::_exit(1);
}

}  // namespace

InputFile::~InputFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
}

Status InputFile::open(const std::string& path) {
  if (path == "-") return read_all(0, "standard input");
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (file.number() < 0 || ::fstat(file.number(), &info) != 0) {
    return failed_call(reading(path), errno);
  }
  if (S_ISDIR(info.st_mode)) return cannot_read(path, "it is a folder");
  if (!S_ISREG(info.st_mode) || info.st_size == 0) return read_all(file.number(), path);

  mapped_size_ = static_cast<std::size_t>(info.st_size);
  void* mapped = ::mmap(nullptr, mapped_size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (mapped == MAP_FAILED) return failed_call(reading(path), errno);
  mapped_ = mapped;
  ::madvise(mapped_, mapped_size_, MADV_SEQUENTIAL);
  std::signal(SIGBUS, on_bus_error);
  bytes_ = {static_cast<const std::byte*>(mapped_), mapped_size_};
  return {};
}

Status InputFile::read_all(int descriptor, const std::string& path) {
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  constexpr std::size_t kMostUnmapped = std::size_t{4} << 30;
  Progress progress("reading " + shown_name(path));
  const bool typed = ::isatty(descriptor) == 1;  // typed input is visible anyway
  std::size_t size = 0;
  for (;;) {
    owned_.resize(size + kChunk);
    const ssize_t count = ::read(descriptor, owned_.data() + size, kChunk);
    if (count < 0 && errno == EINTR && !interrupted()) continue;
    if (count < 0) return failed_call(reading(path), errno);
    if (count == 0) break;
    if (interrupted()) return cannot_read(path, Status::stopped());
    size += static_cast<std::size_t>(count);
    if (!typed) progress.update(static_cast<std::int64_t>(size));
    if (size > kMostUnmapped) {
      return cannot_read(
          path, "more than 4 GiB from a pipe or device; give a file instead, which can be mapped");
    }
  }
  owned_.resize(size);
  bytes_ = owned_;
  return {};
}

void InputFile::release_before(std::size_t offset) {
  if (mapped_ == nullptr) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t end = offset / page * page;
  if (end <= released_) return;
  ::madvise(static_cast<char*>(mapped_) + released_, end - released_, MADV_DONTNEED);
  released_ = end;
}

}  // namespace evenkeel
