#include "native/timing.hpp"

#include <algorithm>
#include <chrono>

#include "native/stop.hpp"

namespace evenkeel {
namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

Status time_in_turn(std::int64_t rounds, std::size_t count,
                    const std::function<Status(std::size_t)>& work,
                    const std::function<void()>& tick, std::vector<Timing>& out) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::vector<double>> seconds(count);
  for (std::int64_t round = -1; round < rounds; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto begin = Clock::now();
      if (Status status = work(i); !status.ok()) return status;
      const std::chrono::duration<double> time = Clock::now() - begin;
      if (interrupted()) return Status::stopped();
      if (round >= 0) seconds[i].push_back(time.count());
      tick();
    }
  }
  out.clear();
  for (const std::vector<double>& all : seconds) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < all.size(); ++round) {
      ratios.push_back(all[round] / seconds.front()[round]);
    }
    out.push_back({median(all), median(ratios)});
  }
  return {};
}

}  // namespace evenkeel
