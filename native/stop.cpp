#include "native/stop.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace evenkeel {

// Never freed, because a signal handler may read it at any time; a run creates only a few.
struct TemporaryPath::Note {
  const std::string path;
  std::atomic<bool> there{true};
  Note* const older;
};

namespace {

constexpr int kStopSignals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t first_signal = 0;
volatile std::sig_atomic_t first_second = 0;  // its time on the steady clock
std::atomic<TemporaryPath::Note*> newest_note = nullptr;
static_assert(std::atomic<TemporaryPath::Note*>::is_always_lock_free);

// Also called by the signal handler, so it calls only async-signal-safe functions.
void remove_unless_kept(TemporaryPath::Note& note) {
  if (!note.there.exchange(false)) return;
  if (::unlink(note.path.c_str()) != 0) ::rmdir(note.path.c_str());
}

// The first signal requests a clean end. A signal more than a second later ends the program immediately. An
// earlier one does not: `timeout` signals the program and then its whole group.
void on_interrupt(int signal) {
  struct timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto second = static_cast<std::sig_atomic_t>(now.tv_sec);
  if (first_signal == 0) {
    first_second = second;
    first_signal = signal;
  } else if (second > first_second + 1) {
    for (TemporaryPath::Note* note = newest_note; note != nullptr; note = note->older) {
      remove_unless_kept(*note);
    }
    ::_exit(interrupted_exit());
  }
}

}  // namespace

void watch_for_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  for (const int signal : kStopSignals) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // exceeding the file size limit becomes an error of write()
}

bool interrupted() { return first_signal != 0; }

int interrupted_exit() { return 128 + first_signal; }

Status failed_call(const std::string& attempted, int code) {
  std::string sentence = attempted + ": " + std::strerror(code);
  if (code == EINTR && interrupted()) return Status::stopped(std::move(sentence));
  if (code == ENOMEM) return Status::out_of_memory(std::move(sentence));
  return Status::error(std::move(sentence));
}

HeldSignals::HeldSignals() {
  sigset_t stop;
  ::sigemptyset(&stop);
  for (const int signal : kStopSignals) ::sigaddset(&stop, signal);
  ::pthread_sigmask(SIG_BLOCK, &stop, &before_);
}

HeldSignals::~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

TemporaryPath::TemporaryPath(const std::string& path) : note_(new Note{path, true, newest_note}) {
  newest_note = note_;
}

TemporaryPath::TemporaryPath(TemporaryPath&& other) noexcept
    : note_(std::exchange(other.note_, nullptr)) {}

TemporaryPath::~TemporaryPath() {
  if (note_ != nullptr) remove_unless_kept(*note_);
}

const std::string& TemporaryPath::path() const { return note_->path; }

void TemporaryPath::keep() {
  if (note_ != nullptr) note_->there = false;
}

}  // namespace evenkeel
