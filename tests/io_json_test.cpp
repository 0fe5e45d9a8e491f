// JSON files of loads: the three forms, ignored keys, the kind of sum, and every error.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/io/read_loads.hpp"
#include "tests/io_support.hpp"

namespace evenkeel::test {
namespace {

using Values = std::vector<float>;

std::string history(std::string_view records) {
  return "{\"load_history\": [" + std::string(records) + "]}";
}

std::string record(std::string_view loads) {
  return "{\"logical_expert_load\": " + std::string(loads) + "}";
}

TEST(ReadJson, ReadsRecords) {
  const Loads loads = loads_of(
      add_json, history(record("[[1, 2], [3, 4]]") + "," + record("[[10, 20], [30, 40]]")));
  EXPECT_EQ(loads.values, (Values{11, 22, 33, 44}));
  EXPECT_EQ(loads.layers, 2);
  EXPECT_EQ(loads.experts, 2);
  EXPECT_EQ(loads.steps, 2);
}

TEST(ReadJson, ReadsPlainLists) {
  EXPECT_EQ(values_of(add_json, "[[1, 2, 3]]"), (Values{1, 2, 3}));
  EXPECT_EQ(values_of(add_json, "[[1], [2]]"), (Values{1, 2}));
  const Loads steps = loads_of(add_json, "[[[1, 2]], [[3, 4]], [[5, 6]]]");
  EXPECT_EQ(steps.values, (Values{9, 12}));
  EXPECT_EQ(steps.steps, 3);
  EXPECT_EQ(values_of(add_json, "\xef\xbb\xbf [[7]]\r\n"), (Values{7}));
}

TEST(ReadJson, IgnoresUnknownKeys) {
  EXPECT_EQ(values_of(add_json,
                      R"({"version": 1.5, "meta": {"load_history": [1, {"a": []}], "b": null},
                          "names": ["x", true, [[]]], "load_history":
                          [{"step": -1, "logical_expert_load": [[1, 2]], "rest": [{"x": [3]}]}],
                          "end": false})"),
            (Values{1, 2}));
}

TEST(ReadJson, SumsIntegersExactly) {
  // In binary64 the sum would be 2^60 + 2^36, which rounds down to even.
  EXPECT_EQ(values_of(add_json, "[[[1152921573326323712]], [[1]]]"), (Values{0x1p60f + 0x1p37f}));
  EXPECT_EQ(values_of(add_json, "[[[18446744073709551615]], [[0]]]"), (Values{0x1p64f}));
}

// One number that is not an integer, even in the last step, makes the window a binary64 sum.
TEST(ReadJson, SumsInBinary64OnceANumberIsNoInteger) {
  EXPECT_EQ(values_of(add_json, "[[[1152921573326323712, 0]], [[1, 0]], [[0, 0.5]]]"),
            (Values{0x1p60f, 0.5f}));
  EXPECT_EQ(values_of(add_json, "[[[18446744073709551615]], [[18446744073709551615]], [[1e0]]]"),
            (Values{0x1p65f}));
  EXPECT_EQ(values_of(add_json, "[[18446744073709551616]]"), (Values{0x1p64f}));
}

TEST(ReadJson, SumsFloatsInStepOrder) {
  const std::string middle = "1.000000059604644775390625";                // 1 + 2^-24
  const std::string half_unit = "1.1102230246251565404236316680908e-16";  // 2^-53
  const auto sum = [](const std::string& a, const std::string& b, const std::string& c) {
    return values_of(add_json, "[[[" + a + "]],[[" + b + "]],[[" + c + "]]]")[0];
  };
  EXPECT_EQ(sum(middle, half_unit, half_unit), 1);
  EXPECT_EQ(sum(half_unit, half_unit, middle), 1 + 0x1p-23f);
}

TEST(ReadJson, TakesRanges) {
  const std::string good = "[[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, -1], [0.5, -2]]]";
  EXPECT_EQ(values_of(add_json, good, steps(0, 2)), (Values{6, 8, 10, 12}));
  const Loads second = loads_of(add_json, good, steps(1, 2));
  EXPECT_EQ(second.values, (Values{5, 6, 7, 8}));
  ReadOptions corner = steps(1, 2);
  corner.layers = {1, 2};
  const Loads one = loads_of(add_json, good, corner);
  EXPECT_EQ(one.values, (Values{7, 8}));
  EXPECT_EQ(one.first_layer, 1);
  EXPECT_EQ(json_error(good, steps(10, 20)),
            "trace: steps 10:20 are not within the available steps 0:3");
  EXPECT_EQ(json_error("[[1], [2]]", layers(0, 3)),
            "trace: layers 0:3 are not within the available layers 0:2");
  EXPECT_EQ(
      json_error(good, layers(std::numeric_limits<std::int64_t>::min(), 3)).find("trace: layers -"),
      0u);
  // Parts that are not selected must still be valid JSON.
  EXPECT_NE(json_error("[[[1]], [[2]], [[x]]]", steps(0, 1)).find("not valid JSON"),
            std::string::npos);
}

TEST(ReadJson, NamesBadValues) {
  EXPECT_EQ(json_error(std::string("[[1, 2]]\0garbage", 16)),
            "trace: byte 9: a zero byte; expected JSON as UTF-8 text");
  EXPECT_EQ(json_error("[[[1, 2]], [[3, -4]]]"),
            "trace: step 1, layer 0, expert 1: load -4 is negative; loads must be finite and at "
            "least 0");
  EXPECT_NE(json_error("[[1], [-0.25]]").find("step 0, layer 1, expert 0: load -0.25 is negative"),
            std::string::npos);
  EXPECT_EQ(json_error("[[1e999]]"),
            "trace: byte 7 (line 1): number \"1e999\" is too large for binary64; expected a finite "
            "number");
  EXPECT_EQ(json_error("[[[18446744073709551615, 1]], [[1, 1]]]"),
            "trace: step 1, layer 0, expert 0: the sum of the loads up to here is above "
            "18446744073709551615; select fewer steps");
  EXPECT_NE(json_error("[[1, 3.5e38]]").find("layer 0, expert 1: the sum of 1 steps, 3.5e+38"),
            std::string::npos);
  EXPECT_FALSE(std::signbit(values_of(add_json, "[[-0, -0.0]]")[1]));
}

TEST(ReadJson, RefusesWrongShapes) {
  EXPECT_EQ(json_error("[[1, 2], [3]]"),
            "trace: step 0, layer 1: 1 expert, but step 0, layer 0 has 2");
  EXPECT_EQ(json_error("[[[1, 2]], [[3, 4, 5]]]"),
            "trace: step 1, layer 0: 3 experts, but step 0, layer 0 has 2");
  EXPECT_EQ(json_error("[[[1], [2]], [[3]]]"), "trace: step 1: 1 layer, but step 0 has 2");
  EXPECT_EQ(json_error("[[[1]], []]"), "trace: step 1: no layers; expected at least one");
  EXPECT_EQ(json_error(history(record("[[]]"))),
            "trace: step 0, layer 0: no experts; expected at least one");
  EXPECT_EQ(json_error(history(record("[]"))), "trace: step 0: no layers; expected at least one");
  EXPECT_EQ(json_error(history("")), "trace: no steps; expected at least one");
  for (const char* empty : {"[]", "[[]]"}) {
    EXPECT_NE(json_error(empty).find("an empty list; expected {\"load_history\""),
              std::string::npos);
  }
  std::string wide = "[[0";
  for (int e = 0; e < 1024; ++e) wide += ",0";
  EXPECT_EQ(json_error(wide + "]]"),
            "trace: step 0, layer 0: more than 1024 experts, the most that can be read");
  std::string tall = "[[1]";
  for (int l = 0; l < 128; ++l) tall += ",[1]";
  EXPECT_NE(json_error(tall + "]").find("step 0, layer 128: more than 128 layers"),
            std::string::npos);
  EXPECT_EQ(loads_of(add_json, tall + "]", layers(100, 129)).layers, 29);
}

TEST(ReadJson, RefusesWrongKinds) {
  EXPECT_EQ(json_error("[[1, \"2\"]]"),
            "trace: step 0, layer 0, expert 1: a string where a number is expected");
  EXPECT_EQ(json_error("[[1], [null]]"),
            "trace: step 0, layer 1, expert 0: null where a number is expected");
  EXPECT_EQ(json_error("[[true]]"),
            "trace: step 0, layer 0, expert 0: true or false where a number is expected");
  EXPECT_EQ(json_error("[[1, [2]]]"),
            "trace: step 0, layer 0, expert 1: a list where a number is expected");
  EXPECT_EQ(json_error("[[1], 2]"),
            "trace: step 0, layer 1: a number where a list of numbers is expected");
  EXPECT_EQ(json_error("[[[1]], 2]"), "trace: step 1: a number where a list of layers is expected");
  EXPECT_EQ(json_error("[[[[1]]]]"),
            "trace: step 0, layer 0, expert 0: a list where a number is expected");
  EXPECT_EQ(json_error("[[{}]]"),
            "trace: step 0, layer 0, expert 0: an object where a number is expected");
  EXPECT_EQ(json_error("[1, 2]").find("trace: byte 3: a number; expected {\"load_history\""), 0u);
  EXPECT_EQ(json_error("[{}]").find("trace: byte 2: an object; expected {\"load_history\""), 0u);
  EXPECT_EQ(json_error("12").find("trace: byte 2: a number; expected {\"load_history\""), 0u);
  EXPECT_EQ(json_error("\"x\"").find("trace: byte 3: a string; expected {\"load_history\""), 0u);
}

TEST(ReadJson, RefusesWrongRecords) {
  EXPECT_EQ(json_error("{}").find("trace: the object has no keys; expected one of \"load_"), 0u);
  EXPECT_EQ(json_error("{\"load_history\": 5}"),
            "trace: \"load_history\" is a number; expected a list of records");
  EXPECT_EQ(json_error("{\"load_history\": {}}"),
            "trace: \"load_history\" is an object; expected a list of records");
  EXPECT_EQ(json_error(history("[[1]]")),
            "trace: step 0: a list where an object with \"logical_expert_load\" is expected");
  EXPECT_EQ(json_error(history(record("[[1]]") + ", {\"rank\": 2}"))
                .find("trace: step 1: the record has only the key \"rank\"; expected one of \"log"),
            0u);
  EXPECT_EQ(json_error(history("{\"logical_expert_load\": null}")),
            "trace: step 0: null where a list of layers is expected");
  EXPECT_EQ(json_error(history("{\"logical_expert_load\": [[1]], \"logical_expert_load\": [[1]]}")),
            "trace: step 0: \"logical_expert_load\" appears twice");
  EXPECT_EQ(json_error("{\"load_history\": [" + record("[[1]]") + "], \"load_history\": []}"),
            "trace: \"load_history\" appears twice");
}

TEST(ReadJson, NamesSyntaxErrors) {
  EXPECT_EQ(json_error("[[1, 2],\n [3, x]]"),
            "trace: byte 15 (line 2): not valid JSON, invalid literal");
  EXPECT_EQ(json_error("[[1, 2]"),
            "trace: byte 7 (line 1): not valid JSON, unexpected end of input; expected ']'");
  EXPECT_EQ(
      json_error("[[1]] x"),
      "trace: byte 7 (line 1): not valid JSON, \"x\" after the end; expected each document on "
      "a new line");
  EXPECT_EQ(
      json_error("[[1]] []"),
      "trace: byte 7 (line 1): not valid JSON, \"[]\" after the end; expected each document on "
      "a new line");
  EXPECT_EQ(json_error("[[NaN]]"), "trace: byte 3 (line 1): not valid JSON, invalid literal");
  EXPECT_EQ(json_error("  \n"),
            "trace: empty; expected {\"load_history\": [{\"logical_expert_load\": "
            "[[...]]}]} or [[...]], a list of numbers for each layer");
  EXPECT_EQ(json_error(""), json_error("  \n"));
  EXPECT_LT(json_error("[\"" + std::string(5000, 'x')).size(), 200u);
}

TEST(ReadJson, BoundsTheDepth) {
  EXPECT_EQ(json_error("{\"x\": " + std::string(100000, '[')),
            "trace: byte 70: nested deeper than 64 lists and objects");
  EXPECT_NE(json_error(std::string(100000, '[')).find("a list where a number is expected"),
            std::string::npos);
}

TEST(ReadJson, ReportsProgressAndStops) {
  std::string text = "[[[1]";
  text.append(std::size_t{17} << 20, ' ');
  text += "], [[2]]]";
  std::size_t reported = 0;
  ReadOptions options;
  options.progress = [&](std::size_t consumed) {
    reported = consumed;
    return true;
  };
  EXPECT_EQ(values_of(add_json, text, options), (Values{3}));
  EXPECT_EQ(reported, text.size() - 2);
  options.progress = [](std::size_t) { return false; };
  EXPECT_EQ(json_error(text, options), "trace: stopped");
}

}  // namespace
}  // namespace evenkeel::test
