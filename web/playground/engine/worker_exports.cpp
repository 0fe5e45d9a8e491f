// The engine inside the worker: the functions that web/worker.js calls.

#include <emscripten.h>

#include <cstdlib>
#include <string>

#include "web/playground/engine/engine.hpp"

// clang-format off
EM_JS(void, post_to_page, (const void* bytes, int size), {
  const copy = HEAPU8.slice(bytes, bytes + size).buffer;
  postMessage(copy, [copy]);
});
// clang-format on

namespace evenkeel {
namespace {

Engine& engine() {
  static Engine the_engine(
      {}, [](Bytes answer) { post_to_page(answer.data(), static_cast<int>(answer.size())); });
  return the_engine;
}

std::span<const std::byte> bytes_at(const void* at, int size) {
  return {static_cast<const std::byte*>(at), static_cast<std::size_t>(size)};
}

}  // namespace
}  // namespace evenkeel

extern "C" {

EMSCRIPTEN_KEEPALIVE void engine_receive(const void* message, int size) {
  evenkeel::engine().receive(evenkeel::bytes_at(message, size));
}

// Takes ownership of the bytes, which were allocated by malloc.
EMSCRIPTEN_KEEPALIVE void engine_open_file(const char* name, void* bytes, int size) {
  evenkeel::FileBytes file;
  file.owner =
      std::shared_ptr<const void>(bytes, [](const void* p) { std::free(const_cast<void*>(p)); });
  file.bytes = evenkeel::bytes_at(bytes, size);
  evenkeel::engine().open_file(std::move(file), name);
}

EMSCRIPTEN_KEEPALIVE void engine_refuse_file(const char* name, double size) {
  evenkeel::engine().refuse_file(name, static_cast<std::int64_t>(size));
}

EMSCRIPTEN_KEEPALIVE int engine_advance() { return evenkeel::engine().advance() ? 1 : 0; }

}  // extern "C"
