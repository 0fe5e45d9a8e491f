// Shared by the tests of readers.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/io/read_loads.hpp"
#include "core/io/slot_map.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {

inline constexpr LoadsReader kAnyFormat = nullptr;

inline Status read_text(LoadsReader reader, std::string_view text, const ReadOptions& options,
                        Loads& out) {
  const RecordedFile file = {"trace", as_bytes(text)};
  return reader == kAnyFormat ? read_loads(std::span(&file, 1), options, out)
                              : read_as(reader, file, options, out);
}

// The experts of the slots of each layer.
inline SlotMap slot_map(std::initializer_list<std::initializer_list<double>> layers) {
  SlotMap map;
  for (const auto& layer : layers) {
    std::vector<Number> row;
    for (const double expert : layer) row.push_back({expert, 0, false});
    EXPECT_TRUE(map.add_layer("map", row).ok());
  }
  return map;
}

// Reads loads that must be valid.
inline Loads loads_of(LoadsReader reader, std::string_view text, const ReadOptions& options = {}) {
  Loads loads;
  const Status status = read_text(reader, text, options, loads);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return loads;
}

inline std::vector<float> values_of(LoadsReader reader, std::string_view text,
                                    const ReadOptions& options = {}) {
  return loads_of(reader, text, options).values;
}

// Reads loads that must be invalid; returns the error. The output must not change.
inline std::string error_of(LoadsReader reader, std::string_view text,
                            const ReadOptions& options = {}) {
  Loads loads;
  const Status status = read_text(reader, text, options, loads);
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(loads.values.empty());
  EXPECT_EQ(status.sentence().find('\n'), std::string::npos);
  return status.sentence();
}

inline std::string csv_error(std::string_view text, const ReadOptions& options = {}) {
  return error_of(add_csv, text, options);
}
inline std::string json_error(std::string_view text, const ReadOptions& options = {}) {
  return error_of(add_json, text, options);
}

inline ReadOptions steps(std::int64_t begin, std::int64_t end) {
  ReadOptions options;
  options.steps = {begin, end};
  return options;
}

inline ReadOptions layers(std::int64_t begin, std::int64_t end) {
  ReadOptions options;
  options.layers = {begin, end};
  return options;
}

}  // namespace evenkeel::test
