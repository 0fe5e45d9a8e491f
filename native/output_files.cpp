#include "native/output_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/base/text.hpp"
#include "native/stop.hpp"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

std::string writing(const std::string& path) { return "cannot write " + shown_name(path); }

Status cannot_write(const std::string& path, const std::string& why) {
  return Status::error(writing(path) + ": " + why);
}

// The file to which writing to `path` leads: the target of a symbolic link, even if it does not exist yet.
std::string target_of(const std::string& path) {
  constexpr int kMostLinks = 40;  // the system's limit; check() reports longer chains
  fs::path target = path;
  std::error_code error;
  for (int i = 0; i < kMostLinks && fs::is_symlink(target, error); ++i) {
    const fs::path next = fs::read_symlink(target, error);
    if (error) break;
    target = target.parent_path() / next;
  }
  return target.string();
}

Status check_parent(const std::string& path) {
  fs::path folder = fs::path(target_of(path)).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return cannot_write(path, "the folder " + shown_name(folder.string()) + " does not exist");
  }
  return ::access(folder.c_str(), W_OK) == 0 ? Status() : failed_call(writing(path), errno);
}

// The mode that open() would give; files of mkostemp can be read only by their owner.
mode_t new_file_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

bool write_all(int descriptor, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<std::size_t>(count);
    // A blocked reader must not prevent the program from stopping.
    if (interrupted() && done < text.size()) {
      errno = EINTR;
      return false;
    }
  }
  return true;
}

bool reader_left = false;

Status cannot_print() {
  reader_left = errno == EPIPE;
  return failed_call("cannot write to standard output", errno);
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  const auto place = [](const std::string& path) {
    std::error_code none;
    const fs::path whole = fs::weakly_canonical(fs::absolute(target_of(path), none), none);
    return none ? fs::path(path) : whole;
  };
  return place(a) == place(b);
}

OutputFiles::~OutputFiles() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFiles::protect(const std::string& input) {
  inputs_.push_back(input == "-" ? "/dev/stdin" : input);
  // If the input is a folder of a placement, its arrays are inputs, too.
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
  const HeldSignals held;
  const std::string real = target_of(path);
  if (::mkdir(real.c_str(), 0777) == 0) {
    made_folders_.emplace_back(real);
    return {};
  }
  if (errno == EEXIST && fs::is_directory(path)) return {};
  return failed_call("cannot make the folder " + shown_name(path), errno);
}

Status OutputFiles::check(const std::string& path) const {
  for (const std::string& input : inputs_) {
    if (same_file(path, input)) return cannot_write(path, "it is an input of this command");
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none) return cannot_write(path, error.message());
  if (fs::is_directory(status)) {
    return cannot_write(path, "it is a folder; give the path of a file");
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return cannot_write(path, "it exists and is not a regular file; give the path of a file");
  }
  if (!force_ && fs::exists(fs::symlink_status(path, error))) {
    return Status::error(shown_name(path) + " exists; use --force to replace it");
  }
  return check_parent(path);
}

Status OutputFiles::open(const std::string& path) {
  to_standard_output_ = path == "-";
  if (to_standard_output_) return {};
  if (Status status = check(path); !status.ok()) return status;
  const std::string real = target_of(path);
  // A temporary name that is unique, and short even if the file's name is long.
  std::string beside = (fs::path(real).parent_path() / ".evenkeel-XXXXXX").string();
  const HeldSignals held;
  descriptor_ = ::mkostemp(beside.data(), O_CLOEXEC);
  if (descriptor_ < 0) return failed_call(writing(path), errno);
  pending_.push_back({real, TemporaryPath(beside)});
  struct stat old = {};
  ::fchmod(descriptor_, ::stat(real.c_str(), &old) == 0 ? old.st_mode & 07777 : new_file_mode());
  return {};
}

Status OutputFiles::append(std::string_view content) {
  if (to_standard_output_) return write_all(1, content) ? Status() : cannot_print();
  return write_all(descriptor_, content) ? Status()
                                         : failed_call(writing(pending_.back().path), errno);
}

Status OutputFiles::close() {
  if (to_standard_output_) return {};
  const bool synced = ::fsync(descriptor_) == 0;
  const int why = errno;
  const bool closed = ::close(std::exchange(descriptor_, -1)) == 0;
  if (synced && closed) return {};
  return failed_call(writing(pending_.back().path), synced ? errno : why);
}

Status OutputFiles::write(const std::string& path, const std::string& content) {
  Status status = open(path);
  if (status.ok()) status = append(content);
  if (status.ok()) status = close();
  return status;
}

// Creates the file exclusively, so that the later rename cannot replace a file of someone else.
Status OutputFiles::claim(const std::string& path, std::vector<TemporaryPath>& claimed) const {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor >= 0) {
    claimed.emplace_back(path);
    ::close(descriptor);
    return {};
  }
  if (errno == EEXIST) {
    return Status::error(shown_name(path) + " exists; use --force to replace it");
  }
  return failed_call(writing(path), errno);
}

Status OutputFiles::commit() {
  // A claimed name is an empty file until the rename: no signal may end the program in between.
  const HeldSignals held;
  std::vector<TemporaryPath> claimed;
  for (const Pending& file : pending_) {
    if (force_) break;
    if (Status status = claim(file.path, claimed); !status.ok()) return status;
  }
  for (const Pending& file : pending_) {
    if (::rename(file.beside.path().c_str(), file.path.c_str()) != 0) {
      return failed_call(writing(file.path), errno);
    }
  }
  for (TemporaryPath& path : claimed) path.keep();
  for (Pending& file : pending_) file.beside.keep();
  for (TemporaryPath& folder : made_folders_) folder.keep();
  pending_.clear();
  made_folders_.clear();
  return {};
}

Status print_out(const std::string& text) { return write_all(1, text) ? Status() : cannot_print(); }

bool reader_gone() { return reader_left; }

}  // namespace evenkeel
