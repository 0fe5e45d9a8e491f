// evenkeel synth: lists the presets, or writes a synthetic trace as a .npy file.

#include <unistd.h>

#include <memory>
#include <optional>

#include "core/io/formats/npy.hpp"
#include "core/traffic/synth.hpp"
#include "native/commands.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/output_files.hpp"
#include "native/progress.hpp"
#include "native/report_text.hpp"
#include "native/stop.hpp"

namespace evenkeel {
namespace {

struct SynthOptions {
  // Texts as given: they are joined to one text, whose parser checks them.
  std::optional<std::string> preset, seed, steps, skew;
  std::string out;
  bool force = false;
};

std::string presets_text() {
  std::string text;
  for (const SynthPreset& preset : synth_presets()) {
    text += std::string(preset.name) + ": " + std::string(preset.sentence) + "\n    " +
            describe_shape(preset.shape) + "\n    top-" + std::to_string(preset.top_k) + ", " +
            std::to_string(preset.tokens) + " tokens per step\n";
  }
  return text;
}

// One step's counts as little-endian numbers of `bytes` bytes.
void append_counts(std::span<const std::uint32_t> counts, int bytes, std::string& out) {
  for (const std::uint32_t count : counts) {
    for (int byte = 0; byte < bytes; ++byte) out += static_cast<char>(count >> (8 * byte));
  }
}

Status write_trace(const SynthSpec& spec, OutputFiles& files) {
  // An expert gets at most all tokens of a step.
  const int bytes = spec.preset->tokens <= UINT16_MAX ? 2 : 4;
  SynthTrace trace(spec);
  const std::int64_t shape[] = {spec.steps, trace.layers(), trace.experts()};
  if (Status s = files.append(npy_header(bytes == 2 ? "<u2" : "<u4", shape)); !s.ok()) return s;
  std::vector<std::uint32_t> counts(trace.cells());
  std::string buffer;
  Progress progress("writing " + synth_text(spec), spec.steps);
  for (std::int64_t step = 0; step < spec.steps; ++step) {
    trace.next_step(counts);
    buffer.clear();
    append_counts(counts, bytes, buffer);
    if (Status status = files.append(buffer); !status.ok()) return status;
    if (interrupted()) return Status::stopped();
    progress.update(step + 1);
  }
  return {};
}

// The same text as for LOADS, so that both report the same errors.
std::string synth_string(const SynthOptions& options) {
  std::string text = (is_synth(*options.preset) ? "" : "synth:") + *options.preset;
  if (options.seed) text += ",seed=" + *options.seed;
  if (options.steps) text += ",steps=" + *options.steps;
  if (options.skew) text += ",skew=" + *options.skew;
  return text;
}

Status run(const SynthOptions& options) {
  if (!options.preset) return print_out(presets_text());
  SynthSpec spec;
  if (Status status = parse_synth(synth_string(options), spec); !status.ok()) return status;
  if (options.out == "-" && ::isatty(1) == 1) {
    return Status::error(
        "a .npy file cannot be shown on a terminal; redirect --out - or name a file");
  }
  OutputFiles files(options.force);
  Status status = files.open(options.out);
  if (status.ok()) status = write_trace(spec, files);
  if (status.ok()) status = files.close();
  return status.ok() ? files.commit() : status;
}

}  // namespace

void add_synth_command(CLI::App& program, Context& context) {
  auto options = std::make_shared<SynthOptions>();
  CLI::App* app =
      program.add_subcommand("synth", "list the synthetic traces, or write one as .npy");
  auto* preset =
      app->add_option("PRESET", options->preset, "the preset; without it: list all")->type_name("");
  app->add_option("--seed", options->seed, "seed; each gives another trace of the same kind [0]")
      ->type_name("N");
  app->add_option("--steps", options->steps, "number of steps [300]")->type_name("N");
  app->add_option("--skew", options->skew, "factor on all skew and drift, 0 to 4 [1]")
      ->type_name("X");
  auto* out = add_path(*app, "--out", options->out,
                       "the .npy file of [steps, layers, experts] (- for standard output)");
  app->add_flag("--force", options->force, "replace what --out would overwrite");
  app->footer(
      "Examples:\n"
      "  evenkeel synth\n"
      "  evenkeel synth deepseek-v3 --steps 1000 --out trace.npy\n"
      "Every command takes synth:PRESET[,seed=N,steps=N,skew=X] in place of a file.");
  app->callback([app, preset, out, options, &context] {
    SynthSpec spec;
    const bool known = preset->count() > 0 && parse_synth(synth_string(*options), spec).ok();
    if (known && out->count() == 0) throw CLI::RequiredError("--out");
    for (const CLI::Option* option : app->get_options()) {
      if (preset->count() == 0 && option->count() > 0) {
        throw CLI::RequiredError("PRESET with " + option->get_name());
      }
    }
    context.exit_status = exit_status_of(run(*options));
  });
}

}  // namespace evenkeel
