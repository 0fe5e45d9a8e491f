// What the subcommands share: the options that name a problem, and reading it.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"
#include "core/io/read_loads.hpp"
#include "core/model/types.hpp"
#include "core/request/deployment.hpp"

namespace evenkeel {

// A subcommand parses into its options and later runs with them; run returns the exit status.
inline constexpr int kOk = 0;
inline constexpr int kBadInput = 1;
inline constexpr int kUsage = 2;

// Prints "evenkeel: SENTENCE" to standard error; returns kBadInput.
int fail(const Status& status);
// Prints "evenkeel: KIND: TEXT" to standard error unless quiet.
void say(bool quiet, const char* kind, const std::string& text);

struct LoadOptions {
  std::string path;
  Range steps;
  Range layers;
};
void add_load_options(CLI::App& app, LoadOptions& options);
// Reads the window: a file, "-" or the embedded example.
Status read_window(const LoadOptions& options, Loads& out);
// A path cut to fit a line of a table: its end says more than its beginning.
std::string short_path(const std::string& path);
// As LOADS and its ranges are shown to people.
std::string describe_window(const LoadOptions& options, const Loads& loads);

struct ShapeOptions {
  std::int64_t gpus = 0;
  std::int64_t slots = 0;
  std::int64_t redundant = 0;
  std::int64_t nodes = 1;
  std::int64_t groups = 1;
  bool has_slots = false;  // else redundant counts
  std::string policy = "auto";
};
CLI::Option* add_gpus_option(CLI::App& app, ShapeOptions& options);
void add_slot_options(CLI::App& app, ShapeOptions& options);
// The numbers that a deployment has, in place of those of the options.
void take(const Deployment& deployment, ShapeOptions& options);
// For synthetic loads the usual deployment of their model stands in for options that are missing; for
// others --gpus and, where the subcommand has these, one of --slots and --redundant are required (a
// usage error).
Status complete_from_preset(const CLI::App& app, const std::string& loads, ShapeOptions& options);
void add_node_options(CLI::App& app, ShapeOptions& options);
Policy policy_of(const ShapeOptions& options);
// The shape that counts: sizes from loads and options, after the policy, checked.
Status resolve_shape(const ShapeOptions& options, const Loads& loads, bool quiet, Shape& out);

void add_seed_option(CLI::App& app, std::uint64_t& seed);

struct ExecutionOptions {
  std::string backend = "cpu";
  std::int64_t threads = 0;
};
void add_execution_options(CLI::App& app, ExecutionOptions& options);
Status resolve_execution(const ExecutionOptions& options, bool quiet, Execution& out);

// Reads a placement: a JSON file, a phy2log .npy, or a folder with phy2log.npy. experts: of the
// loads.
Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out);
// Keeps the layers of the loads. A placement that does not say its layers must have as many as the
// loads, or all layers that --layers counts; one that says them must have those of the loads.
Status keep_layers(const std::string& path, const LoadOptions& options, const Loads& loads,
                   Placement& placement);

// A strictly decimal number, and a path that is not empty. Anything else is a usage error.
CLI::Option* add_number(CLI::App& app, const char* name, std::int64_t& out,
                        const std::string& what);
CLI::Option* add_path(CLI::App& app, const char* name, std::string& out, const std::string& what);
// The words that an option takes.
CLI::Validator one_of(const std::vector<std::string>& words);

// Help of at most 80 columns.
class WrappedHelp : public CLI::Formatter {
 public:
  WrappedHelp() { column_width(25); }
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace evenkeel
