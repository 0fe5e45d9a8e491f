// The floors of the core: an include goes down, or stays on its floor.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

// From the lowest up, as in HACKING's map. "": the front door, core/evenkeel.hpp.
constexpr std::array<std::string_view, 12> kFloors = {"base",  "lanes",  "model",   "row",
                                                      "batch", "",       "traffic", "request",
                                                      "study", "replay", "io",      "report"};

// The floor of a path below the repository's root, as an index; kFloors.size(): none of the core.
std::size_t floor_of(std::string_view path) {
  if (!path.starts_with("core/")) return kFloors.size();
  path.remove_prefix(5);
  const std::size_t slash = path.find('/');
  const std::string_view room = slash == std::string_view::npos ? "" : path.substr(0, slash);
  return static_cast<std::size_t>(std::find(kFloors.begin(), kFloors.end(), room) -
                                  kFloors.begin());
}

// The paths that a file includes in quotes.
std::vector<std::string> includes_of(const fs::path& file) {
  constexpr std::string_view kBefore = "#include \"";
  std::vector<std::string> found;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(kBefore)) continue;
    const std::size_t end = line.find('"', kBefore.size());
    found.push_back(line.substr(kBefore.size(), end - kBefore.size()));
  }
  return found;
}

std::vector<std::string> core_files() {
  const fs::path root = EVENKEEL_SOURCE_DIR;
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / "core")) {
    const fs::path& path = entry.path();
    if (path.extension() == ".hpp" || path.extension() == ".cpp") {
      files.push_back(fs::relative(path, root).string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Floors, EveryFileOfTheCoreIsOnOne) {
  ASSERT_GT(core_files().size(), 50u);
  for (const std::string& file : core_files()) {
    EXPECT_LT(floor_of(file), kFloors.size()) << file << " is in a folder that kFloors lacks";
  }
}

TEST(Floors, IncludesOfTheCoreGoDown) {
  for (const std::string& file : core_files()) {
    for (const std::string& included : includes_of(fs::path(EVENKEEL_SOURCE_DIR) / file)) {
      EXPECT_LE(floor_of(included), floor_of(file)) << file << " includes " << included;
    }
  }
}

// The rooms of `io`: loads and placements know the formats of files, and not each other.
TEST(Floors, RoomsOfReadersAreApart) {
  const auto forbidden = [](const std::string& file, const std::string& included) {
    const auto in = [](const std::string& path, const char* room) {
      return path.starts_with(std::string("core/io/") + room + "/");
    };
    return (in(file, "formats") && (in(included, "loads") || in(included, "placements"))) ||
           (in(file, "loads") && in(included, "placements")) ||
           (in(file, "placements") && in(included, "loads"));
  };
  std::size_t seen = 0;
  for (const std::string& file : core_files()) {
    for (const std::string& included : includes_of(fs::path(EVENKEEL_SOURCE_DIR) / file)) {
      EXPECT_FALSE(forbidden(file, included)) << file << " includes " << included;
      seen += included.starts_with("core/io/formats/") ? 1 : 0;
    }
  }
  EXPECT_GT(seen, 10u);
}

TEST(Floors, HeadersDoNotIncludeEachOtherInARing) {
  // Within a floor the order is not written down, but there is one.
  std::vector<std::string> files = core_files();
  std::vector<std::string> done;
  bool goes_on = true;
  while (goes_on) {
    goes_on = false;
    for (auto file = files.begin(); file != files.end();) {
      const auto wanted = includes_of(fs::path(EVENKEEL_SOURCE_DIR) / *file);
      const bool free = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& path) {
        return std::find(files.begin(), files.end(), path) == files.end();
      });
      if (free) {
        done.push_back(*file);
        file = files.erase(file);
        goes_on = true;
      } else {
        ++file;
      }
    }
  }
  EXPECT_TRUE(files.empty()) << files.size() << " files include each other, " << files.front()
                             << " among them";
}

}  // namespace
