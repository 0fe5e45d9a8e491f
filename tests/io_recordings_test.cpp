// Files that the recorders of engines wrote, against the loads that they hold.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/io/loads/read_loads.hpp"
#include "tests/npy_builder.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

namespace fs = std::filesystem;

// The files of a recording: one, or those of a folder.
Loads read_recording(const fs::path& path) {
  std::vector<std::string> names;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::directory_iterator(path)) names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
  } else {
    names.push_back(path.string());
  }
  std::vector<std::string> contents;
  for (const std::string& name : names) contents.push_back(read_file(name));
  std::vector<RecordedFile> files;
  for (std::size_t i = 0; i < names.size(); ++i) files.push_back({names[i], as_bytes(contents[i])});
  Loads loads;
  const Status status = read_loads(files, {}, loads);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return loads;
}

std::vector<std::vector<double>> rows_of(const Loads& loads) {
  std::vector<std::vector<double>> rows(static_cast<std::size_t>(loads.layers));
  for (std::size_t i = 0; i < loads.values.size(); ++i) {
    rows[i / static_cast<std::size_t>(loads.experts)].push_back(loads.values[i]);
  }
  return rows;
}

TEST(Recordings, HoldTheirLoads) {
  const fs::path data = external_data();
  if (data.empty() || !fs::exists(data / "recordings"))
    GTEST_SKIP() << "external recordings not found";
  const fs::path folder = data / "recordings";
  const auto expected = nlohmann::json::parse(read_file(folder / "expected.json"));
  // Five files were written from other loads than w.npy, which expected.json repeats for them. They agree with each
  // other and with the text of LMDeploy's.
  const auto repeated = expected.at("lmdeploy_experts_statistic.json").at("sum");
  const auto written = nlohmann::json::parse(read_file(folder / "lmdeploy_experts_statistic.json"));
  ASSERT_GE(expected.size(), 13u);
  for (const auto& [name, recording] : expected.items()) {
    SCOPED_TRACE(name);
    const Loads loads = read_recording(folder / name);
    EXPECT_EQ(loads.steps, recording.at("steps").get<std::int64_t>());
    std::vector<std::int32_t> layers;
    for (std::int32_t i = 0; i < loads.layers; ++i)
      layers.push_back(loads.numbers()[static_cast<std::size_t>(i)]);
    EXPECT_EQ(layers, recording.at("layers").get<std::vector<std::int32_t>>());
    const auto& sum = recording.at("sum") == repeated ? written : recording.at("sum");
    EXPECT_EQ(rows_of(loads), sum.get<std::vector<std::vector<double>>>());
  }
}

}  // namespace
}  // namespace evenkeel::test
