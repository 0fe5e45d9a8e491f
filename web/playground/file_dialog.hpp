// The desktop's own dialog to choose a file, by zenity or kdialog where one is installed: SDL2 has none.
#pragma once

#include <sys/types.h>

#include <string>

namespace evenkeel {

class FileDialog {
 public:
  FileDialog();
  ~FileDialog();
  FileDialog(const FileDialog&) = delete;
  FileDialog& operator=(const FileDialog&) = delete;

  bool can_open() const { return !program_.empty(); }
  // Opens it beside the window, which goes on drawing. One at a time.
  void open();
  bool is_open() const { return from_ >= 0; }
  // The chosen path, once it is chosen; else empty.
  std::string poll();

 private:
  std::string program_;
  pid_t process_ = 0;
  int from_ = -1;     // where the dialog writes the path
  std::string said_;  // so far
};

}  // namespace evenkeel
