#include "native/progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace evenkeel {

Progress::Progress(std::string label, std::int64_t total)
    : label_(std::move(label)),
      total_(total),
      next_(Clock::now() + std::chrono::milliseconds(500)),
      wanted_(::isatty(2) == 1) {}

Progress::~Progress() { clear(); }

void Progress::clear() {
  if (std::exchange(shown_, false)) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(std::int64_t done) {
  if (!wanted_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  const auto amount = static_cast<double>(done);
  if (total_ > 0) {
    std::fprintf(stderr, "\r%s %3.0f %%\x1b[K", label_.c_str(),
                 100 * amount / static_cast<double>(total_));
  } else {
    std::fprintf(stderr, "\r%s %.0f MB\x1b[K", label_.c_str(), amount / 1e6);
  }
  std::fflush(stderr);
}

}  // namespace evenkeel
