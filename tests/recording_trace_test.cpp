// The playground's trace of recorded files: its windows are those of the readers, whether its steps were kept or are
// read again.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "web/playground/engine/trace.hpp"

namespace evenkeel::test {
namespace {

struct TextFile {
  std::string name;
  std::string text;
};

RecordingBytes recording_of(const std::vector<TextFile>& texts) {
  RecordingBytes recording;
  for (const auto& [name, text] : texts) {
    recording.files.push_back({name, std::as_bytes(std::span(text.data(), text.size()))});
  }
  return recording;
}

// Compares all windows of the trace with the reader's.
void check_windows(const std::vector<TextFile>& texts, std::int64_t steps) {
  const RecordingBytes recording = recording_of(texts);
  Trace trace;
  ASSERT_EQ(trace.open(recording, "a recording", {}).sentence(), "");
  ASSERT_EQ(trace.steps(), steps);
  for (std::int64_t begin = 0; begin < steps; ++begin) {
    for (std::int64_t end = begin + 1; end <= steps; ++end) {
      SCOPED_TRACE(std::to_string(begin) + ":" + std::to_string(end));
      ReadOptions options;
      options.steps = {begin, end};
      Loads read;
      Loads window;
      ASSERT_EQ(read_loads(recording.files, options, read).sentence(), "");
      ASSERT_EQ(trace.window({begin, end}, window).sentence(), "");
      EXPECT_EQ(window.values, read.values);
      EXPECT_EQ(window.layers, read.layers);
      EXPECT_EQ(window.experts, read.experts);
      EXPECT_EQ(window.first_layer, read.first_layer);
      EXPECT_EQ(window.layer_numbers, read.layer_numbers);
      EXPECT_EQ(window.first_step, read.first_step);
      EXPECT_EQ(window.steps, read.steps);
      EXPECT_EQ(window.source, read.source);
    }
  }
}

TEST(RecordingTrace, KeepsTheNumbersOfLayers) {
  check_windows(
      {{"a.csv",
        "step,layer,e0,e1\n0,3,1,2\n0,4,3,4\n0,9,5,6\n1,3,7,8\n1,4,9,70000\n1,9,1,2\n2,3,0,0\n2,4,"
        "5,5.5\n2,9,1,1\n"}},
      3);
  check_windows({{"a.csv", "step,layer,e0,e1\n0,9,1,2\n0,4,3,4\n1,4,7,8\n1,9,9,70000\n"}}, 2);
}

TEST(RecordingTrace, ReadsListsOfCounts) {
  check_windows(
      {{"a.csv",
        "step,layer,expert,count\n2,3,0,5\n2,3,1,6\n2,5,0,7\n2,5,1,8\n4,3,0,1\n4,3,1,2\n4,5,0,"
        "3\n4,5,"
        "1,4\n"}},
      2);
  check_windows({{"a.csv", "step,layer,expert,count\n0,3,0,5\n0,5,1,8\n1,3,2,1\n2,5,0,3\n"}}, 3);
}

TEST(RecordingTrace, JoinsFiles) {
  const TextFile a = {"rank0.csv", "step,layer,e0,e1\n0,3,1,2\n0,4,3,4\n1,3,5,6\n1,4,7,8\n"};
  const TextFile b = {"rank1.csv",
                      "step,layer,e0,e1\n0,3,10,20\n0,4,30,40\n1,3,50,60\n1,4,70,80\n"};
  check_windows({a, b}, 2);
  check_windows({{"a.csv", a.text}, {"b.csv", b.text}}, 4);
  // As if one step had both layers: each file has a step of its own.
  check_windows({{"a.csv", "layer,e0,e1\n3,1,2\n"}, {"b.csv", "layer,e0,e1\n3,3,4\n"}}, 2);
}

TEST(RecordingTrace, SaysWhatTheReaderSays) {
  Trace trace;
  const std::vector<TextFile> texts = {{"a.csv", "1,2\n"}, {"b.csv", "3,4\n"}};
  ASSERT_EQ(trace.open(recording_of(texts), "a.csv\nb.csv", {}).sentence(), "");
  ASSERT_EQ(trace.notes().size(), 1u);
  EXPECT_NE(trace.notes()[0].find("follow each other in time"), std::string::npos);
  EXPECT_EQ(trace.name(), "a.csv\nb.csv");
}

}  // namespace
}  // namespace evenkeel::test
