// The playground in a window: the native back ends, files from the disk, and scripted input for tests
// (script.hpp).

#include <png.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.hpp"
#include "core/batch/backend.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"
#include "cuda/backend_cuda.hpp"
#include "native/output_files.hpp"
#include "web/playground/app.hpp"
#include "web/playground/engine/client_thread.hpp"
#include "web/playground/file_dialog.hpp"
#include "web/playground/gl.hpp"
#include "web/playground/look.hpp"
#include "web/playground/screen_window.hpp"
#include "web/playground/script.hpp"

namespace evenkeel {
namespace {

constexpr const char* kUsage =
    "usage: evenkeel-playground [--link STATE] [--script FILE] [LOADS...]\n"
    "LOADS: the files of one recording, which an engine's recorder wrote (.pt, .safetensors, "
    ".json,\n"
    ".jsonl), or .npy, .npz, .csv, any of them gzip or zstd; TensorRT-LLM's folder; synth:PRESET "
    "or\n"
    "example:deepseek. STATE: what a link of the page has behind its #. FILE: input to act out,\n"
    "- for standard input; see web/playground/script.hpp\n";

class Window : public Platform {
 public:
  explicit Window(EngineThread& engine) : engine_(engine) {}

  bool can_choose_file() const override { return dialog_.can_open(); }
  bool can_type_path() const override { return true; }
  void choose_file() override { dialog_.open(); }
  void open_files(const std::vector<std::string>& paths) override { engine_.open_files(paths); }
  FileDialog& dialog() { return dialog_; }
  std::string save(std::string_view name, std::string_view bytes) override {
    OutputFiles files(false);  // nothing is overwritten
    const std::string path(name);
    Status status = files.check(path);
    if (status.ok()) status = files.write(path, std::string(bytes));
    if (status.ok()) status = files.commit();
    return status.ok() ? path + " is in the folder where the playground was started."
                       : status.sentence();
  }
  std::string save_picture(int width, int height) override {
    std::vector<std::uint8_t> rows(static_cast<std::size_t>(width) * 3 *
                                   static_cast<std::size_t>(height));
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, rows.data());
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_RGB;
    const int from_below = -3 * width;  // OpenGL's first row is at the bottom
    png_alloc_size_t size = 0;
    std::string bytes;
    if (png_image_write_to_memory(&image, nullptr, &size, 0, rows.data(), from_below, nullptr) !=
        0) {
      bytes.resize(size);
      (void)png_image_write_to_memory(&image, bytes.data(), &size, 0, rows.data(), from_below,
                                      nullptr);
    }
    if (PNG_IMAGE_FAILED(image))
      return std::string("The picture could not be made: ") + image.message;
    bytes.resize(size);
    return save("evenkeel.png", bytes);
  }
  void copy(const std::string& text) override { SDL_SetClipboardText(text.c_str()); }
  std::string address(const std::string& link) const override {
    return "evenkeel-playground --link '" + link + "'";
  }

 private:
  EngineThread& engine_;
  FileDialog dialog_;
};

// The order in which people number files: rank9.csv is before rank10.csv.
bool precedes(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) {
    return std::min(text.find_first_not_of("0123456789"), text.size());
  };
  while (!a.empty() && !b.empty()) {
    const std::size_t of_a = digits(a), of_b = digits(b);
    std::uint64_t number_a = 0, number_b = 0;
    if (parse_whole(a.substr(0, of_a), number_a) && parse_whole(b.substr(0, of_b), number_b)) {
      if (number_a != number_b) return number_a < number_b;
      a.remove_prefix(of_a);
      b.remove_prefix(of_b);
      continue;
    }
    if (a.front() != b.front()) return a.front() < b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.empty() && !b.empty();
}

struct Options {
  std::string link;
  std::string script;
  std::vector<std::string> loads;
};

bool is_named(const std::string& loads) { return is_synth(loads) || loads == kExampleName; }

bool parse(int argc, char** argv, Options& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    std::string* value = word == "--link" ? &out.link : word == "--script" ? &out.script : nullptr;
    if (value != nullptr && i + 1 < argc) {
      *value = argv[++i];
    } else if (value == nullptr && !word.starts_with("--")) {
      out.loads.push_back(word);
    } else {
      return false;
    }
  }
  return out.loads.size() < 2 || std::none_of(out.loads.begin(), out.loads.end(), is_named);
}

void open(App& app, Window& window, const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  app.model().files_given(lines_of(paths));
  window.open_files(paths);
  app.touch();
}

// Waits for events, which include the engine's answers, if there is nothing else to do.
void run(App& app, Window& window, Script& script) {
  constexpr int kFrameMs = 15;
  std::vector<std::string> dropped;  // so far, of files that are dropped together
  for (bool quit = false; !quit;) {
    SDL_Event event;
    const bool waits = app.idle() && script.done();
    const int patience = window.dialog().is_open() ? 50 : 500;  // its answer is not an event
    bool has_event =
        waits ? SDL_WaitEventTimeout(&event, patience) != 0 : SDL_PollEvent(&event) != 0;
    while (has_event) {
      if (event.type == SDL_DROPFILE) {
        dropped.emplace_back(event.drop.file);
        SDL_free(event.drop.file);
      } else if (event.type == SDL_DROPCOMPLETE) {
        std::sort(dropped.begin(), dropped.end(), precedes);
        open(app, window, std::exchange(dropped, {}));
      }
      quit = screen::take(app, event) || quit;
      has_event = SDL_PollEvent(&event) != 0;
    }
    std::vector<std::string> chosen = window.dialog().poll();
    std::sort(chosen.begin(), chosen.end(), precedes);
    open(app, window, chosen);
    const bool dark = app.model().state.theme == "dark";
    if (dark != look::is_dark()) app.set_dark(dark);
    if (!app.frame()) SDL_Delay(waits ? 0 : kFrameMs);
    if (!script.done() && !window.dialog().is_open()) quit = !script.act(app) || quit;
  }
}

int start(const Options& options) {
  Script script;
  if (!options.script.empty()) {
    if (const Status status = script.read(options.script); !status.ok()) {
      std::fprintf(stderr, "evenkeel-playground: %s\n", status.sentence().c_str());
      return 1;
    }
  }
  if (const Status added = add_cuda_backend(); !added.ok()) {
    std::fprintf(stderr, "evenkeel-playground: %s\n", added.sentence().c_str());
    return 1;
  }
  std::string note;
  Execution execution;
  execution.backend = &fastest_backend(note);
  EngineThread engine(execution, [] {
    SDL_Event wake = {};
    wake.type = SDL_USEREVENT;
    SDL_PushEvent(&wake);
  });
  Window window(engine);
  App app(engine, window);
  if (const std::string failed = app.open_window(); !failed.empty()) {
    std::fprintf(stderr, "evenkeel-playground: no window: %s\n", failed.c_str());
    return 1;
  }
  app.model().restore(options.link);
  if (!options.loads.empty() && is_named(options.loads.front())) {
    app.model().open(options.loads.front());
  } else {
    open(app, window, options.loads);
  }
  run(app, window, script);
  return script.failed() ? 1 : 0;
}

}  // namespace
}  // namespace evenkeel

int main(int argc, char** argv) {
  evenkeel::Options options;
  if (!evenkeel::parse(argc, argv, options)) {
    std::fputs(evenkeel::kUsage, stderr);
    return 2;
  }
  return evenkeel::start(options);
}
