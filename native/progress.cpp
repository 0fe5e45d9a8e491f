#include "native/progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace evenkeel {

Progress::Progress(std::string label, std::int64_t total)
    : label_(std::move(label)),
      total_(total),
      next_(Clock::now() + std::chrono::milliseconds(500)),
      wanted_(total > 0 && ::isatty(2) == 1) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(std::int64_t done) {
  if (!wanted_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  std::fprintf(stderr, "\r%s %3.0f %%\x1b[K", label_.c_str(),
               100.0 * static_cast<double>(done) / static_cast<double>(total_));
  std::fflush(stderr);
}

}  // namespace evenkeel
