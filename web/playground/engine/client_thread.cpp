#include "web/playground/engine/client_thread.hpp"

#include <utility>

#include "native/decompress.hpp"
#include "native/input_file.hpp"
#include "web/playground/engine/engine.hpp"

namespace evenkeel {

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

void EngineThread::open_file(std::string path) {
  put([path = std::move(path), this](Engine& engine) {
    auto file = std::make_shared<InputFile>();
    if (const Status status = file->open(path); !status.ok()) {
      Opened failed;
      failed.sentence = status.sentence();
      failed.name = path;
      const std::lock_guard lock(mutex_);
      answers_.push_back(to_bytes(failed));
      return;
    }
    const auto release = [file](std::size_t offset) { file->release_before(offset); };
    engine.open_file({file, file->bytes(), release, inflate_raw}, path);
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
