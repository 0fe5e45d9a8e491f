#include "tests/external_golden.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/io/formats/npy.hpp"
#include "core/io/loads/read_loads.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using nlohmann::json;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Shape shape_of(const json& entry) {
  return {entry.at("layers"), entry.at("experts"), entry.at("replicas"),
          entry.at("gpus"),   entry.at("nodes"),   entry.at("groups")};
}

Placement empty_placement(const Shape& shape) {
  return {shape.layers, shape.experts, shape.slots, shape.gpus, {}, {}, {}};
}

void read_small(const json& details, ExternalCase& out) {
  out.loads.layers = out.shape.layers;
  out.loads.experts = out.shape.experts;
  for (const json& weight : details.at("weight")) {
    out.loads.values.push_back(static_cast<float>(weight.get<double>()));
  }
  for (const auto& [strategy, expected] : details.at("expected").items()) {
    ExternalAnswer answer = {empty_placement(out.shape), expected.at("log2phy_width")};
    expected.at("phy2log").get_to(answer.placement.phy2log);
    expected.at("log2phy").get_to(answer.placement.log2phy);
    expected.at("logcnt").get_to(answer.placement.logcnt);
    out.expected[strategy] = std::move(answer);
  }
}

// One strategy's [L, width] of an array [strategies, L, width] of small unsigned integers.
std::vector<std::int32_t> read_part(const std::filesystem::path& path, std::size_t part,
                                    std::int32_t rows, std::int32_t width) {
  const std::string file = read_file(path);
  NpyArray array;
  const Status status =
      parse_npy(bytes_of(file), path.string(), {3, 3, "[strategies, L, n]"}, array);
  EXPECT_TRUE(status.ok()) << status.sentence();
  const auto count = static_cast<std::size_t>(rows) * static_cast<std::size_t>(width);
  EXPECT_GE(array.data.size(), (part + 1) * count * array.item_size) << path;
  std::vector<std::int32_t> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<std::int32_t>(integer_at(array, part * count + i));
  }
  return values;
}

void read_large(const std::filesystem::path& golden, const json& entry, const json& strategies,
                ExternalCase& out) {
  const std::string base = (golden / entry.at("files").get<std::string>()).string();
  const std::string weight = read_file(base + ".weight.npy");
  const Status status = read_loads(bytes_of(weight), base + ".weight.npy", {}, out.loads);
  ASSERT_TRUE(status.ok()) << status.sentence();
  const Shape& s = out.shape;
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    ExternalAnswer answer = {empty_placement(s), entry.at("log2phy_width").at(i)};
    answer.placement.phy2log = read_part(base + ".phy2log.npy", i, s.layers, s.slots);
    answer.placement.log2phy = read_part(base + ".log2phy.npy", i, s.layers, s.slots);
    answer.placement.logcnt = read_part(base + ".logcnt.npy", i, s.layers, s.experts);
    out.expected[strategies[i]] = std::move(answer);
  }
}

std::vector<ExternalCase> read_cases(const std::filesystem::path& data) {
  const std::filesystem::path golden = data / "golden";
  const json index = json::parse(read_file(golden / "index.json"));
  std::map<std::string, std::map<std::string, json>> files;  // small cases by file and id
  std::vector<ExternalCase> cases;
  for (const json& entry : index.at("cases")) {
    ExternalCase out = {entry.at("id"), entry.at("kind"), shape_of(entry), {}, {}};
    if (entry.contains("files")) {
      read_large(golden, entry, index.at("strategies"), out);
    } else {
      const std::string file = entry.at("file");
      if (!files.contains(file)) {
        const json document = json::parse(read_file(golden / file));
        for (const json& details : document.at("cases")) {
          files[file][details.at("id")] = details;
        }
      }
      read_small(files[file].at(out.id), out);
    }
    cases.push_back(std::move(out));
  }
  return cases;
}

}  // namespace

const std::vector<ExternalCase>& external_cases(const std::filesystem::path& data) {
  static const std::vector<ExternalCase> cases = read_cases(data);
  static const std::filesystem::path source = data;
  EXPECT_EQ(data, source) << "other data have been read already";
  return cases;
}

}  // namespace evenkeel::test
