// Exports: each has a name, a sentence, and the files that it makes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "web/playground/model.hpp"

namespace evenkeel {

struct SavedFile {
  std::string name;
  std::string bytes;
};

struct ExportFormat {
  std::string name;        // "placement", "npy", "table", or an engine's
  std::string title;       // on a button
  std::string sentence;    // its content and purpose
  std::string start = {};  // how an engine is started with its file; empty: it is not for an engine
};
// Our own and those of engines.
std::vector<ExportFormat> export_formats();

struct Exported {
  std::vector<SavedFile> files;
  std::vector<std::string>
      said;  // of an engine's file: warnings, what was assumed, how the engine is started
};
// Makes the files of a format from the model's result. mtp: as in EngineMap, for the formats that take it. Errors: an
// unknown format, no result, or a result that the engine's format cannot express.
Status make_export(const Model& model, std::string_view format, std::int32_t mtp, Exported& out);

}  // namespace evenkeel
