// Outputs of the command: files, each of which appears complete or not at all, and standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "native/stop.hpp"

namespace evenkeel {

// Whether two paths lead to the same file or folder, also through links or other spellings, and even if it
// does not exist.
bool same_file(const std::string& a, const std::string& b);

// Files that appear together: each is written under a temporary name in its folder, then all are renamed.
// Files that were not committed are removed by the destructor. Symbolic links are followed: the target is
// created, or it is replaced and keeps its mode.
class OutputFiles {
 public:
  explicit OutputFiles(bool force) : force_(force) {}
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  // Registers an input: the same command must not write it, even with --force. Empty paths are ignored.
  void protect(const std::string& input);
  // Report early what would make writing fail: a path that exists (without force), that is not a file, or
  // whose folder is missing or not writable; a folder's path that is a file.
  Status check(const std::string& path) const;
  Status check_folder(const std::string& path) const;
  // Creates a folder for outputs if it does not exist; it is removed again if nothing is committed.
  Status make_folder(const std::string& path);
  // Writes a file at once, or in steps: open, append, close. "-" is standard output, where appended text
  // appears immediately.
  Status write(const std::string& path, const std::string& content);
  Status open(const std::string& path);
  Status append(std::string_view content);
  Status close();
  Status commit();

 private:
  struct Pending {
    std::string path;
    TemporaryPath beside;
  };
  Status claim(const std::string& path, std::vector<TemporaryPath>& claimed) const;
  bool force_;
  std::vector<std::string> inputs_;
  bool to_standard_output_ = false;
  int descriptor_ = -1;  // of the last pending file, while it is open
  std::vector<TemporaryPath> made_folders_;
  std::vector<Pending> pending_;  // declared last: files are removed before their folders
};

// Writes all of `text` to standard output. Errors: for example a full disk or a closed pipe.
Status print_out(const std::string& text);
// Whether standard output failed because its reader has closed it, as in `evenkeel ... | head`.
bool reader_gone();
inline constexpr int kReaderGoneExit = 141;  // as if SIGPIPE had ended the program

}  // namespace evenkeel
