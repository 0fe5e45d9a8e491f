#include "native/files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

#include "core/text.hpp"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

std::string reason() { return std::strerror(errno); }

Status cannot_read(const std::string& path, const std::string& why) {
  return Status::error("cannot read " + shown_name(path) + ": " + why);
}

Status cannot_write(const std::string& path, const std::string& why) {
  return Status::error("cannot write " + shown_name(path) + ": " + why);
}

Status check_parent(const std::string& path) {
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return cannot_write(path, "the folder " + shown_name(folder.string()) + " does not exist");
  }
  return ::access(folder.c_str(), W_OK) == 0 ? Status() : cannot_write(path, reason());
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ > 2) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<std::size_t>(count);
    // A reader that blocks must not keep the program from being stopped.
    if (interrupted() && done < text.size()) {
      errno = EINTR;
      return false;
    }
  }
  return true;
}

// Somebody cut the mapped file while it was read: no way back, but a sentence.
void on_bus_error(int) {
  constexpr char kSentence[] = "evenkeel: the input file shrank while it was being read\n";
  (void)!::write(2, kSentence, sizeof kSentence - 1);
  ::_exit(1);
}

bool reader_left = false;
volatile std::sig_atomic_t interrupts = 0;
volatile std::sig_atomic_t first_interrupt = 0;  // seconds on the steady clock

// The first signal asks for a clean end. One that comes later ends the program at once; not one that
// comes with the first, as from `timeout`, which signals the program and then its whole group.
void on_interrupt(int) {
  struct timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto second = static_cast<std::sig_atomic_t>(now.tv_sec);
  if (interrupts != 0 && second > first_interrupt + 1) ::_exit(kInterruptedExit);
  if (interrupts == 0) first_interrupt = second;
  interrupts = 1;
}

}  // namespace

InputFile::~InputFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
}

Status InputFile::open(const std::string& path) {
  if (path == "-") return read_all(0, "standard input");
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0) {
    return cannot_read(path, reason());
  }
  if (S_ISDIR(info.st_mode)) return cannot_read(path, "it is a folder");
  if (!S_ISREG(info.st_mode) || info.st_size == 0) return read_all(file.get(), path);

  mapped_size_ = static_cast<std::size_t>(info.st_size);
  void* mapped = ::mmap(nullptr, mapped_size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapped == MAP_FAILED) return cannot_read(path, reason());
  mapped_ = mapped;
  ::madvise(mapped_, mapped_size_, MADV_SEQUENTIAL);
  std::signal(SIGBUS, on_bus_error);
  bytes_ = {static_cast<const std::byte*>(mapped_), mapped_size_};
  return {};
}

Status InputFile::read_all(int descriptor, const std::string& path) {
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  constexpr std::size_t kMostUnmapped = std::size_t{4} << 30;
  std::size_t size = 0;
  for (;;) {
    owned_.resize(size + kChunk);
    const ssize_t count = ::read(descriptor, owned_.data() + size, kChunk);
    if (count < 0 && errno == EINTR && !interrupted()) continue;
    if (count < 0) return cannot_read(path, reason());
    if (count == 0) break;
    if (interrupted()) return cannot_read(path, "stopped");
    size += static_cast<std::size_t>(count);
    if (size > kMostUnmapped) {
      return cannot_read(path,
                         "more than 4 GiB from a pipe or device; give a file, which is mapped");
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

OutputFiles::~OutputFiles() {
  if (descriptor_ >= 0) ::close(descriptor_);
  for (const Pending& file : pending_) ::unlink(file.beside.c_str());
  for (const std::string& folder : made_folders_) ::rmdir(folder.c_str());
}

void OutputFiles::protect(const std::string& input) {
  inputs_.push_back(input == "-" ? "/dev/stdin" : input);
  // A placement's folder stands for the arrays in it.
  for (const char* array : {"phy2log.npy", "log2phy.npy"}) inputs_.push_back(input + "/" + array);
}

Status OutputFiles::check_folder(const std::string& path) const {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) return {};
  if (fs::exists(status)) {
    return Status::error("cannot write into " + shown_name(path) + ": it is a file, not a folder");
  }
  return check_parent(path);
}

Status OutputFiles::make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0) {
    made_folders_.push_back(path);
    return {};
  }
  if (errno == EEXIST && fs::is_directory(path)) return {};
  return Status::error("cannot make the folder " + shown_name(path) + ": " + reason());
}

Status OutputFiles::check(const std::string& path) const {
  std::error_code ignored;
  for (const std::string& input : inputs_) {
    if (fs::equivalent(path, input, ignored)) {
      return cannot_write(path, "the same command reads it");
    }
  }
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) {
    return cannot_write(path, "it is a folder; give the path of a file");
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return cannot_write(path, "it is neither a file nor free; use - for standard output");
  }
  if (!force_ && fs::exists(fs::symlink_status(path, ignored))) {
    return Status::error(shown_name(path) + " exists; use --force to replace it");
  }
  return check_parent(path);
}

Status OutputFiles::open(const std::string& path) {
  if (Status status = check(path); !status.ok()) return status;
  std::error_code ignored;
  const std::string real =
      fs::is_symlink(path, ignored) ? fs::canonical(path, ignored).string() : path;
  const std::string beside = real + ".part-" + std::to_string(::getpid());
  descriptor_ = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) return cannot_write(path, reason());
  pending_.push_back({real, beside});
  struct stat old = {};
  if (::stat(real.c_str(), &old) == 0) ::fchmod(descriptor_, old.st_mode & 07777);
  return {};
}

Status OutputFiles::append(std::string_view content) {
  return write_all(descriptor_, content) ? Status() : cannot_write(pending_.back().path, reason());
}

Status OutputFiles::close() {
  const bool synced = ::fsync(descriptor_) == 0;
  const std::string why = reason();
  const bool closed = ::close(std::exchange(descriptor_, -1)) == 0;
  if (synced && closed) return {};
  return cannot_write(pending_.back().path, synced ? reason() : why);
}

Status OutputFiles::write(const std::string& path, const std::string& content) {
  Status status = open(path);
  if (status.ok()) status = append(content);
  if (status.ok()) status = close();
  return status;
}

// Takes the name for us, so that nobody's file is there when ours is renamed to it.
Status OutputFiles::claim(const std::string& path) const {
  const Descriptor claimed(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (claimed.get() >= 0) return {};
  if (errno == EEXIST) {
    return Status::error(shown_name(path) + " exists; use --force to replace it");
  }
  return cannot_write(path, reason());
}

Status OutputFiles::commit() {
  std::vector<std::string> claimed;
  Status status;
  for (const Pending& file : pending_) {
    if (force_ || !status.ok()) continue;
    status = claim(file.path);
    if (status.ok()) claimed.push_back(file.path);
  }
  for (const Pending& file : pending_) {
    if (status.ok() && ::rename(file.beside.c_str(), file.path.c_str()) != 0) {
      status = cannot_write(file.path, reason());
    }
  }
  if (!status.ok()) {
    for (const std::string& path : claimed) ::unlink(path.c_str());
    return status;
  }
  pending_.clear();
  made_folders_.clear();
  return {};
}

Status print_out(const std::string& text) {
  if (write_all(1, text)) return {};
  reader_left = errno == EPIPE;
  return Status::error("cannot write to standard output: " + reason());
}

void watch_for_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that would grow too large is an error of its write
}

bool reader_gone() { return reader_left; }

bool interrupted() { return interrupts != 0; }

}  // namespace evenkeel
