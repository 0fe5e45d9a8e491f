#include "native/timing.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "native/stop.hpp"

namespace evenkeel {

Status median_seconds(std::int64_t repeats, const std::function<Status()>& work,
                      const std::function<void()>& tick, double& out) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  for (std::int64_t i = -1; i < repeats; ++i) {  // the first one warms up
    const auto begin = Clock::now();
    if (Status status = work(); !status.ok()) return status;
    if (interrupted()) return Status::error("stopped");
    if (i >= 0) seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    tick();
  }
  std::sort(seconds.begin(), seconds.end());
  out = seconds[seconds.size() / 2];
  return {};
}

}  // namespace evenkeel
