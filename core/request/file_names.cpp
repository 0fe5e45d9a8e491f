#include "core/request/file_names.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace evenkeel {

std::vector<std::string_view> names_in(std::string_view files) {
  std::vector<std::string_view> names;
  while (!files.empty()) {
    const std::size_t end = std::min(files.find('\n'), files.size());
    std::string_view name = files.substr(0, end);
    files.remove_prefix(std::min(end + 1, files.size()));
    while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

std::string without_folders(std::string_view files) {
  const std::vector<std::string_view> names = names_in(files);
  if (names.empty()) return {};
  std::size_t shared = names.front().find_last_of('/') + 1;  // npos + 1 is 0
  for (const std::string_view name : names) {
    const std::string_view first = names.front().substr(0, std::min(shared, name.size()));
    const auto differs = std::mismatch(first.begin(), first.end(), name.begin()).first;
    shared = first.substr(0, static_cast<std::size_t>(differs - first.begin())).find_last_of('/');
    ++shared;
  }
  std::string all;
  for (const std::string_view name : names) {
    if (!all.empty()) all += '\n';
    all += name.substr(shared);
  }
  return all;
}

std::string title_of_files(std::string_view files) {
  const std::vector<std::string_view> names = names_in(files);
  if (names.size() < 2) return std::string(files);
  return shown_name(names.front()) + " and " + several(std::ssize(names) - 1, "more file");
}

std::string linked_names(std::string_view files) {
  return files.size() > kMostLinkedNames ? title_of_files(files) : std::string(files);
}

}  // namespace evenkeel
