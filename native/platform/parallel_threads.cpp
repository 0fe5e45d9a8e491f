// core/base/parallel.hpp with threads. Threads are started on first use and then wait for work, because
// starting threads for each call takes longer than a small call itself.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/base/float_mode.hpp"
#include "core/base/parallel.hpp"

namespace evenkeel {
namespace {

// One call of for_ranges.
class Job {
 public:
  Job(std::int64_t rows, std::vector<RangeWork> works)
      : rows_(rows),
        // Small enough that all threads end at about the same time, and large enough that the counter is not
        // a bottleneck.
        range_(std::clamp<std::int64_t>(rows / (std::ssize(works) * 16), 1, 64)),
        works_(std::move(works)) {}

  void take_part(std::size_t thread) {
    for (;;) {
      const std::int64_t begin = next_.fetch_add(range_, std::memory_order_relaxed);
      if (begin >= rows_) return;
      works_[thread](begin, std::min(begin + range_, rows_));
    }
  }

  // Guarded by the pool's mutex: the number of threads that have joined, and how many pool threads are
  // working.
  std::size_t came = 1;
  int working = 0;
  bool is_full() const { return came == works_.size(); }

 private:
  const std::int64_t rows_;
  const std::int64_t range_;
  std::vector<RangeWork> works_;
  std::atomic<std::int64_t> next_ = 0;
};

class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ends_ = true;
    }
    work_is_there_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  // Returns when the job is done. Can be called by several threads at the same time.
  void run(Job& job, std::size_t threads) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      want(threads - 1);
      if (!job.is_full()) jobs_.push_back(&job);
    }
    work_is_there_.notify_all();
    job.take_part(0);
    std::unique_lock<std::mutex> lock(mutex_);
    std::erase(jobs_, &job);
    job_is_done_.wait(lock, [&] { return job.working == 0; });
  }

 private:
  void want(std::size_t threads) {
    try {
      while (threads_.size() < threads) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      // No more threads available: the existing ones and the caller do all the work.
    }
  }

  void serve() {
    const DefaultFloatMode
        mode;  // a thread begins with that of its maker, which may be a host program's
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      work_is_there_.wait(lock, [this] { return ends_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job& job = *jobs_.front();
      const std::size_t thread = job.came++;
      if (job.is_full()) jobs_.erase(jobs_.begin());
      ++job.working;
      lock.unlock();
      job.take_part(thread);
      lock.lock();
      if (--job.working == 0) job_is_done_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable work_is_there_;
  std::condition_variable job_is_done_;
  std::vector<Job*> jobs_;  // waiting for threads
  std::vector<std::thread> threads_;
  bool ends_ = false;
};

}  // namespace

int thread_count(int threads) {
  if (threads > 0) return threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void for_ranges(std::int64_t rows, int threads, const std::function<RangeWork()>& start) {
  const auto workers = static_cast<std::size_t>(
      std::clamp<std::int64_t>(rows, 1, std::int64_t{thread_count(threads)}));
  // All memory is allocated here: if there is not enough, the caller can catch the exception in its own
  // thread.
  std::vector<RangeWork> works;
  for (std::size_t i = 0; i < workers; ++i) works.push_back(start());
  Job job(rows, std::move(works));
  if (workers == 1) return job.take_part(0);
  static Pool pool;
  pool.run(job, workers);
}

}  // namespace evenkeel
