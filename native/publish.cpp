#include "native/publish.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

namespace evenkeel {
namespace {

bool rename_with(const std::string& from, const std::string& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0;
}
bool not_supported() { return errno == EINVAL || errno == ENOSYS; }

}  // namespace

bool publish_new(const std::string& from, const std::string& to) {
  if (rename_with(from, to, RENAME_NOREPLACE)) return true;
  if (!not_supported()) return false;
  // File systems of networks often have links only, and those of cameras neither.
  if (::link(from.c_str(), to.c_str()) == 0) {
    ::unlink(from.c_str());
    return true;
  }
  if (errno == EEXIST) return false;
  struct stat there = {};
  if (::lstat(to.c_str(), &there) == 0) {
    errno = EEXIST;
    return false;
  }
  return ::rename(from.c_str(), to.c_str()) == 0;
}

bool exchange_names(const std::string& a, const std::string& b) {
  return rename_with(a, b, RENAME_EXCHANGE);
}

bool publish_over(const std::string& from, const std::string& to, bool& exchanged) {
  exchanged = false;
  // Another program may create or remove `to` at any time.
  for (int attempt = 0; attempt < 8; ++attempt) {
    if (exchange_names(from, to)) {
      exchanged = true;
      return true;
    }
    if (errno != ENOENT) return ::rename(from.c_str(), to.c_str()) == 0;
    if (publish_new(from, to)) return true;
    if (errno != EEXIST) return false;
  }
  return false;
}

FolderLocks::FolderLocks(const std::vector<std::string>& folders) {
  // All runs lock in the same order, or two could wait for each other.
  std::vector<std::pair<std::pair<dev_t, ino_t>, Descriptor>> opened;
  for (const std::string& folder : folders) {
    Descriptor descriptor(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info = {};
    if (descriptor.number() < 0 || ::fstat(descriptor.number(), &info) != 0) continue;
    opened.emplace_back(std::pair(info.st_dev, info.st_ino), std::move(descriptor));
  }
  std::sort(opened.begin(), opened.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  constexpr int kMostWaits = 500;
  constexpr timespec kWait = {0, 10'000'000};
  int waits = 0;
  for (std::size_t i = 0; i < opened.size(); ++i) {
    if (i > 0 && opened[i].first == opened[i - 1].first)
      continue;  // a second lock would wait for the first
    while (::flock(opened[i].second.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
           waits < kMostWaits && !interrupted()) {
      ::nanosleep(&kWait, nullptr);
      ++waits;
    }
    locked_.push_back(std::move(opened[i].second));
  }
}

}  // namespace evenkeel
