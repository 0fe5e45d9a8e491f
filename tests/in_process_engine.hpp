// The playground's model with its engine on the same thread.
#pragma once

#include <utility>
#include <vector>

#include "web/playground/engine/client.hpp"
#include "web/playground/engine/engine.hpp"
#include "web/playground/model.hpp"

namespace evenkeel::test {

class InProcessEngine : public EngineClient {
 public:
  void send(Bytes message) override { engine_.receive(message); }
  std::vector<Bytes> receive() override { return std::exchange(answers_, {}); }
  void put(Bytes answer) { answers_.push_back(std::move(answer)); }
  Engine& engine() { return engine_; }

  // Until nothing is left to do; without the comparison where only the window is wanted.
  void settle(Model& model, bool with_comparison = false) {
    do {
      model.update();
    } while ((model.waiting() || with_comparison) && engine_.advance());
    model.update();
  }

 private:
  std::vector<Bytes> answers_;
  Engine engine_{{}, [this](Bytes answer) { answers_.push_back(std::move(answer)); }};
};

}  // namespace evenkeel::test
