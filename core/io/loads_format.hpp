// The formats of recorded loads, recognised by content and name, and what looks wrong in loads that were read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/read_loads.hpp"

namespace evenkeel {

struct LoadsFormat {
  const char* name;
  LoadsReader add;
  // The rank that the file's content says, or -1; null: it says none.
  std::int64_t (*rank)(const RecordedFile& file) = nullptr;
  bool (*leaves_out_zeros)(const RecordedFile& file) = nullptr;
};

// The format of a file; an error for other known files, which says what they are and what to do.
Status recognise(const RecordedFile& file, const LoadsFormat*& out);

// The rank that the file or its name says; -1: none.
std::int64_t rank_of(const RecordedFile& file, const LoadsFormat& format);
bool leaves_out_zeros(const RecordedFile& file, const LoadsFormat& format);

// Whether a CSV is a list of counts or tokens.
bool leaves_out_zeros_in_csv(const RecordedFile& file);

// Warnings about loads that are probably not what they were taken for.
std::vector<std::string> suspicions(const Loads& loads);

}  // namespace evenkeel
