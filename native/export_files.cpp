#include "native/export_files.hpp"

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
}

Status check_exports(const ExportOptions& options, const OutputFiles& files) {
  for (const ExportFile& file : options.files) {
    if (Status status = files.check(file.path); !status.ok()) return status;
  }
  std::int32_t unused = 0;
  return take_number(Vocabulary::command, "first-moe-layer", options.first_moe_layer, 0,
                     kMostFirstMoeLayer, unused);
}

Status write_exports(const ExportOptions& options, const Placement& placement, bool quiet,
                     OutputFiles& files) {
  const auto first = static_cast<std::int32_t>(options.first_moe_layer);
  bool counts_dense_layers = false;
  for (const ExportFile& file : options.files) {
    std::string text;
    Status status = write_engine_file(*file.format, placement, first, text);
    if (status.ok()) status = files.write(file.path, text);
    if (!status.ok()) return status;
    counts_dense_layers |= file.format->counts_dense_layers;
  }
  if (counts_dense_layers && !options.has_first_moe_layer) {
    say(quiet, "note",
        "in engine files, layer 0 of the loads is layer 0 of the model; if dense layers precede "
        "it, "
        "give their number with --first-moe-layer (DeepSeek-V3: 3)");
  }
  return {};
}

}  // namespace evenkeel
