// The engine inside the worker: the functions that web/worker.js calls.

#include <emscripten.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.hpp"
#include "core/io/formats/zip.hpp"
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

std::span<const std::byte> bytes_at(const void* at, std::size_t size) {
  return {static_cast<const std::byte*>(at), size};
}

// What malloc gave.
using Block = std::unique_ptr<void, decltype(&std::free)>;

// The files of the next recording, one after another.
struct Given {
  struct File {
    std::string name;
    Block block;
    std::size_t size;
  };
  struct Inflated {
    Block block;
    std::size_t size;
  };
  std::vector<File> files;
  std::map<const void*, Inflated> inflated;  // entries of archives, by where they are deflated
};

std::unique_ptr<Given> the_given;

Given& given() {
  if (!the_given) the_given = std::make_unique<Given>();
  return *the_given;
}

RecordingBytes recording_of(std::shared_ptr<const Given> all) {
  RecordingBytes recording;
  for (const Given::File& file : all->files) {
    recording.files.push_back({file.name, bytes_at(file.block.get(), file.size)});
  }
  for (const auto& [at, entry] : all->inflated) recording.inflated += entry.size;
  if (!all->inflated.empty()) {
    recording.inflate = [of = all.get()](std::span<const std::byte> deflated, std::size_t,
                                         std::vector<std::byte>& out) {
      const auto entry = of->inflated.find(deflated.data());
      if (entry == of->inflated.end()) {
        return Status::error(
            "it is too large for a page; the playground in a window and the command can read it");
      }
      const auto bytes = bytes_at(entry->second.block.get(), entry->second.size);
      out.assign(bytes.begin(), bytes.end());
      return Status();
    };
  }
  recording.owner = std::move(all);
  return recording;
}

}  // namespace
}  // namespace evenkeel

extern "C" {

EMSCRIPTEN_KEEPALIVE void engine_receive(const void* message, int size) {
  evenkeel::engine().receive(evenkeel::bytes_at(message, static_cast<std::size_t>(size)));
}

// Adds a file to the next recording. Takes ownership of the bytes, which were allocated by malloc.
EMSCRIPTEN_KEEPALIVE void engine_add_file(const char* name, void* bytes, std::size_t size) {
  evenkeel::given().files.push_back({name, {bytes, &std::free}, size});
}

// The deflated entries of the archives among these files, which only JavaScript can inflate: a line "ADDRESS SIZE
// INFLATED_SIZE" for each. An entry that claims more than deflate can hold is left to the reader, which refuses it.
EMSCRIPTEN_KEEPALIVE const char* engine_deflated() {
  constexpr std::uint64_t kBestRatio = 1032;
  static std::string lines;
  lines.clear();
  for (const evenkeel::Given::File& file : evenkeel::given().files) {
    const auto bytes = evenkeel::bytes_at(file.block.get(), file.size);
    evenkeel::ZipArchive archive;
    if (!evenkeel::is_zip(bytes) || !archive.open(bytes, file.name).ok()) continue;
    for (const evenkeel::ZipEntry& entry : archive.entries()) {
      if (!entry.deflated || entry.size / kBestRatio > entry.bytes.size()) continue;
      lines += std::to_string(reinterpret_cast<std::uintptr_t>(entry.bytes.data())) + " " +
               std::to_string(entry.bytes.size()) + " " + std::to_string(entry.size) + "\n";
    }
  }
  return lines.c_str();
}

// The content of such an entry. Takes ownership of the bytes.
EMSCRIPTEN_KEEPALIVE void engine_add_inflated(const void* at, void* bytes, std::size_t size) {
  evenkeel::given().inflated.insert_or_assign(at,
                                              evenkeel::Given::Inflated{{bytes, &std::free}, size});
}

// Opens the files that were added. name: of the recording, as in Model::files_given.
EMSCRIPTEN_KEEPALIVE void engine_open(const char* name) {
  static_cast<void>(evenkeel::given());
  auto recording = evenkeel::recording_of(std::move(evenkeel::the_given));
  evenkeel::engine().open_recording(std::move(recording), name);
}

// Forgets the files that were added. The sentence begins with a name, which comes from outside.
EMSCRIPTEN_KEEPALIVE void engine_refuse(const char* name, const char* of, const char* sentence) {
  evenkeel::the_given.reset();
  evenkeel::engine().refuse_recording(name, evenkeel::refuse(of, sentence).sentence());
}

EMSCRIPTEN_KEEPALIVE void engine_tell_busy(const char* what, double done, double of) {
  evenkeel::engine().tell_busy(what, static_cast<std::int64_t>(done),
                               static_cast<std::int64_t>(of));
}

EMSCRIPTEN_KEEPALIVE int engine_advance() { return evenkeel::engine().advance() ? 1 : 0; }

}  // extern "C"
