// CSV files with one row of loads a layer: number formats of spreadsheets, and every error. tests/io_csv_forms_test.cpp
// has the other forms.
#include <gtest/gtest.h>

#include <string>

#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"
#include "tests/io_support.hpp"

namespace evenkeel::test {
namespace {

using Values = std::vector<float>;

TEST(ReadCsv, ReadsPlainRows) {
  const Loads loads = loads_of(add_csv, "1,2,3\n4,5,6\n");
  EXPECT_EQ(loads.values, (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(loads.layers, 2);
  EXPECT_EQ(loads.experts, 3);
  EXPECT_EQ(loads.steps, 1);
}

TEST(ReadCsv, ReadsRowsBehindAHeader) {
  const Loads loads = loads_of(add_csv,
                               "step,layer,e0,anything\n"
                               "7,1,3,4\n"
                               "7,0,1,2\n"
                               "9,0,10,20\n"
                               "9,1,30,40\n");
  EXPECT_EQ(loads.values, (Values{11, 22, 33, 44}));
  EXPECT_EQ(loads.steps, 2);
}

TEST(ReadCsv, ToleratesWhatSpreadsheetsWrite) {
  EXPECT_EQ(values_of(add_csv, "\xef\xbb\xbf 1 ,\t2 \r\n3,4\r\n\r\n  \n"), (Values{1, 2, 3, 4}));
  EXPECT_EQ(values_of(add_csv, "1,2"), (Values{1, 2}));
  EXPECT_EQ(values_of(add_csv, "\xef\xbb\xbfstep, layer ,e0\r\n0,0,5\r\n"), (Values{5}));
  EXPECT_EQ(values_of(add_csv, "1.5,2.,.5,1e3,+4,2E-1,007,-0\n"),
            (Values{1.5f, 2, .5f, 1000, 4, .2f, 7, 0}));
}

TEST(ReadCsv, SumsIntegersExactlyAndOthersInBinary64) {
  const std::string header = "step,layer,e0,e1\n";
  EXPECT_EQ(values_of(add_csv, header + "0,0,1152921573326323712,0\n1,0,1,0\n")[0],
            0x1p60f + 0x1p37f);
  EXPECT_EQ(values_of(add_csv, header + "0,0,1152921573326323712,0\n1,0,1,0.5\n")[0], 0x1p60f);
  EXPECT_EQ(values_of(add_csv, "18446744073709551615,1\n")[0], 0x1p64f);
  EXPECT_EQ(values_of(add_csv, "18446744073709551616,1\n")[0], 0x1p64f);
  EXPECT_EQ(
      csv_error(header + "0,0,1,18446744073709551615\n1,0,1,1\n"),
      "trace: line 3, column 4 (step 1, layer 0, expert 1): the sum of the loads up to here is "
      "above 18446744073709551615; select fewer steps");
}

TEST(ReadCsv, GivesTheRowsThatItSums) {
  std::string given;
  ReadOptions options = steps(1, 3);
  options.row = [&](const Place& place, std::span<const Number> row) {
    given += describe(place) + ":";
    for (const Number& number : row) given += " " + std::to_string(number.whole);
    given += "\n";
  };
  const std::string text = "step,layer,e0,e1\n7,0,1,2\n8,1,3,4\n8,0,5,6\n9,0,7,8\n9,1,9,9\n";
  EXPECT_EQ(csv_error(text, options), "trace: step 1: 2 layers, but step 0 has 1");
  const std::string sorted = "step,layer,e0,e1\n7,0,1,2\n8,0,5,6\n9,0,7,8\n";
  given.clear();
  EXPECT_EQ(values_of(add_csv, sorted, options), (Values{12, 14}));
  EXPECT_EQ(given, "line 3 (step 8, layer 0): 5 6\nline 4 (step 9, layer 0): 7 8\n");
}

TEST(ReadCsv, TakesRanges) {
  const std::string text = "step,layer,e0\n100,0,1\n100,1,2\n200,1,4\n200,0,3\n300,0,-5\n300,1,6\n";
  EXPECT_EQ(values_of(add_csv, text, steps(0, 2)), (Values{4, 6}));
  EXPECT_EQ(values_of(add_csv, text, layers(1, 2)), (Values{12}));
  EXPECT_EQ(values_of(add_csv, text, steps(1, 2)), (Values{3, 4}));
  EXPECT_EQ(csv_error(text, steps(3, 4)),
            "trace: steps 3:4 are not within the available steps 0:3");
  EXPECT_EQ(csv_error("1\n2\n", layers(2, 3)),
            "trace: layer 2 is not within the available layers 0:2");
}

TEST(ReadCsv, NamesBadValues) {
  EXPECT_EQ(csv_error("1,2\n3,-4\n"),
            "trace: line 2, column 2 (step 0, layer 1, expert 1): load -4 is negative (a counter "
            "may have wrapped); loads must be "
            "finite and at least 0");
  EXPECT_EQ(
      csv_error("step,layer,e0\n5,0,nan\n"),
      "trace: line 2, column 3 (step 5, layer 0, expert 0): load nan is not finite; loads must "
      "be finite and at least 0");
  EXPECT_NE(csv_error("1,-Infinity\n").find("load -inf is not finite"), std::string::npos);
  EXPECT_NE(csv_error("1,1e999\n").find("load inf is not finite"), std::string::npos);
  EXPECT_NE(csv_error("1,3.5e38\n").find("layer 0, expert 1: the sum of 1 steps, 3.5e+38"),
            std::string::npos);
  for (const char* odd :
       {"0x10", "1e", "1e+", ".", "-", "1_000", "1;2", "1 2", "e5", "--1", "1.2.3"}) {
    EXPECT_EQ(csv_error("1\n" + std::string(odd)),
              "trace: line 2, column 1: \"" + std::string(odd) + "\" is not a number");
  }
  EXPECT_EQ(csv_error("1,,2\n"), "trace: line 1, column 2: empty; expected a number");
  EXPECT_EQ(csv_error("1,2,\n"), "trace: line 1, column 3: empty; expected a number");
  EXPECT_EQ(
      csv_error("1,\"2\n"),
      "trace: line 1, column 2: \"\"2\" has quotes; expected a plain cell, or quotes around a "
      "whole cell");
  EXPECT_LT(csv_error("1," + std::string(9999, '\x1b')).size(), 150u);
}

TEST(ReadCsv, RefusesWrongHeaders) {
  EXPECT_EQ(csv_error("model,step,layer,e0\n0,0,0,1\n"),
            "trace: line 1, column 1: \"model\" is unknown; expected layer,expert,count or "
            "step,layer,e0,e1,... in a header, or only numbers");
  EXPECT_EQ(csv_error("hello\n"),
            "trace: line 1, column 1: \"hello\" is not a number; expected layer,expert,count or "
            "step,layer,e0,e1,... in a header, or only numbers");
  EXPECT_EQ(csv_error("step,layer\n0,0\n"),
            "trace: line 1: the header has no expert columns after step,layer");
  EXPECT_EQ(csv_error("step,layer,e0\n"),
            "trace: no rows after the header; expected one row of numbers per layer");
  EXPECT_EQ(csv_error("step,layer,e0\nstep,layer,e0\n"),
            "trace: line 2, column 1: \"step\" is not a step number of at least 0");
}

TEST(ReadCsv, RefusesWrongRows) {
  const std::string header = "step,layer,e0\n";
  EXPECT_EQ(csv_error("1,2\n3\n"),
            "trace: line 2 (step 0, layer 1): 1 expert, but line 1 (step 0, layer 0) has 2; select "
            "layers of one width, a run for each");
  EXPECT_EQ(csv_error(header + "0,0\n"), "trace: line 2: 2 columns, but the header has 3");
  EXPECT_EQ(csv_error(header + "0,0,1\n0,0,1\n"), "trace: line 3: layer 0 of step 0 appears twice");
  EXPECT_EQ(csv_error(header + "4,0,1\n4,2,1\n5,0,1\n5,1,1\n"),
            "trace: step 1 has layer 1, where the first step has layer 2");
  EXPECT_EQ(csv_error(header + "4,0,1\n4,1,1\n5,0,1\n"),
            "trace: step 1: 1 layer, but step 0 has 2");
  EXPECT_EQ(csv_error(header + "4,0,1\n3,0,1\n"),
            "trace: line 3: step 3 after step 4; sort the rows by step");
  EXPECT_EQ(csv_error(header + "-1,0,1\n"),
            "trace: line 2, column 1: \"-1\" is not a step number of at least 0");
  EXPECT_EQ(csv_error(header + "0,1.5,1\n"),
            "trace: line 2, column 2: \"1.5\" is not a layer number within 0..65535");
  EXPECT_EQ(csv_error(header + "0,65536,1\n"),
            "trace: line 2, column 2: \"65536\" is not a layer number within 0..65535");
  EXPECT_EQ(csv_error("1\n\n2\n"), "trace: line 2 is blank, but more rows follow; remove it");
  EXPECT_EQ(csv_error(" \n"), "trace: empty; expected one row of numbers per layer");
  EXPECT_EQ(csv_error(""), "trace: empty; expected one row of numbers per layer");
}

TEST(ReadCsv, HoldsTheLimits) {
  std::string wide = "0";
  for (int e = 0; e < 1024; ++e) wide += ",0";
  EXPECT_EQ(csv_error(wide), "trace: 1025 experts, but at most 1024 can be read");
  EXPECT_EQ(csv_error(wide + ",0,0,0,0"),
            "trace: line 1: more than 1028 columns; at most 1024 experts can be read");
  std::string tall;
  for (int l = 0; l < 129; ++l) tall += "1\n";
  EXPECT_NE(csv_error(tall).find("line 129 (step 0, layer 128): more than 128 layers"),
            std::string::npos);
  EXPECT_EQ(loads_of(add_csv, tall, layers(100, 129)).layers, 29);
}

TEST(ReadCsv, ReportsProgressAndStops) {
  std::string text(std::size_t{17} << 20, ' ');
  text += "1\n2\n";
  std::size_t reported = 0;
  ReadOptions options;
  options.progress = [&](std::size_t consumed) {
    reported = consumed;
    return true;
  };
  EXPECT_EQ(values_of(add_csv, text, options), (Values{1, 2}));
  EXPECT_EQ(reported, text.size() - 2);
  options.progress = [](std::size_t) { return false; };
  EXPECT_EQ(csv_error(text, options), "trace: stopped");
}

TEST(ReadCsv, LayersOfOneWidthAreReadFromAFileOfSeveral) {
  const std::string text = "1,2,3\n4,5,6\n7,8\n";
  EXPECT_EQ(values_of(add_csv, text, layers(0, 2)), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(values_of(add_csv, text, layers(2, 3)), (Values{7, 8}));
  EXPECT_EQ(values_of(add_json, "[[1, 2, 3], [4, 5, 6], [7, 8]]", layers(2, 3)), (Values{7, 8}));
}

}  // namespace
}  // namespace evenkeel::test
