// The steps of any recording, in blocks: their sums are those of read_loads, bit for bit.
#include "core/io/steps/step_source.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/io/loads/read_synth.hpp"
#include "core/io/loads/slot_map.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/lanes/random.hpp"
#include "tests/io_support.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using Values = std::vector<float>;

// Sums all blocks of the selected rows as the readers do.
Values sum_of_blocks(StepSource& source, std::int64_t most) {
  const std::size_t experts = static_cast<std::size_t>(source.experts());
  std::vector<double> real(source.rows().size() * experts);
  std::vector<std::uint64_t> whole(real.size());
  bool all_whole = true;
  std::int64_t steps = 0;
  for (;;) {
    RawSteps block;
    const Status status = source.next(most, block);
    EXPECT_EQ(status.sentence(), "");
    if (!status.ok() || block.steps == 0) break;
    EXPECT_LE(block.steps, most);
    EXPECT_EQ(block.experts, source.experts());
    steps += block.steps;
    all_whole = all_whole && block.kind != ElementKind::real;
    with_element(
        block.kind, static_cast<std::size_t>(block.item_size), [&]<class Element>(Element) {
          using Bits = typename Element::Bits;
          for (std::int64_t step = 0; step < block.steps; ++step) {
            for (std::size_t cell = 0; cell < real.size(); ++cell) {
              const auto row = static_cast<std::size_t>(source.rows()[cell / experts]);
              const std::byte* const at = block.data +
                                          static_cast<std::size_t>(step) * block.step_bytes() +
                                          row * block.layer_bytes() + cell % experts * sizeof(Bits);
              const Bits bits =
                  block.swapped ? load_bits<Bits, true>(at) : load_bits<Bits, false>(at);
              real[cell] += Element::real(bits);
              whole[cell] += static_cast<std::uint64_t>(Element::value(bits));
            }
          }
        });
  }
  EXPECT_EQ(steps, source.steps());
  return all_whole ? Values(whole.begin(), whole.end()) : Values(real.begin(), real.end());
}

void expect_same_loads(const Loads& expected, const Loads& actual, bool summed) {
  EXPECT_EQ(actual.values, summed ? expected.values : Values());
  EXPECT_EQ(actual.layers, expected.layers);
  EXPECT_EQ(actual.experts, expected.experts);
  EXPECT_EQ(actual.first_layer, expected.first_layer);
  EXPECT_EQ(actual.layer_numbers, expected.layer_numbers);
  EXPECT_EQ(actual.recorded_layers, expected.recorded_layers);
  EXPECT_EQ(actual.dense_layers, expected.dense_layers);
  EXPECT_EQ(actual.numbered, expected.numbered);
  EXPECT_EQ(actual.first_step, expected.first_step);
  EXPECT_EQ(actual.steps, expected.steps);
  EXPECT_EQ(actual.source, expected.source);
  EXPECT_EQ(actual.notes, expected.notes);
}

void check_source(StepSource& source, const Loads& expected, bool summed) {
  expect_same_loads(expected, source.loads(), summed);
  for (const std::int64_t most : {1, 7, 1000}) {
    EXPECT_EQ(sum_of_blocks(source, most), expected.values) << most;
    source.rewind();
  }
}

struct WrittenFile {
  std::string name;
  std::string text;
};

// The steps of files are those that read_loads sums; both refuse the same.
void check_files(const std::vector<WrittenFile>& texts, const ReadOptions& read = {}) {
  std::vector<RecordedFile> files;
  for (const auto& [name, text] : texts) files.push_back({name, as_bytes(text)});
  Loads expected;
  const Status status = read_loads(files, read, expected);
  for (const bool summed : {false, true}) {
    StepSource source;
    const Status opened = StepSource::open(files, {read, summed}, source);
    EXPECT_EQ(opened.sentence(), status.sentence());
    if (opened.ok() && status.ok()) check_source(source, expected, summed);
  }
}

std::string random_npy(Random& random, std::string_view type, std::size_t cells, std::size_t size,
                       const std::string& shape) {
  std::string data;
  for (std::size_t i = 0; i < cells; ++i) {
    std::string bytes;
    for (std::size_t byte = 0; byte < size; ++byte) bytes += static_cast<char>(random.next());
    const bool last_first = type[0] == '<';
    char& sign = last_first ? bytes.back() : bytes.front();
    const int kept = type[1] == 'u' ? 0xff : size < 8 ? 0x3f : 0x03;  // sums must fit
    sign = static_cast<char>(sign & kept);
    data += bytes;
  }
  return npy_file(type, shape, data);
}

TEST(StepSource, GivesTheStepsOfArrays) {
  Random random(1);
  for (const std::string type : {"<u1", ">u2", "<u2", "<u4", "<i1", ">i2", "<i4", "<i8", "<f2",
                                 ">f4", "<f4", "<f8", ">f8"}) {
    SCOPED_TRACE(type);
    const auto size = static_cast<std::size_t>(type[2] - '0');
    const std::string text = random_npy(random, type, 19 * 3 * 5, size, "(19, 3, 5)");
    check_files({{"a.npy", text}});
    ReadOptions read;
    read.steps = {-6, -1};
    read.layers = {1, 3};
    check_files({{"a.npy", text}}, read);
    read.layers = {5, 8};
    read.moe_layers = NumberList(4, 7);
    check_files({{"a.npy", text}}, read);
    const std::string flat = random_npy(random, type, 15, size, "(3, 5)");
    check_files({{"a.npy", flat}});
    check_files({{"a.npy", text}, {"b.npy", flat}, {"c.npy", text}},
                type[1] == 'f' ? steps(0, 19) : steps(3, 27));
    read = {};
    read.join = Join::ranks;
    read.steps = steps(0, 1).steps;
    check_files({{"a.npy", flat}, {"b.npy", flat}}, read);
  }
}

TEST(StepSource, RefusesWhatTheReadersRefuse) {
  Random random(2);
  const std::string good = random_npy(random, "<u2", 4 * 2 * 3, 2, "(4, 2, 3)");
  for (const Range& range : {Range{2, 5}, Range{3, 3}, Range{-9, 2}, Range{4, Range().end}}) {
    ReadOptions read;
    read.steps = range;
    check_files({{"a.npy", good}}, read);
    check_files({{"a.npy", good}, {"b.csv", "1,2,3\n4,5,6\n"}}, read);
  }
  check_files({{"a.npy", good}}, layers(1, 4));
  check_files({{"a.npy", good}, {"b.npy", npy_file("<u1", "(1, 2)", "ab")}});
  check_files({{"a.npy", good.substr(0, good.size() - 1)}});
  check_files({{"a.csv", "1,-2\n"}});
  // A load that is negative in a later step is found when its block is read.
  for (const std::string type : {"<i2", "<f2"}) {
    const std::string bad = npy_file(type, "(3, 2, 2)", std::string(22, '\0') + "\x01\x80");
    const RecordedFile file = {"a.npy", as_bytes(bad)};
    Loads loads;
    const Status expected = read_loads(std::span(&file, 1), {}, loads);
    EXPECT_NE(expected.sentence().find("step 2, layer 1, expert 1"), std::string::npos);
    StepSource source;
    ASSERT_TRUE(StepSource::open(std::span(&file, 1), {}, source).ok());
    RawSteps block;
    EXPECT_TRUE(source.next(2, block).ok());
    EXPECT_EQ(source.next(2, block).sentence(), expected.sentence());
    EXPECT_EQ(block.steps, 0);
  }
}

TEST(StepSource, KeepsTheStepsOfTexts) {
  check_files({{"a.csv", "1,2,3\n4,5,6\n"}});
  // Layers in any order, a load that needs 4 bytes, one that needs 8, and a float.
  check_files({{"a.csv", "step,layer,e0,e1\n0,9,1,2\n0,4,3,4\n1,4,7,8\n1,9,9,70000\n"}});
  check_files(
      {{"a.csv", "step,layer,e0,e1\n0,9,1,2\n1,9,9,5000000000\n2,9,0,18446744073709551000\n"}});
  const WrittenFile floats = {"a.csv",
                              "step,layer,e0,e1\n0,3,1,2\n0,4,3,4\n1,3,0.1,0\n1,4,5,5.5\n"};
  check_files({floats});
  check_files({floats}, steps(1, 2));
  check_files({floats}, layers(4, 5));
  // Lists that leave out zeros: layers and experts that come later, steps without a row.
  const WrittenFile list = {"a.csv",
                            "step,layer,expert,count\n0,3,0,5\n0,5,1,8\n1,3,2,1\n4,2,5,3\n"};
  check_files({list});
  check_files({list}, steps(1, 3));
  check_files({list}, layers(3, 6));
  check_files({list, {"b.csv", "step,layer,expert,count\n0,1,7,5\n2,5,1,70000\n"}});
  check_files({{"a.json", "[[[1,2],[3,4]],[[5,6],[7,8.5]]]"}});
}

TEST(StepSource, AddsRanksAndFoldsSlots) {
  const std::string head = "step,layer,e0,e1\n";
  const WrittenFile a = {"rank0.csv", head + "0,3,1,2\n0,4,3,65000\n1,3,5,6\n1,4,7,8\n"};
  const WrittenFile b = {"rank1.csv", head + "0,3,10,20\n0,4,30,600\n1,3,50,60\n1,4,70,80\n"};
  check_files({a, b});
  check_files({{"a.csv", a.text}, {"b.csv", b.text}});
  check_files({{"a.csv", a.text}, {"b.csv", b.text}}, steps(1, 3));
  const SlotMap map = slot_map({{0, 1, 1}, {1, 0, 0}});
  ReadOptions read;
  read.counted_under = &map;
  Random random(3);
  const std::string slots = random_npy(random, "<u4", 5 * 2 * 3, 4, "(5, 2, 3)");
  check_files({{"a.npy", slots}}, read);
  read.moe_layers = NumberList(2, 4);
  read.layers = {3, 4};
  check_files({{"a.npy", slots}}, read);
}

TEST(StepSource, GivesTheStepsOfRecordings) {
  namespace fs = std::filesystem;
  const fs::path folder = external_data() / "recordings";
  if (external_data().empty() || !fs::exists(folder)) GTEST_SKIP() << "recordings not found";
  const auto expected = nlohmann::json::parse(read_file(folder / "expected.json"));
  for (const auto& [name, recording] : expected.items()) {
    SCOPED_TRACE(name);
    std::vector<WrittenFile> texts;
    if (fs::is_directory(folder / name)) {
      for (const auto& entry : fs::directory_iterator(folder / name)) {
        texts.push_back({entry.path().string(), read_file(entry.path())});
      }
    } else {
      texts.push_back({name, read_file(folder / name)});
    }
    check_files(texts);
  }
}

TEST(StepSource, MakesSyntheticSteps) {
  const std::string name = "synth:gpt-oss-20b,steps=40";
  SynthSpec spec;
  ASSERT_TRUE(parse_synth(name, spec).ok());
  ReadOptions some;
  some.steps = {-20, -3};
  some.layers = {3, 20, 4};
  ReadOptions numbered = some;
  numbered.moe_layers = NumberList(2, 26);
  for (const ReadOptions& read : {ReadOptions(), some, numbered}) {
    Loads expected;
    ReadOptions all = read;
    if (read.moe_layers) all.layers = {};
    if (read.steps.begin < 0) all.steps = {20, 37};
    ASSERT_TRUE(read_synth(spec, all, expected).ok());
    ASSERT_TRUE(finish_layers(name, read, expected).ok());
    for (const bool summed : {false, true}) {
      StepSource source;
      ASSERT_EQ(StepSource::open_named(name, {read, summed}, source).sentence(), "");
      check_source(source, expected, summed);
    }
  }
  StepSource source;
  EXPECT_TRUE(StepSource::open_named("example:deepseek", {}, source).ok());
  EXPECT_EQ(source.steps(), 1);
  EXPECT_FALSE(StepSource::open_named("synth:none", {}, source).ok());
}

TEST(StepSource, StopsAndReportsProgress) {
  const std::string data(std::size_t{40} << 20, '\1');
  const std::string text = npy_file("<u1", "(640, 64, 1024)", data);
  const RecordedFile file = {"a.npy", as_bytes(text)};
  std::vector<std::size_t> reported;
  StepOptions options;
  options.read.progress = [&](std::size_t consumed) {
    reported.push_back(consumed);
    return reported.size() < 3;
  };
  StepSource source;
  ASSERT_TRUE(StepSource::open(std::span(&file, 1), options, source).ok());
  EXPECT_EQ(reported, std::vector<std::size_t>());  // one step was read
  RawSteps block;
  while (source.next(16, block).ok() && block.steps > 0) continue;
  EXPECT_EQ(reported.size(), 2u);
  source.rewind();
  Status status;
  do {
    status = source.next(16, block);
  } while (status.ok() && block.steps > 0);
  EXPECT_TRUE(status.is_stopped());
}

TEST(StepSource, SaysWhereStepsDoNotFit) {
  std::string text = "step,layer,expert,count\n";
  for (int step = 0; step < 600; ++step) text += std::to_string(step) + ",0,1023,1\n";
  const RecordedFile file = {"a.csv", as_bytes(text)};
  StepOptions options;
  options.most_kept = 1 << 20;
  StepSource source;
  const Status status = StepSource::open(std::span(&file, 1), options, source);
  EXPECT_EQ(status.sentence(),
            "a.csv: the single steps need more than 1 MiB of memory; select fewer of them, or give "
            "them as .npy [steps, layers, experts], which needs none");
  options.sum = true;
  ASSERT_TRUE(StepSource::open(std::span(&file, 1), options, source).ok());
  EXPECT_EQ(source.loads().values.size(), 1024u);
  RawSteps block;
  EXPECT_EQ(source.next(1, block).sentence(), status.sentence());
}

// ---- the kept steps themselves

// Keeps rows of floats, and says whether their sums are exact.
bool are_exact(std::initializer_list<std::int64_t> steps, Number number) {
  KeptSteps kept(0, 1 << 20);
  for (const std::int64_t step : steps) {
    Place place;
    place.step = step;
    kept.add(place, std::span(&number, 1));
  }
  return kept.is_exact();
}

TEST(KeptSteps, KnowWhetherSumsAreExact) {
  EXPECT_TRUE(are_exact({0, 1, 0, 1}, {5, 5, true}));
  EXPECT_TRUE(are_exact({0, 0, 1}, {5.5, 0, false}));
  EXPECT_FALSE(are_exact({0, 1, 0}, {5.5, 0, false}));  // floats of ranks: another order
}

TEST(KeptSteps, BeginWithAnyStep) {
  KeptSteps kept(1'000'000'000'000, 1 << 20);
  Place place;
  place.step = 1'000'000'000'002;
  const Number number = {7, 7, true};
  kept.add(place, std::span(&number, 1));
  Loads read;
  read.layers = 1;
  read.experts = 2;
  read.steps = 4;
  ASSERT_TRUE(kept.finish(read));
  EXPECT_EQ(kept.steps().steps, 4);
  EXPECT_EQ(kept.steps().experts, 2);
  EXPECT_EQ(kept.steps().item_size, 2);
  EXPECT_NE(kept.take_npy().find(std::string("\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0", 16)),
            std::string::npos);
  // More steps than fit.
  KeptSteps small(0, 1 << 20);
  small.add(place, std::span(&number, 1));
  EXPECT_FALSE(small.finish(read));
}

}  // namespace
}  // namespace evenkeel::test
