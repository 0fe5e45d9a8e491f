// Gives unfinished files and folders their final names.
#pragma once

#include <string>
#include <vector>

#include "native/unfinished.hpp"

namespace evenkeel {

// The steps below return false and set errno if they fail; then nothing has changed.

// Renames `from` to `to`, which must not exist (EEXIST). Never leaves both names or an empty file at `to`.
bool publish_new(const std::string& from, const std::string& to);
// Exchanges two names at once. Some file systems cannot.
bool exchange_names(const std::string& a, const std::string& b);
// Publishes at `to`, whether it exists or not. exchanged: `from` is now the name of what was at `to`.
bool publish_over(const std::string& from, const std::string& to, bool& exchanged);

// Holds the folders of outputs against other runs of this program, so that the sets of files of two runs do not mix.
// Gives up waiting after a few seconds, and where the file system has no locks: each single file is whole anyway.
class FolderLocks {
 public:
  // folders: paths, in any order; an empty path is the current folder.
  explicit FolderLocks(const std::vector<std::string>& folders);

 private:
  std::vector<Descriptor> locked_;
};

}  // namespace evenkeel
