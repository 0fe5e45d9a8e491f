#include "web/playground/engine/client_worker.hpp"

#include <emscripten.h>

#include <utility>

// clang-format off
EM_JS(void, post_to_worker, (const void* bytes, int size), {
  Module.toWorker(HEAPU8.slice(bytes, bytes + size).buffer);
});
// clang-format on

namespace evenkeel {

void EngineWorker::send(Bytes message) {
  post_to_worker(message.data(), static_cast<int>(message.size()));
}

std::vector<Bytes> EngineWorker::receive() { return std::exchange(answers_, {}); }

}  // namespace evenkeel
