#include "native/progress.hpp"

#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

constexpr const char* kDelayVariable = "EVENKEEL_PROGRESS_DELAY";
constexpr double kDefaultDelay =
    0.5;  // in seconds; work that is done by then needs no progress line

// The delay in seconds, or -1 if the variable is not a number from 0 to 1e6.
double progress_delay() {
  const char* text = std::getenv(kDelayVariable);
  if (text == nullptr) return kDefaultDelay;
  const char* end = text + std::strlen(text);
  double seconds = 0;
  const std::from_chars_result read = std::from_chars(text, end, seconds);
  const bool valid = read.ec == std::errc() && read.ptr == end && seconds >= 0 && seconds <= 1e6;
  return valid ? seconds : -1;
}

}  // namespace

Status check_progress_delay() {
  if (progress_delay() >= 0) return {};
  return Status::error(std::string("the environment variable ") + kDelayVariable + " is " +
                       in_quotes(std::getenv(kDelayVariable)) +
                       "; it must be a number of seconds from 0 to 1000000");
}

Progress::Progress(std::string_view label, std::int64_t total)
    : label_(printable(label)),
      total_(total),
      next_(Clock::now() + std::chrono::milliseconds(std::llround(1000 * progress_delay()))),
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
