// The formats of recorded loads, recognised by content and name, and what looks wrong in loads that were read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/read_loads.hpp"

namespace evenkeel {

struct LoadsFormat {
  const char* name;
  LoadsReader add;
  // The rank that the file's content says, or -1; null: it says none.
  std::int64_t (*rank)(const RecordedFile& file, const ReadOptions& options) = nullptr;
  bool (*leaves_out_zeros)(const RecordedFile& file) = nullptr;
};

// The format of a file; an error for other known files, which says what they are and what to do.
Status recognise(const RecordedFile& file, const LoadsFormat*& out);

// The files of a recording, recognised, and what was decided about them.
struct RecognisedFiles {
  std::string name;                         // of all of them, for errors and as the source
  std::vector<RecordedFile> files;          // those with loads
  std::vector<const LoadsFormat*> formats;  // of each
  ReadOptions options;       // says how they join, and steps from 0; all layers if they get numbers
  std::int64_t experts = 0;  // as another file says; 0: unknown
};
Status recognise_files(std::span<const RecordedFile> all, const ReadOptions& options,
                       RecognisedFiles& out);
// Their sum, before finish_layers.
Status sum_files(const RecognisedFiles& recording, Loads& out);

// Whether the file is an array of .npy, whose steps can be used where they are.
bool is_plain_npy(const RecordedFile& file);

// The rank that the first record of a JSON file says, or -1.
std::int64_t rank_in_json(const RecordedFile& file, const ReadOptions& options);

// The rank that the first row of a CSV table says, or -1. In a list ranks only add up.
std::int64_t rank_in_csv(const RecordedFile& file, const ReadOptions& options);

// PyTorch's .pt before version 1.6.
bool is_torch_stream(std::span<const std::byte> bytes);
Status add_torch_stream(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
                        std::vector<std::string>& notes);
// PyTorch's .pt, and .npz with one array.
Status add_zip(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
               std::vector<std::string>& notes);
std::int64_t rank_in_pickle(const RecordedFile& file, const ReadOptions& options);
// An object that np.save has pickled; `bytes` is its pickle.
Status add_pickled_npy(const RecordedFile& pickled, const ReadOptions& options, WindowSum& window,
                       std::vector<std::string>& notes);

Status add_safetensors(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
                       std::vector<std::string>& notes);

// The rank that the file or its name says; -1: none.
std::int64_t rank_of(const RecordedFile& file, const LoadsFormat& format,
                     const ReadOptions& options);
bool leaves_out_zeros(const RecordedFile& file, const LoadsFormat& format);

// A sentence where layers by experts is probably experts by layers; else empty.
std::string swapped_axes(std::int64_t layers, std::int64_t experts);

// Whether a CSV is a list of counts or tokens.
bool leaves_out_zeros_in_csv(const RecordedFile& file);

// Warnings about loads that are probably not what they were taken for.
std::vector<std::string> suspicions(const Loads& loads);

}  // namespace evenkeel
