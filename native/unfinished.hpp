// Files and folders that are not results yet: they have temporary names until they are published.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "native/descriptor.hpp"
#include "native/stop.hpp"

namespace evenkeel {

// The arrays of a placement, in a folder of their own.
inline constexpr const char* kArrayFiles[] = {"phy2log.npy", "log2phy.npy", "logcnt.npy"};

// A file with a temporary name, or a folder with one and the files in it. Its lock says that its owner is alive. The
// destructor removes it unless it was published.
struct Unfinished {
  std::string final_name;
  Descriptor descriptor;  // keeps the lock; a file is written through it
  TemporaryPath path;
  std::vector<TemporaryPath>
      contents;  // of a folder; declared last: files are removed before their folder
};

// Creates an empty file next to `final_name`, with `mode`. Errors: the system call that failed sets errno; the result
// then has no descriptor.
Unfinished unfinished_file(const std::string& final_name, mode_t mode);
// Creates an empty folder next to `final_name`, with `mode`.
Unfinished unfinished_folder(const std::string& final_name, mode_t mode);

// Removes from `folder` what runs of this program have left unfinished when they were killed: only files of this user
// with our temporary names that no running program has locked.
void remove_abandoned(const std::string& folder);

}  // namespace evenkeel
