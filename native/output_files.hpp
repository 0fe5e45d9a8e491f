// What the command writes: files that appear whole or not at all, and standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "native/stop.hpp"

namespace evenkeel {

// Whether two paths lead to the same file or folder, by whatever spelling or link, there or not.
bool same_file(const std::string& a, const std::string& b);

// Files that appear together: each is written beside its place, then all are renamed. Whatever was
// not committed is removed when this object goes. A symbolic link is followed: what it points to is
// made, or replaced and keeps its mode.
class OutputFiles {
 public:
  explicit OutputFiles(bool force) : force_(force) {}
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  // What is read must not be written by the same command, --force or not. Empty paths are no files.
  void protect(const std::string& input);
  // Refuse now what writing would refuse later: a path that exists (without force), is no file, or
  // lies in a folder that is missing or not writable; a folder's path that is a file.
  Status check(const std::string& path) const;
  Status check_folder(const std::string& path) const;
  // Makes a folder for outputs unless it is there; removed again if nothing is committed.
  Status make_folder(const std::string& path);
  // A file in one piece, or opened, appended to and closed. "-" is standard output: what is appended
  // appears at once.
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
  std::vector<Pending> pending_;  // goes first, and with it what is in the folders
};

// Writes all of `text` to standard output; a full disk is an error, and so is a reader that went away.
Status print_out(const std::string& text);
// Whether standard output failed because nobody reads any more, as in `evenkeel ... | head`.
bool reader_gone();
inline constexpr int kReaderGoneExit = 141;  // as if SIGPIPE had ended the program

}  // namespace evenkeel
