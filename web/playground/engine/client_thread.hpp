// The engine in a thread with the native back ends, for the window.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/evenkeel.hpp"
#include "web/playground/engine/client.hpp"

namespace evenkeel {

class Engine;

// As Model::files_given expects them.
std::string lines_of(const std::vector<std::string>& paths);

class EngineThread : public EngineClient {
 public:
  // `wake` is called in the engine's thread when there are answers.
  EngineThread(const Execution& execution, std::function<void()> wake);
  ~EngineThread() override;

  void send(Bytes message) override;
  std::vector<Bytes> receive() override;
  void open_files(std::vector<std::string> paths);  // or folders, of one recording

 private:
  using Task = std::function<void(Engine&)>;
  void put(Task task);
  void run(const Execution& execution);

  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<Task> tasks_;
  std::vector<Bytes> answers_;
  bool stop_ = false;
  std::thread thread_;  // declared last because it uses the other members
};

}  // namespace evenkeel
