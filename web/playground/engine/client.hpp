// The playground's side of the messages between it and its engine.
#pragma once

#include <string>
#include <vector>

#include "web/playground/engine/wire.hpp"

namespace evenkeel {

class EngineClient {
 public:
  virtual ~EngineClient() = default;
  virtual void send(Bytes message) = 0;
  // Answers since the last call, in order.
  virtual std::vector<Bytes> receive() = 0;
};

}  // namespace evenkeel
