// Recognises the files of a recording, selects their readers, and joins them.
#include "core/io/loads/read_loads.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/formats/json_tape.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/slot_map.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/model/layers.hpp"

namespace evenkeel {
namespace {

// The name of all files together, for errors and as the source.
std::string joint_name(std::span<const RecordedFile> files) {
  std::string name(files.front().name);
  if (files.size() > 1) name += " and " + several(std::ssize(files) - 1, "more file");
  return name;
}

// By ranks where all files say different ranks, or where they leave out zeros; else by time.
Status resolve_join(std::span<const RecordedFile> files,
                    std::span<const LoadsFormat* const> formats, const ReadOptions& options,
                    Join& out) {
  if (out != Join::automatic || files.size() == 1) {
    if (out == Join::automatic) out = Join::time;
    return {};
  }
  std::vector<std::int64_t> ranks;
  bool sparse = true;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::int64_t rank = rank_of(files[i], *formats[i], options);
    if (rank >= 0) ranks.push_back(rank);
    sparse = sparse && leaves_out_zeros(files[i], *formats[i]);
  }
  std::sort(ranks.begin(), ranks.end());
  const bool all_say = ranks.size() == files.size();
  const auto repeated = std::adjacent_find(ranks.begin(), ranks.end());
  if (all_say && repeated != ranks.end() && ranks.front() != ranks.back()) {
    return Status::error(
        "several of the " + std::to_string(files.size()) + " files are of rank " +
        std::to_string(*repeated) +
        ", and others are not; join them by time, where the steps of each file count apart "
        "and their sum is right");
  }
  out =
      (all_say && repeated == ranks.end()) || (ranks.empty() && sparse) ? Join::ranks : Join::time;
  return {};
}

// Reads all files into the sums.
Status add_files(std::span<const RecordedFile> files, std::span<const LoadsFormat* const> formats,
                 const ReadOptions& options, WindowSum& window, std::vector<std::string>& notes) {
  std::size_t consumed = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    ReadOptions of_file = options;
    if (options.progress) {
      of_file.progress = [&](std::size_t of_this) { return options.progress(consumed + of_this); };
    }
    window.begin_file(files[i].name, options.join, leaves_out_zeros(files[i], *formats[i]));
    std::vector<std::string> said;
    if (Status status = formats[i]->add(files[i], of_file, window, said); !status.ok()) {
      return status;
    }
    for (const std::string& note : said) {
      const std::string sentence =
          files.size() == 1 ? note : shown_name(files[i].name, 48) + ": " + note;
      if (std::find(notes.begin(), notes.end(), sentence) == notes.end()) notes.push_back(sentence);
    }
    consumed += files[i].bytes.size();
  }
  return {};
}

// TensorRT-LLM's folder has the number of experts beside the files of the ranks.
Status take_meta_info(std::span<const RecordedFile> all, std::vector<RecordedFile>& files,
                      std::int64_t& experts) {
  constexpr std::string_view kName = "meta_info.json";
  constexpr JsonLimits kLimits = {1 << 20, 1000, 100000, "meta_info.json"};
  for (const RecordedFile& file : all) {
    const std::string_view name = file.name.substr(file.name.find_last_of('/') + 1);
    if (name != kName || all.size() == 1) {
      files.push_back(file);
      continue;
    }
    JsonTape tape;
    constexpr std::string_view kExpected = "{\"num_experts\": ...}";
    if (Status s = tape.read(file.bytes, file.name, kExpected, kLimits); !s.ok()) return s;
    const auto said = tape.root().is_object() ? tape.root().find("num_experts") : std::nullopt;
    if (!said || said->kind() != JsonKind::integer || said->integer() < 1) {
      return refuse(file.name, "no number of experts in it; expected ", kExpected);
    }
    experts = said->integer();
  }
  return files.empty() ? refuse(all.front().name, "no file of loads beside it") : Status();
}

// Numbers below 0 count from the end, which is known when all steps have been counted.
Status resolve_steps(std::span<const RecordedFile> files,
                     std::span<const LoadsFormat* const> formats, ReadOptions& options) {
  if (!is_relative(options.steps)) return {};
  ReadOptions counting = options;
  counting.steps = {0, 0};
  counting.row = nullptr;
  counting.find_dense_layers = false;
  WindowSum window(counting);
  std::vector<std::string> notes;
  if (Status status = add_files(files, formats, counting, window, notes); !status.ok()) {
    return status;
  }
  return make_absolute(joint_name(files), "steps", window.all_steps(), options.steps);
}

// What the layers without load are taken for.
std::string dense_note(const Loads& loads) {
  std::vector<std::int32_t> dense;
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(loads.layers); ++layer) {
    if (loads.numbers().is_dense(layer)) dense.push_back(loads.numbers()[layer]);
  }
  if (dense.empty()) return {};
  return layers_text(dense) + (dense.size() == 1 ? " has" : " have") +
         " no load in any step: taken for dense layers, which figures and maps of MoE layers leave "
         "out";
}

// Rows that count from 0 may be other layers of the model than those of a map that has more of them.
Status check_map_numbers(std::string_view name, const ReadOptions& options, Loads& loads) {
  if (options.counted_under == nullptr || options.moe_layers) return {};
  const std::span<const std::int32_t> numbers = options.counted_under->numbers();
  const std::vector<std::int32_t>& rows = loads.recorded_layers;
  const bool count = rows.front() == 0 && rows.back() == std::ssize(rows) - 1;
  if (numbers.empty() || !count || numbers.back() <= rows.back()) return {};
  const std::string map_has = "the map under which slots were counted has layers " +
                              numbers_text(numbers) + " of the model, but the ";
  if (!loads.numbered) {
    return refuse(name, map_has, several(std::ssize(rows), "layer"),
                  " of the loads have no numbers; say which layers of the model they are with ",
                  "--moe-layers");
  }
  loads.notes.push_back(map_has + "rows of the loads are taken for layers " + numbers_text(rows) +
                        ", because some have no load; if they are others, say which with "
                        "--moe-layers");
  return {};
}

// To give the layers numbers, all of them must be read.
ReadOptions for_reading(const ReadOptions& options) {
  ReadOptions reading = options;
  if (options.moe_layers) reading.layers = {};
  return reading;
}

}  // namespace

Status finish_layers(std::string_view name, const ReadOptions& options, Loads& loads) {
  if (Status s = check_map_numbers(name, options, loads); !s.ok()) return s;
  if (options.moe_layers) {
    bool unchanged = false;
    if (Status s = number_layers(name, *options.moe_layers, loads, unchanged); !s.ok()) return s;
    if (unchanged && options.counted_under != nullptr && options.counted_under->has_numbers()) {
      return refuse(name, "the rows have the model's numbers already; do not say them again");
    }
    if (unchanged) {
      loads.warnings.push_back(
          "the recording has the model's numbers of its layers (those with load are " +
          numbers_text(moe_layers_of(loads)) + "); saying them again changes nothing");
    }
  }
  if (Status s = select_layers(name, options.layers, loads); !s.ok()) return s;
  if (std::string note = dense_note(loads); !note.empty()) loads.notes.push_back(std::move(note));
  return {};
}

Status recognise_files(std::span<const RecordedFile> all, const ReadOptions& options,
                       RecognisedFiles& out) {
  if (Status s = take_meta_info(all, out.files, out.experts); !s.ok()) return s;
  for (const RecordedFile& file : out.files) {
    const LoadsFormat* format = nullptr;
    if (Status status = recognise(file, format); !status.ok()) return status;
    out.formats.push_back(format);
  }
  out.name = joint_name(out.files);
  out.options = for_reading(options);
  if (Status s = resolve_join(out.files, out.formats, options, out.options.join); !s.ok()) return s;
  return resolve_steps(out.files, out.formats, out.options);
}

Status sum_files(const RecognisedFiles& recording, Loads& out) {
  const std::string& name = recording.name;
  WindowSum window(recording.options);
  std::vector<std::string> notes;
  Status status = add_files(recording.files, recording.formats, recording.options, window, notes);
  if (!status.ok()) return status;
  if (Status s = window.finish(name, out); !s.ok()) return s;
  if (recording.experts != 0 && out.experts != recording.experts) {
    return refuse(name, out.experts, " experts, but meta_info.json says ", recording.experts);
  }
  if (recording.files.size() > 1) {
    notes.insert(
        notes.begin(),
        recording.options.join == Join::ranks
            ? "the files are of ranks, whose loads add up (use --join time if they follow each "
              "other)"
            : "the files follow each other in time (use --join ranks if their loads add up)");
  }
  out.notes = std::move(notes);
  return {};
}

Status read_loads(std::span<const RecordedFile> files, const ReadOptions& options, Loads& out) {
  RecognisedFiles recording;
  Loads loads;
  if (Status s = recognise_files(files, options, recording); !s.ok()) return s;
  if (Status s = sum_files(recording, loads); !s.ok()) return s;
  if (Status s = finish_layers(recording.name, options, loads); !s.ok()) return s;
  for (std::string& warning : suspicions(loads)) loads.warnings.push_back(std::move(warning));
  out = std::move(loads);
  return {};
}

Status read_loads(std::span<const std::byte> bytes, std::string_view name,
                  const ReadOptions& options, Loads& out) {
  const RecordedFile file = {name, bytes};
  return read_loads(std::span(&file, 1), options, out);
}

Status read_as(LoadsReader reader, const RecordedFile& file, const ReadOptions& options,
               Loads& out) {
  LoadsFormat format = {"", reader};
  if (reader == add_csv) format.leaves_out_zeros = leaves_out_zeros_in_csv;
  const LoadsFormat* const formats[] = {&format};
  ReadOptions resolved = for_reading(options);
  const std::span<const RecordedFile> files(&file, 1);
  if (Status s = resolve_steps(files, formats, resolved); !s.ok()) return s;
  WindowSum window(resolved);
  Loads loads;
  if (Status s = add_files(files, formats, resolved, window, loads.notes); !s.ok()) return s;
  std::vector<std::string> notes = std::move(loads.notes);
  if (Status s = window.finish(file.name, loads); !s.ok()) return s;
  loads.notes = std::move(notes);
  if (Status s = finish_layers(file.name, options, loads); !s.ok()) return s;
  out = std::move(loads);
  return {};
}

}  // namespace evenkeel
