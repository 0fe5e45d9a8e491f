// The files of one recording, opened: those that were named, and those in a folder that TensorRT-LLM wrote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/read_loads.hpp"
#include "native/input_file.hpp"

namespace evenkeel {

inline constexpr int kMostFiles = 4096;  // of one recording

class Recording {
 public:
  Status open(const std::vector<std::string>& paths);
  std::span<const RecordedFile> files() const { return files_; }
  std::int64_t size() const { return size_; }

  // Offsets count over all files, in their order.
  void release_before(std::size_t offset);

 private:
  Status open_file(const std::string& path);
  Status open_folder(const std::string& path);

  std::deque<std::string> names_;
  std::deque<InputFile> inputs_;
  std::vector<RecordedFile> files_;
  std::int64_t size_ = 0;
};

}  // namespace evenkeel
