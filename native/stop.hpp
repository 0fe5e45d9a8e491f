// Handles signals that ask the program to stop, and removes temporary files if it must stop immediately.
#pragma once

#include <csignal>
#include <string>

#include "core/base/status.hpp"

namespace evenkeel {

// After this call, Ctrl-C, Ctrl-\, SIGTERM and SIGHUP ask the program to stop (unless they were ignored, as
// under nohup), and a closed pipe becomes an error of write(), so that outputs are never left incomplete.
void watch_for_interrupts();
// Whether the program has been asked to stop.
bool interrupted();
// The exit status in this case, as shells report it: 128 plus the first signal.
int interrupted_exit();
// The status of a system call that failed with errno `code`: "ATTEMPTED: " and the system's reason. Its kind
// is `stopped` if a signal that asks to stop ended the call.
Status failed_call(const std::string& attempted, int code);

// Blocks signals that ask to stop while it exists, so that creating a file and registering it cannot be
// separated.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_;
};

// A file, or a folder that contains only such files, that is not a result yet. It is removed by the
// destructor unless keep() was called, and also by a signal that ends the program immediately.
class TemporaryPath {
 public:
  TemporaryPath() : note_(nullptr) {}  // of nothing
  explicit TemporaryPath(const std::string& path);
  TemporaryPath(TemporaryPath&& other) noexcept;
  TemporaryPath& operator=(TemporaryPath&&) = delete;
  ~TemporaryPath();

  const std::string& path() const;  // not of nothing
  void keep();

  struct Note;

 private:
  Note* note_;
};

}  // namespace evenkeel
