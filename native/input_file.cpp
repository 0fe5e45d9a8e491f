#include "native/input_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/text.hpp"
#include "native/decompress.hpp"
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

std::string size_text(std::size_t bytes) {
  return bytes >> 30 << 30 == bytes ? std::to_string(bytes >> 30) + " GiB"
                                    : std::to_string(bytes >> 20) + " MiB";
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

// A descriptor that is read from its beginning to its end, with a progress line.
class InputFile::Source {
 public:
  // `size` is 0 if it is not known.
  Source(int descriptor, std::string path, const char* doing, std::int64_t size = 0)
      : descriptor_(descriptor),
        path_(std::move(path)),
        progress_(doing + (" " + shown_name(path_)), size),
        typed_(::isatty(descriptor) == 1) {}

  const std::string& path() const { return path_; }

  // Reads some bytes. At the end `count` is 0.
  Status read(std::span<std::byte> room, std::size_t& count) {
    for (;;) {
      if (interrupted()) return cannot_read(path_, Status::stopped());
      const ssize_t got = ::read(descriptor_, room.data(), room.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failed_call(reading(path_), errno);
      count = static_cast<std::size_t>(got);
      read_ += got;
      if (!typed_) progress_.update(read_);
      return {};
    }
  }

 private:
  int descriptor_;
  std::string path_;
  Progress progress_;
  bool typed_;  // what is typed is visible anyway
  std::int64_t read_ = 0;
};

Status InputFile::open(const std::string& path) {
  if (path == "-") {
    Source source(0, "standard input", "reading");
    return read_all(source);
  }
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (file.number() < 0 || ::fstat(file.number(), &info) != 0) {
    return failed_call(reading(path), errno);
  }
  if (S_ISDIR(info.st_mode)) return cannot_read(path, "it is a folder");
  if (!S_ISREG(info.st_mode) || info.st_size == 0) {
    Source source(file.number(), path, "reading");
    return read_all(source);
  }
  std::byte beginning[kMagicBytes] = {};
  const ssize_t count = ::pread(file.number(), beginning, sizeof beginning, 0);
  if (count < 0) return failed_call(reading(path), errno);
  if (compression_of({beginning, static_cast<std::size_t>(count)}) != Compression::none) {
    Source source(file.number(), path, "decompressing", info.st_size);
    return read_all(source);
  }
  return map(file.number(), static_cast<std::size_t>(info.st_size), path);
}

Status InputFile::map(int descriptor, std::size_t size, const std::string& path) {
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (mapped == MAP_FAILED) return failed_call(reading(path), errno);
  mapped_ = mapped;
  mapped_size_ = size;
  ::madvise(mapped_, mapped_size_, MADV_SEQUENTIAL);
  std::signal(SIGBUS, on_bus_error);
  bytes_ = {static_cast<const std::byte*>(mapped_), mapped_size_};
  return {};
}

Status InputFile::read_all(Source& source) {
  constexpr std::size_t kRoom = std::size_t{1} << 20;
  bool is_recognised = false;
  for (std::size_t count = 1; count > 0;) {
    std::span<std::byte> room;
    if (Status status = content_.make_room(kRoom, room); !status.ok()) return status;
    if (Status status = source.read(room.first(kRoom), count); !status.ok()) return status;
    content_.add(count);
    if (content_.size() > most_in_memory_) {
      return cannot_read(source.path(),
                         "more than " + size_text(most_in_memory_) +
                             " from a pipe or device; give a file instead, which can be mapped");
    }
    if (!is_recognised && (content_.size() >= kMagicBytes || count == 0)) {
      is_recognised = true;
      if (compression_of(content_.bytes()) != Compression::none) return decompress_all(source);
    }
  }
  content_.fit();
  bytes_ = content_.bytes();
  return {};
}

Status InputFile::decompress_all(Source& source) {
  constexpr std::size_t kRoom = std::size_t{1} << 18;
  const GrowingMemory beginning = std::exchange(content_, GrowingMemory());
  const std::unique_ptr<Decompressor> decompressor =
      Decompressor::make(compression_of(beginning.bytes()));
  std::vector<std::byte> read(kRoom);
  std::span<const std::byte> packed = beginning.bytes();
  for (;;) {
    if (packed.empty() && !decompressor->holds_more()) {
      std::size_t count = 0;
      if (Status status = source.read(read, count); !status.ok()) return status;
      if (count == 0) break;
      packed = std::span(read).first(count);
    }
    if (interrupted()) return cannot_read(source.path(), Status::stopped());
    Status status = decompressor->step(packed, content_);
    if (status.kind() == StatusKind::out_of_memory) return status;
    if (!status.ok()) return refuse(source.path(), status);
    if (content_.size() > most_in_memory_) {
      return refuse(source.path(), "decompresses to more than ", size_text(most_in_memory_),
                    "; decompress it into a file first, which can be mapped");
    }
  }
  if (Status status = decompressor->end(); !status.ok()) return refuse(source.path(), status);
  content_.fit();
  bytes_ = content_.bytes();
  return {};
}

void InputFile::release_before(std::size_t offset) {
  if (mapped_ == nullptr) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t end = offset / page * page;
  if (end < released_) released_ = 0;  // it is read again
  if (end == released_) return;
  ::madvise(static_cast<char*>(mapped_) + released_, end - released_, MADV_DONTNEED);
  released_ = end;
}

}  // namespace evenkeel
