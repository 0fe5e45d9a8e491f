#include "native/stop.hpp"

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <initializer_list>

namespace evenkeel {
namespace {

volatile std::sig_atomic_t interrupts = 0;
volatile std::sig_atomic_t first_interrupt = 0;  // seconds on the steady clock

// The first signal asks for a clean end. One that comes later ends the program at once; not one that
// comes with the first, as from `timeout`, which signals the program and then its whole group.
void on_interrupt(int) {
  struct timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto second = static_cast<std::sig_atomic_t>(now.tv_sec);
  if (interrupts != 0 && second > first_interrupt + 1) ::_exit(kInterruptedExit);
  if (interrupts == 0) first_interrupt = second;
  interrupts = 1;
}

}  // namespace

void watch_for_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that would grow too large is an error of its write
}

bool interrupted() { return interrupts != 0; }

}  // namespace evenkeel
