// The names of a recording's files in one text, as requests and links have them: one per line, in the order in which
// they are read. A folder is one name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

std::vector<std::string_view> names_in(std::string_view files);

// The names without the folders that all of them are in: as they are for a shell in that folder.
std::string without_folders(std::string_view files);

// For people: "a.csv", "a.csv and 2 more files".
std::string title_of_files(std::string_view files);

// As a link has them: all names where they fit, else their title.
inline constexpr std::size_t kMostLinkedNames = 1024;  // bytes of all names
std::string linked_names(std::string_view files);

}  // namespace evenkeel
