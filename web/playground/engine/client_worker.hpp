// The engine in a worker of the page: a second instance of the same program without its UI.
#pragma once

#include "web/playground/engine/client.hpp"

namespace evenkeel {

class EngineWorker : public EngineClient {
 public:
  void send(Bytes message) override;  // through the page's script
  std::vector<Bytes> receive() override;
  void put(Bytes answer) { answers_.push_back(std::move(answer)); }

 private:
  std::vector<Bytes> answers_;
};

}  // namespace evenkeel
