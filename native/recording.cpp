#include "native/recording.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

bool is_of_statistics(const std::string& name) {
  return name == "meta_info.json" || (name.starts_with("rank") && name.ends_with(".safetensors"));
}

}  // namespace

Status Recording::open(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code ignored;
    const bool folder = path != "-" && fs::is_directory(path, ignored);
    if (Status s = folder ? open_folder(path) : open_file(path); !s.ok()) return s;
  }
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    files_.push_back({names_[i], inputs_[i].bytes()});
  return {};
}

Status Recording::open_file(const std::string& path) {
  if (inputs_.size() == static_cast<std::size_t>(kMostFiles)) {
    return refuse(path, "more than ", kMostFiles, " files, the most that can be read at once");
  }
  if (Status status = inputs_.emplace_back().open(path); !status.ok()) return status;
  names_.push_back(path == "-" ? "standard input" : path);
  size_ += std::ssize(inputs_.back().bytes());
  return {};
}

// Only files with the names that TensorRT-LLM writes are opened.
Status Recording::open_folder(const std::string& path) {
  std::vector<std::string> names;
  std::string others;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (is_of_statistics(name)) {
      names.push_back(name);
    } else if (others.size() < 120) {
      others += (others.empty() ? "" : ", ") + in_quotes(name);
    }
  }
  if (error) return refuse(path, "the folder cannot be read: ", error.message());
  const auto ranks = std::count_if(
      names.begin(), names.end(), [](const std::string& name) { return name != "meta_info.json"; });
  if (ranks == 0) {
    return refuse(path, "a folder without rank*.safetensors, which TensorRT-LLM writes",
                  others.empty() ? "; it is empty" : "; it has " + others,
                  "; name the files themselves");
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (Status s = open_file((fs::path(path) / name).string()); !s.ok()) return s;
  }
  return {};
}

void Recording::release_before(std::size_t offset) {
  for (InputFile& input : inputs_) {
    const std::size_t size = input.bytes().size();
    input.release_before(std::min(offset, size));
    if (offset <= size) return;
    offset -= size;
  }
}

}  // namespace evenkeel
