#include "native/unfinished.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

// Short, because the file's own name may be as long as the system allows.
constexpr std::string_view kPrefix = ".evenkeel-unfinished-";
constexpr std::string_view kPattern = "XXXXXX";

std::string temporary_name(const std::string& final_name) {
  const fs::path folder = fs::path(final_name).parent_path();
  return (folder / (std::string(kPrefix) + std::string(kPattern))).string();
}

// Locks what was just created. False if another run has taken it for abandoned in between and removes it; a file system
// without locks is no reason to fail, because remove_abandoned removes nothing there.
bool lock_new(int descriptor, const std::string& path) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno != EWOULDBLOCK;
  struct stat opened = {};
  struct stat named = {};
  return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

// Removes a regular file, or the arrays in a folder and then the folder. A folder with other files stays: after an
// exchange of names it may be the old one, and they are somebody's.
void remove_flat(const std::string& path, bool folder) {
  if (!folder) {
    ::unlink(path.c_str());
    return;
  }
  for (const char* array : kArrayFiles) ::unlink((path + "/" + array).c_str());
  ::rmdir(path.c_str());
}

}  // namespace

Unfinished unfinished_file(const std::string& final_name, mode_t mode) {
  for (;;) {
    std::string path = temporary_name(final_name);
    const HeldSignals held;  // until the path is registered for removal
    Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
    if (file.number() < 0) return {final_name, Descriptor(), TemporaryPath(), {}};
    Unfinished made = {final_name, std::move(file), TemporaryPath(path), {}};
    if (!lock_new(made.descriptor.number(), path)) continue;
    ::fchmod(made.descriptor.number(), mode);
    return made;
  }
}

Unfinished unfinished_folder(const std::string& final_name, mode_t mode) {
  for (;;) {
    std::string path = temporary_name(final_name);
    const HeldSignals held;
    if (::mkdtemp(path.data()) == nullptr) return {final_name, Descriptor(), TemporaryPath(), {}};
    TemporaryPath temporary(path);
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number() < 0 && errno == ENOENT) continue;
    if (folder.number() < 0) return {final_name, Descriptor(), TemporaryPath(), {}};
    Unfinished made = {final_name, std::move(folder), std::move(temporary), {}};
    if (!lock_new(made.descriptor.number(), path)) continue;
    ::fchmod(made.descriptor.number(), mode);
    return made;
  }
}

void remove_abandoned(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> found;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kPrefix) && name.size() == kPrefix.size() + kPattern.size()) {
      found.push_back(entry->path().string());
    }
  }
  for (const std::string& path : found) {
    struct stat named = {};
    if (::lstat(path.c_str(), &named) != 0 || named.st_uid != ::geteuid()) continue;
    const bool is_folder = S_ISDIR(named.st_mode);
    if (!is_folder && !S_ISREG(named.st_mode)) continue;
    // O_NOFOLLOW and O_NONBLOCK: the name may have become a link or a pipe.
    const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info = {};
    if (opened.number() < 0 || ::flock(opened.number(), LOCK_EX | LOCK_NB) != 0) continue;
    if (::fstat(opened.number(), &info) == 0 && info.st_dev == named.st_dev &&
        info.st_ino == named.st_ino) {
      remove_flat(path, is_folder);
    }
  }
}

}  // namespace evenkeel
