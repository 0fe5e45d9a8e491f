// How the program is asked to stop, and what goes when it must stop at once.
#pragma once

#include <csignal>
#include <string>

namespace evenkeel {

// From here on Ctrl-C, Ctrl-\, SIGTERM and SIGHUP ask the program to stop (unless they were ignored, as
// under nohup), and a closed pipe is an error of its write, so that outputs are never left half-made.
void watch_for_interrupts();
// Whether somebody asked the program to stop.
bool interrupted();
// The exit status then, as shells report it: 128 and the first signal.
int interrupted_exit();

// Signals that ask to stop wait while one of these lives: making a file and noting it cannot be parted.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_;
};

// A file, or a folder with nothing else in it, that is no result yet. It is removed when this object
// goes, unless it was kept; and, unlike what a destructor does, also by a signal that ends the program
// at once.
class TemporaryPath {
 public:
  explicit TemporaryPath(const std::string& path);
  TemporaryPath(TemporaryPath&& other) noexcept;
  TemporaryPath& operator=(TemporaryPath&&) = delete;
  ~TemporaryPath();

  const std::string& path() const;
  void keep();

  struct Note;

 private:
  Note* note_;
};

}  // namespace evenkeel
