#include "native/export_files.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/base/vocabulary.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"

namespace evenkeel {
namespace {

constexpr const char* kExport = "--export";

ExportFile parse_export(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    throw CLI::ValidationError(
        kExport,
        in_quotes(text) + " has no file name; give FORMAT:PATH, for example sglang:plan.json");
  }
  ExportFile file = {nullptr, text.substr(colon + 1)};
  if (Status s = find_engine_format(text.substr(0, colon), file.format); !s.ok()) {
    throw CLI::ValidationError(kExport, s.sentence());
  }
  // Engines check the extension: SGLang reads any other name as the JSON text itself.
  if (!file.path.ends_with(file.format->extension)) {
    throw CLI::ValidationError(kExport, in_quotes(text) + ": the name of a file for " +
                                            std::string(file.format->name) + " must end in " +
                                            std::string(file.format->extension));
  }
  return file;
}

std::string format_names() {
  std::string names;
  for (const EngineFormat& format : engine_formats()) {
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  }
  return names;
}

// Several files can have the same to say.
void add_new(const std::vector<std::string>& sentences, std::vector<std::string>& out) {
  for (const std::string& sentence : sentences) {
    if (std::find(out.begin(), out.end(), sentence) == out.end()) out.push_back(sentence);
  }
}

}  // namespace

void add_export_options(CLI::App& app, ExportOptions& options) {
  app.add_option(
         kExport,
         [&options](const CLI::results_t& values) {
           for (const std::string& value : values) options.files.push_back(parse_export(value));
           return true;
         },
         "write a file for a serving engine; can be repeated: " + format_names())
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("FORMAT:PATH");
  add_number(
      app, "--mtp", options.mtp,
      "layers for multi-token prediction after the last layer of the model, which a file for "
      "tensorrt-llm must have: as the engine places them itself [0]")
      ->type_name("N");
}

void check_export_options(const ExportOptions& options) {
  const bool takes_mtp = std::any_of(options.files.begin(), options.files.end(),
                                     [](const ExportFile& file) { return file.format->takes_mtp; });
  if (options.mtp != 0 && !takes_mtp) {
    throw CLI::ValidationError("--mtp", "needs --export tensorrt-llm:PATH");
  }
}

Status check_exports(const ExportOptions& options, const OutputFiles& files) {
  for (const ExportFile& file : options.files) {
    if (Status status = files.check(file.path); !status.ok()) return status;
  }
  std::int32_t unused = 0;
  return take_number(Vocabulary::command, "mtp", options.mtp, 0, kMostMtpLayers, unused);
}

Status write_exports(const ExportOptions& options, const Loads& loads, const Placement& placement,
                     OutputFiles& files, ExportMessages& out) {
  std::vector<std::string> starts;
  for (const ExportFile& file : options.files) {
    EngineMap map = EngineMap::of(loads, Vocabulary::command);
    if (file.format->takes_mtp) map.mtp = static_cast<std::int32_t>(options.mtp);
    std::string bytes;
    Status status = write_engine_file(*file.format, placement, map, bytes);
    if (status.ok()) status = files.write(file.path, bytes);
    if (!status.ok()) return status;
    const EngineMessages said = about_engine_file(*file.format, placement, map);
    add_new(said.warnings, out.warnings);
    add_new(said.notes, out.notes);
    starts.push_back(how_to_start(*file.format, placement, map, file.path));
  }
  add_new(starts, out.notes);
  return {};
}

void ExportMessages::say_all(bool quiet) const {
  for (const std::string& warning : warnings) say(quiet, "warning", warning);
  for (const std::string& note : notes) say(quiet, "note", note);
}

}  // namespace evenkeel
