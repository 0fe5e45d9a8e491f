// Loads from .safetensors, and from the folder that TensorRT-LLM writes.

#include "tests/io_support.hpp"
#include "tests/object_builder.hpp"

namespace evenkeel::test {
namespace {

using Values = std::vector<float>;

std::string counts(std::initializer_list<std::int64_t> numbers) { return data_of(numbers); }
std::string entry(const std::string& name, const std::string& shape, int begin, int end,
                  const std::string& type = "I64") {
  return "\"" + name + "\": {\"dtype\": \"" + type + "\", \"shape\": " + shape +
         ", \"data_offsets\": [" + std::to_string(begin) + ", " + std::to_string(end) + "]}";
}
std::string error_with(const std::string& header, const std::string& data) {
  return error_of(kAnyFormat, safetensors_file("{" + header + "}", data));
}
// Two iterations of the layers 3 and 5, of two experts, in another order.
std::string rank_file(std::int64_t factor) {
  return safetensors_file("{" + entry("9_5", "[2]", 0, 16) + ", " + entry("10_3", "[2]", 16, 32) +
                              ", " + entry("9_3", "[2]", 32, 48) + ", " +
                              entry("10_5", "[2]", 48, 64) + "}",
                          counts({3 * factor, 4 * factor, 10 * factor, 20 * factor, factor,
                                  2 * factor, 30 * factor, 40 * factor}));
}

TEST(ReadSafetensors, ReadsIterationsOfLayers) {
  const Loads loads = loads_of(kAnyFormat, rank_file(1));
  EXPECT_EQ(loads.values, (Values{11, 22, 33, 44}));
  EXPECT_EQ(loads.steps, 2);
  EXPECT_EQ(loads.first_layer, 3);
  EXPECT_EQ(loads.layer_numbers, (std::vector<std::int32_t>{3, 5}));
  EXPECT_EQ(values_of(kAnyFormat, rank_file(1), steps(0, 1)), (Values{1, 2, 3, 4}));
  EXPECT_EQ(values_of(kAnyFormat, rank_file(1), layers(4, 6)), (Values{33, 44}));
  EXPECT_EQ(error_of(kAnyFormat, rank_file(1), layers(4, 5)),
            "trace: layer 4 is not within the available layers 3,5");
}

TEST(ReadSafetensors, AddsUpRanksAndComparesTheNumberOfExperts) {
  const std::string a = rank_file(1);
  const std::string b = rank_file(100);
  const auto read = [&](const std::string& info, Loads& loads,
                        std::string_view first = "d/rank0.safetensors") {
    const RecordedFile files[] = {{"d/meta_info.json", as_bytes(info)},
                                  {first, as_bytes(a)},
                                  {"d/rank1.safetensors", as_bytes(b)}};
    return read_loads(files, {}, loads);
  };
  Loads loads;
  ASSERT_TRUE(read("{\"num_experts\": 2, \"num_experts_per_token\": 1}", loads).ok());
  EXPECT_EQ(loads.values, (Values{1111, 2222, 3333, 4444}));
  EXPECT_EQ(loads.steps, 2);
  EXPECT_EQ(read("{\"num_experts\": 4}", loads).sentence(),
            "d/rank0.safetensors and 1 more file: 2 experts, but meta_info.json says 4");
  EXPECT_NE(read("{}", loads).sentence().find("no number of experts"), std::string::npos);
  // One file of no rank: they follow each other.
  ASSERT_TRUE(read("{\"num_experts\": 2}", loads, "d/all.safetensors").ok());
  EXPECT_EQ(loads.steps, 4);
}

TEST(ReadSafetensors, ReadsOneTensor) {
  EXPECT_EQ(values_of(kAnyFormat, safetensors_file("{\"__metadata__\": {\"version\": \"1\"}, " +
                                                       entry("model", "[2, 2]", 0, 16, "F32") + "}",
                                                   data_of<float>({1, 2, 3, 4.5f}))),
            (Values{1, 2, 3, 4.5f}));
  EXPECT_EQ(values_of(kAnyFormat, safetensors_file("{" + entry("m", "[1, 2]", 0, 4, "BF16") + "}",
                                                   data_of<std::uint16_t>({0x40a0, 0x40e0}))),
            (Values{5, 7}));
}

TEST(ReadSafetensors, NamesWhatIsWrong) {
  const std::string two = counts({1, 2});
  EXPECT_EQ(
      error_with(entry("w", "[2]", 0, 16), two),
      "trace: a safetensors file with 1 tensor: \"w\"; expected tensors \"ITERATION_LAYER\" of "
      "counts, as "
      "TensorRT-LLM writes them, or one tensor [layers, experts] or [steps, layers, experts]");
  EXPECT_EQ(error_with(entry("1_3", "[2]", 0, 24), two),
            "trace: tensor \"1_3\" is at bytes 0 to 24 of the data, which has 16");
  EXPECT_EQ(error_with(entry("1_3", "[3]", 0, 16), two),
            "trace: tensor \"1_3\": its shape and type do not fit its 16 bytes");
  EXPECT_EQ(error_with(entry("1_3", "[1099511627776, 1099511627776]", 0, 16), two),
            "trace: tensor \"1_3\": its shape and type do not fit its 16 bytes");
  EXPECT_EQ(error_with(entry("1_3", "[1]", 0, 8) + ", " + entry("1_4", "[1]", 4, 12), two),
            "trace: the tensors \"1_3\" and \"1_4\" overlap");
  EXPECT_EQ(error_with(entry("1_3", "[2]", 0, 2, "BOOL"), two),
            "trace: tensor \"1_3\" is of type \"BOOL\"; expected integers or floats");
  EXPECT_EQ(error_with("\"1_3\": {\"dtype\": \"I64\"}", two),
            "trace: tensor \"1_3\" lacks its dtype, shape or data_offsets");
  EXPECT_EQ(error_with(entry("1_3", "[1]", 0, 8) + ", " + entry("2_4", "[1]", 8, 16), two),
            "trace: step 1 has layer 4, where the first step has layer 3");
}

TEST(ReadSafetensors, EachIterationAndLayerHasOneName) {
  const std::string two = counts({1, 2});
  const auto beside = [&](const std::string& key) {
    return error_with(entry("1_3", "[1]", 0, 8) + ", " + entry(key, "[1]", 8, 16), two);
  };
  for (const std::string key :
       {"01_3", "1_03", "2_00", "9223372036854775808_3", "2_65536", "+2_3"}) {
    EXPECT_EQ(
        beside(key),
        "trace: tensor \"" + key +
            "\" beside 1 named \"ITERATION_LAYER\"; expected numbers "
            "without zeros before them, an iteration up to 9223372036854775807 and a layer up to "
            "65535");
  }
  EXPECT_EQ(
      values_of(kAnyFormat, safetensors_file("{" + entry("9223372036854775807_3", "[1]", 8, 16) +
                                                 ", " + entry("0_3", "[1]", 0, 8) + "}",
                                             two)),
      (Values{3}));
}

}  // namespace
}  // namespace evenkeel::test
