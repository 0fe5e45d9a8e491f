// Outputs of the command: files, each of which appears complete or not at all, and standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "native/unfinished.hpp"

namespace evenkeel {

// Whether two paths lead to the same file or folder, also through links or other spellings, and even if it
// does not exist.
bool same_file(const std::string& a, const std::string& b);

// A file of a folder of outputs.
struct FolderFile {
  std::string name;
  std::string content;
};

// What happens to a symbolic link with the name of an output.
enum class Links { follow, replace };

// Files that appear together: each is written under a temporary name in its folder, then all are published. Each file
// is old or new at any time, even if the program is killed; so is a folder that holds nothing but our files. If one
// cannot be published, those before it are taken back, where the file system can exchange two names. Files that were
// not published are removed by the destructor. Links::follow: the target of a symbolic link is created, or it is
// replaced and keeps its mode.
class OutputFiles {
 public:
  explicit OutputFiles(bool force, Links links = Links::follow) : force_(force), links_(links) {}
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  // Registers an input: the same command must not write it, even with --force. Empty paths are ignored.
  void protect(const std::string& input);
  // Report early what would make writing fail: a path that exists (without force), that is not a file, that belongs to
  // somebody else in a folder where only owners may replace files, or whose folder is missing or not writable; a
  // folder's path that is a file.
  Status check(const std::string& path) const;
  Status check_folder(const std::string& path, const std::vector<std::string>& names) const;
  // Writes a file at once, or in steps: open, append, close. "-" is standard output, where appended text
  // appears immediately.
  Status write(const std::string& path, const std::string& content);
  Status open(const std::string& path);
  Status append(std::string_view content);
  Status close();
  // Writes files of a folder, which is created if it does not exist.
  Status write_folder(const std::string& path, const std::vector<FolderFile>& files);
  Status commit();

 private:
  std::string real_path(const std::string& path) const;
  Status publish(const Unfinished& output, bool& exchanged) const;
  Status publish_folder(const Unfinished& folder, bool& exchanged) const;
  bool force_;
  Links links_;
  std::vector<std::string> inputs_;
  bool to_standard_output_ = false;
  std::vector<Unfinished> pending_;
};

// Writes all of `text` to standard output. Errors: for example a full disk or a closed pipe.
Status print_out(const std::string& text);
// Whether standard output failed because its reader has closed it, as in `evenkeel ... | head`.
bool reader_gone();
inline constexpr int kReaderGoneExit = 141;  // as if SIGPIPE had ended the program

}  // namespace evenkeel
