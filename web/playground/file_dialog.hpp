// The desktop's file dialog through zenity or kdialog, if installed: SDL2 has none.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace evenkeel {

class FileDialog {
 public:
  FileDialog();
  ~FileDialog();
  FileDialog(const FileDialog&) = delete;
  FileDialog& operator=(const FileDialog&) = delete;

  bool can_open() const { return !program_.empty(); }
  // Opens it; the window keeps drawing. Only one at a time.
  void open();
  bool is_open() const { return from_ >= 0; }
  // The chosen paths; empty until files have been chosen.
  std::vector<std::string> poll();

 private:
  std::string program_;
  pid_t process_ = 0;
  int from_ = -1;     // pipe to which the dialog writes the paths
  std::string said_;  // so far
};

}  // namespace evenkeel
