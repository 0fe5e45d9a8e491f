#include "web/playground/engine/client_thread.hpp"

#include <utility>

#include "native/decompress.hpp"
#include "native/recording.hpp"
#include "web/playground/engine/engine.hpp"

namespace evenkeel {

std::string lines_of(const std::vector<std::string>& paths) {
  std::string lines;
  for (const std::string& path : paths) lines += (lines.empty() ? "" : "\n") + path;
  return lines;
}

EngineThread::EngineThread(const Execution& execution, std::function<void()> wake)
    : wake_(std::move(wake)), thread_([this, execution] { run(execution); }) {}

EngineThread::~EngineThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  asked_.notify_one();
  thread_.join();
}

void EngineThread::put(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  asked_.notify_one();
}

void EngineThread::send(Bytes message) {
  put([message = std::move(message)](Engine& engine) { engine.receive(message); });
}

void EngineThread::open_files(std::vector<std::string> paths) {
  put([paths = std::move(paths)](Engine& engine) {
    const std::string names = lines_of(paths);
    engine.tell_busy("reading", 0, 1);
    auto recording = std::make_shared<Recording>();
    if (const Status status = recording->open(paths); !status.ok()) {
      return engine.refuse_recording(names, status.sentence());
    }
    const auto release = [recording](std::size_t offset) { recording->release_before(offset); };
    const auto files = recording->files();
    engine.open_recording({recording, {files.begin(), files.end()}, release, inflate_raw}, names);
  });
}

std::vector<Bytes> EngineThread::receive() {
  const std::lock_guard lock(mutex_);
  return std::exchange(answers_, {});
}

void EngineThread::run(const Execution& execution) {
  Engine engine(execution, [this](Bytes answer) {
    {
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(answer));
    }
    wake_();
  });
  bool busy = false;
  while (true) {
    std::deque<Task> tasks;
    {
      std::unique_lock lock(mutex_);
      if (!busy) asked_.wait(lock, [this] { return stop_ || !tasks_.empty(); });
      if (stop_) return;
      tasks.swap(tasks_);
    }
    for (const Task& task : tasks) task(engine);
    busy = engine.advance();
    if (!tasks.empty()) wake_();
  }
}

}  // namespace evenkeel
