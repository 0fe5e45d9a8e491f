// core/base/parallel.hpp with threads. They are started when first wanted and then wait: starting some for each
// call takes longer than the work of a small one.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/base/parallel.hpp"

namespace evenkeel {
namespace {

// One call of for_ranges.
class Job {
 public:
  Job(std::int64_t rows, std::vector<RangeWork> works)
      : rows_(rows),
        // Small enough that the slowest thread ends soon after the others, and large enough that the
        // counter is no bottleneck.
        range_(std::clamp<std::int64_t>(rows / (std::ssize(works) * 16), 1, 64)),
        works_(std::move(works)) {}

  void take_part(std::size_t thread) {
    for (;;) {
      const std::int64_t begin = next_.fetch_add(range_, std::memory_order_relaxed);
      if (begin >= rows_) return;
      works_[thread](begin, std::min(begin + range_, rows_));
    }
  }

  // The pool's, behind its mutex: how many have come, and how many of the others are at work.
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

  // Returns when the job is done. Several callers may be here at a time.
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
      // No more threads to be had: those that there are, and the caller's, do all the work.
    }
  }

  void serve() {
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
  std::vector<Job*> jobs_;  // that wait for threads
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
  // All memory is taken here: want of it is an exception in the caller's thread, where it can be
  // caught.
  std::vector<RangeWork> works;
  for (std::size_t i = 0; i < workers; ++i) works.push_back(start());
  Job job(rows, std::move(works));
  if (workers == 1) return job.take_part(0);
  static Pool pool;
  pool.run(job, workers);
}

}  // namespace evenkeel
