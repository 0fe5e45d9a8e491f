// .npy files of loads: types, byte orders, sums and their rounding, ranges, and every error.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/io/loads/read_loads.hpp"
#include "tests/io_support.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

using Values = std::vector<float>;

std::string npy_error(std::string_view text, const ReadOptions& options = {}) {
  return error_of(add_npy, text, options);
}

// Two steps of [2, 3] in one type, in both byte orders, and with the marks for the native order.
template <class Number>
void expect_type(const std::string& type) {
  const std::initializer_list<Number> numbers = {0, 1, 2, 3, 4, 5, 100, 101, 102, 103, 104, 105};
  const Values expected = {100, 102, 104, 106, 108, 110};
  for (const char order : {'<', '>', '|', '='}) {
    const std::string file =
        npy_file(order + type, "(2, 2, 3)", data_of<Number>(numbers, order == '>'));
    EXPECT_EQ(values_of(add_npy, file), expected) << order << type;
  }
}

TEST(ReadNpy, ReadsEveryTypeInBothByteOrders) {
  expect_type<std::uint8_t>("u1");
  expect_type<std::int8_t>("i1");
  expect_type<std::uint16_t>("u2");
  expect_type<std::int16_t>("i2");
  expect_type<std::uint32_t>("u4");
  expect_type<std::int32_t>("i4");
  expect_type<std::uint64_t>("u8");
  expect_type<std::int64_t>("i8");
  expect_type<float>("f4");
  expect_type<double>("f8");
}

TEST(ReadNpy, ReadsHalfFloats) {
  // 1, 2048, the largest, the smallest normal, the smallest and the largest subnormal, 0 and -0.
  const std::initializer_list<std::uint16_t> halves = {0x3c00, 0x6800, 0x7bff, 0x0400,
                                                       0x0001, 0x03ff, 0x0000, 0x8000};
  const Values expected = {1, 2048, 65504, 0x1p-14f, 0x1p-24f, 1023 * 0x1p-24f, 0, 0};
  for (const bool big_endian : {false, true}) {
    const std::string file =
        npy_file(big_endian ? ">f2" : "<f2", "(2, 4)", data_of(halves, big_endian));
    EXPECT_EQ(values_of(add_npy, file), expected);
  }
}

TEST(ReadNpy, ReportsTheShape) {
  const std::string file = npy_file("<u1", "(2, 1, 3)", data_of<std::uint8_t>({1, 2, 3, 4, 5, 6}));
  const Loads loads = loads_of(add_npy, file);
  EXPECT_EQ(loads.layers, 1);
  EXPECT_EQ(loads.experts, 3);
  EXPECT_EQ(loads.steps, 2);
  EXPECT_EQ(loads.first_layer, 0);
}

// More steps than are added in one pass, plus a remainder.
TEST(ReadNpy, SumsManySteps) {
  std::string data;
  for (int step = 0; step < 19; ++step) data += data_of<std::uint16_t>({65535, 1});
  EXPECT_EQ(values_of(add_npy, npy_file("<u2", "(19, 1, 2)", data)), (Values{19 * 65535, 19}));
}

TEST(ReadNpy, RoundsIntegersOnce) {
  // Through binary64 the third would lose its last bit and then round down to even.
  const std::uint64_t trap = (std::uint64_t{1} << 60) + (std::uint64_t{1} << 36) + 1;
  const std::string file =
      npy_file("<u8", "(1, 4)",
               data_of<std::uint64_t>({(1u << 24) + 1, (1u << 24) + 3, trap,
                                       std::numeric_limits<std::uint64_t>::max()}));
  EXPECT_EQ(values_of(add_npy, file), (Values{0x1p24f, 0x1p24f + 4, 0x1p60f + 0x1p37f, 0x1p64f}));
}

TEST(ReadNpy, RoundsBinary64Once) {
  const std::string file = npy_file(
      "<f8", "(1, 4)",
      data_of<double>({1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-52, 0x1.fffffefffffffp127, 0x1p-150}));
  EXPECT_EQ(values_of(add_npy, file),
            (Values{1, 1 + 0x1p-23f, std::numeric_limits<float>::max(), 0}));
}

// The small numbers are lost if they are added to the large one, one by one.
TEST(ReadNpy, SumsFloatsInStepOrder) {
  const double middle = 1 + 0x1p-24;  // between two binary32 numbers; rounds to even, to 1
  const double half_unit = 0x1p-53;
  const auto sum = [](std::initializer_list<double> steps) {
    return values_of(add_npy, npy_file("<f8", "(3, 1, 1)", data_of(steps)))[0];
  };
  EXPECT_EQ(sum({middle, half_unit, half_unit}), 1);
  EXPECT_EQ(sum({half_unit, half_unit, middle}), 1 + 0x1p-23f);
}

// Eight steps in one pass must still be added one after the other.
TEST(ReadNpy, SumsManyFloatsInStepOrder) {
  const double half_unit = 0x1p-53;
  std::string data = data_of<double>({0x1p-24, 1});
  for (int step = 0; step < 16; ++step) data += data_of<double>({half_unit, 0});
  data = data_of<double>({1, 0x1p-24}) + data;
  // 1 + 2^-24 + 16 * 2^-53 is above the middle between two binary32 numbers only if the small ones
  // were added to each other first.
  EXPECT_EQ(values_of(add_npy, npy_file("<f8", "(18, 1, 2)", data)), (Values{1, 1}));
}

TEST(ReadNpy, MinusZeroIsZero) {
  const std::string file = npy_file("<f4", "(1, 2)", data_of<float>({-0.0f, 1}));
  EXPECT_FALSE(std::signbit(values_of(add_npy, file)[0]));
}

TEST(ReadNpy, TakesRanges) {
  const std::string file = npy_file(
      "<u1", "(3, 2, 2)", data_of<std::uint8_t>({1, 2, 3, 4, 10, 20, 30, 40, 50, 60, 70, 80}));
  EXPECT_EQ(values_of(add_npy, file, steps(1, 3)), (Values{60, 80, 100, 120}));
  EXPECT_EQ(values_of(add_npy, file, steps(2, Range().end)), (Values{50, 60, 70, 80}));
  const Loads second = loads_of(add_npy, file, layers(1, 2));
  EXPECT_EQ(second.values, (Values{103, 124}));
  EXPECT_EQ(second.first_layer, 1);
  EXPECT_EQ(npy_error(file, steps(10, 20)),
            "trace: steps 10:20 are not within the available steps 0:3");
  EXPECT_EQ(npy_error(file, layers(1, 1)),
            "trace: layers 1:1 are not within the available layers 0:2");
  EXPECT_EQ(npy_error(file, steps(3, Range().end)),
            "trace: steps 3: are not within the available steps 0:3");
  EXPECT_EQ(npy_error(file, steps(-1, 2)), "trace: steps -1:2 is an empty range; it has 3 steps");
}

// Values outside the ranges are not checked.
TEST(ReadNpy, IgnoresWhatIsNotAsked) {
  const std::string file = npy_file("<i2", "(2, 1, 2)", data_of<std::int16_t>({-1, -1, 7, 8}));
  EXPECT_EQ(values_of(add_npy, file, steps(1, 2)), (Values{7, 8}));
}

TEST(ReadNpy, NamesBadValues) {
  std::string data;
  for (int step = 0; step < 12; ++step) data += data_of<std::int16_t>({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(
      npy_error(npy_file("<i2", "(13, 2, 3)", data + data_of<std::int16_t>({1, 2, 3, 4, 5, -4}))),
      "trace: step 12, layer 1, expert 2: load -4 is negative (a counter may have wrapped); loads "
      "must be finite and at "
      "least 0");
  const auto one_bad = [](const char* descr, const std::string& bad) {
    return npy_error(npy_file(descr, "(1, 1)", bad));
  };
  const std::string place = "trace: step 0, layer 0, expert 0: load ";
  EXPECT_EQ(one_bad("<i1", data_of<std::int8_t>({-128})).find(place + "-128 is negative"), 0u);
  EXPECT_EQ(one_bad(">i4", data_of<std::int32_t>({-7}, true)).find(place + "-7 is negative"), 0u);
  EXPECT_EQ(one_bad("<i8", data_of<std::int64_t>({-1})).find(place + "-1 is negative"), 0u);
  EXPECT_EQ(one_bad("<f4", data_of<float>({-0.1f})).find(place + "-0.1 is negative"), 0u);
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(one_bad("<f4", data_of<float>({inf})).find(place + "inf is not finite"), 0u);
  EXPECT_EQ(one_bad("<f8", data_of<double>({-inf})).find(place + "-inf is not finite"), 0u);
  EXPECT_EQ(one_bad(">f8", data_of<double>({std::nan("")}, true)).find(place + "nan is not finite"),
            0u);
  EXPECT_EQ(one_bad("<f2", data_of<std::uint16_t>({0x7c00})).find(place + "inf is not finite"), 0u);
  EXPECT_EQ(one_bad("<f2", data_of<std::uint16_t>({0x7e01})).find(place + "nan is not finite"), 0u);
  EXPECT_EQ(one_bad("<f2", data_of<std::uint16_t>({0xbc00})).find(place + "-1 is negative"), 0u);
}

// Layers are numbered as in the file.
TEST(ReadNpy, NamesBadValuesWithinRanges) {
  const std::string file =
      npy_file("<i4", "(2, 3, 2)", data_of<std::int32_t>({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -9, 0}));
  ReadOptions corner = steps(1, 2);
  corner.layers = {2, 3};
  EXPECT_NE(npy_error(file, corner).find("step 1, layer 2, expert 0: load -9 is negative"),
            std::string::npos);
  corner.layers = {1, 2};
  EXPECT_EQ(values_of(add_npy, file, corner), (Values{0, 0}));
}

TEST(ReadNpy, NamesOverflow) {
  const std::uint64_t half = std::uint64_t{1} << 63;
  EXPECT_EQ(
      npy_error(npy_file("<u8", "(3, 1, 2)", data_of<std::uint64_t>({0, half, 0, 1, 0, half}))),
      "trace: step 2, layer 0, expert 1: the sum of the loads up to here is above "
      "18446744073709551615; select fewer steps");
  EXPECT_EQ(npy_error(npy_file("<f8", "(2, 1, 1)", data_of<double>({3e38, 3e38}))),
            "trace: layer 0, expert 0: the sum of 2 steps, 6e+38, is above the largest binary32 "
            "number, 3.40282347e+38");
}

TEST(ReadNpy, ReportsProgressAndStops) {
  const std::string file = npy_file("<u1", "(40000, 1, 1024)", std::string(40000 * 1024, '\1'));
  std::vector<std::size_t> reports;
  ReadOptions options;
  options.progress = [&](std::size_t consumed) {
    reports.push_back(consumed);
    return true;
  };
  EXPECT_EQ(loads_of(add_npy, file, options).values[1023], 40000);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_NEAR(static_cast<double>(reports[0]), 16 << 20, 16384);
  EXPECT_NEAR(static_cast<double>(reports[1]), 32 << 20, 32768);
  options.progress = [](std::size_t) { return false; };
  EXPECT_EQ(npy_error(file, options), "trace: stopped");
}

TEST(ReadNpy, KnowsThreeFormatVersions) {
  const std::string header = "{'descr': '<u1', 'fortran_order': False, 'shape': (1, 2), }\n";
  for (const int major : {1, 2, 3}) {
    EXPECT_EQ(values_of(add_npy, npy_container(major, header, "\x05\x06")), (Values{5, 6}));
  }
  EXPECT_EQ(npy_error(npy_container(4, header, "\x05\x06")),
            "trace: .npy format 4.0 is unknown; expected 1.0, 2.0 or 3.0");
}

TEST(ReadNpy, ReadsHeadersInAnyOrder) {
  EXPECT_EQ(
      values_of(add_npy,
                npy_container(1, "{\"shape\":(1,2,),'fortran_order':False,'descr':'|u1'}", "ab")),
      (Values{97, 98}));
}

TEST(ReadNpy, RefusesOddHeaders) {
  const auto error = [](std::string_view header) {
    return npy_error(npy_container(1, header, "ab"));
  };
  EXPECT_EQ(error("{'descr': '|u1', 'fortran_order': False}"), "trace: the header has no 'shape'");
  EXPECT_EQ(error("{}"), "trace: the header has no 'descr'");
  EXPECT_EQ(error("{'descr': '|u1', 'shape': (1, 2)}"), "trace: the header has no 'fortran_order'");
  EXPECT_EQ(error("{'descr': '|u1', 'descr': '|u1'}"), "trace: header key 'descr' appears twice");
  EXPECT_EQ(error("{'color': 1}"),
            "trace: header key \"color\" is unknown; expected descr, fortran_order and shape");
  EXPECT_EQ(error("{'shape': (1, 2)} x"),
            "trace: header byte 18: \"x\" where nothing after the dict is expected");
  EXPECT_EQ(error("{'shape': (3)}"),
            "trace: header byte 13: \"}\" where a tuple such as (3, 4) is expected");
  EXPECT_EQ(error("{'shape': (-1, 2)}"),
            "trace: header byte 11: \"-1, 2)}\" where a dimension of at least 0 is expected");
  EXPECT_EQ(error("{'shape': (1 2)}"),
            "trace: header byte 13: \"2)}\" where ',' or ')' is expected");
  EXPECT_EQ(error("{'shape': [1, 2]}"),
            "trace: header byte 10: \"[1, 2]}\" where a tuple, '(' is expected");
  EXPECT_EQ(error("{'shape': (99999999999999999999, 2)}"),
            "trace: a dimension in the header's shape is above 9223372036854775807");
  EXPECT_EQ(error("{'fortran_order': 0}"),
            "trace: header byte 18: \"0}\" where True or False is expected");
  EXPECT_EQ(error("{'descr' '|u1'}"), "trace: header byte 9: \"'|u1'}\" where ':' is expected");
  EXPECT_EQ(error("{'descr': '|u1' 'shape'"),
            "trace: header byte 16: \"'shape'\" where ',' or '}' is expected");
  EXPECT_EQ(error("{1: 2}"), "trace: header byte 1: \"1: 2}\" where a key in quotes is expected");
  EXPECT_EQ(error("{'descr': u1}"),
            "trace: header byte 10: \"u1}\" where a dtype in quotes is expected");
  EXPECT_EQ(error(""), "trace: the header ends where a python dict, '{' is expected");
}

TEST(ReadNpy, RefusesOtherTypes) {
  const auto error = [](std::string_view descr) {
    return npy_error(npy_file(descr, "(1, 1)", "a"));
  };
  EXPECT_EQ(error("|b1"),
            "trace: dtype \"|b1\" is not supported: bool is not a number of tokens; convert it "
            "with .astype(np.uint32)");
  EXPECT_NE(error("|O").find("dtype \"|O\" is not supported: python objects"), std::string::npos);
  EXPECT_NE(error("<c8").find("dtype \"<c8\" is not supported: loads are not complex"),
            std::string::npos);
  EXPECT_NE(error("<U5").find("dtype \"<U5\" is not supported: these are strings"),
            std::string::npos);
  EXPECT_NE(error("|S5").find("dtype \"|S5\" is not supported: these are strings"),
            std::string::npos);
  EXPECT_NE(error("<M8[ns]").find("dtype \"<M8[ns]\" is not supported: these are times"),
            std::string::npos);
  EXPECT_NE(error("|V8").find("dtype \"|V8\" is not supported: these are raw"), std::string::npos);
  for (const char* odd : {"<f16", "<u3", "<f1", "u2", "<", "", "<u", "<u22"}) {
    EXPECT_NE(error(odd).find("is not supported: expected one of i1 i2"), std::string::npos) << odd;
  }
  EXPECT_NE(
      npy_error(npy_container(1, "{'descr': [('a', '<u2')]}", "")).find("dtype is structured"),
      std::string::npos);
}

TEST(ReadNpy, RefusesFortranOrder) {
  EXPECT_EQ(
      npy_error(npy_container(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2)}", "ab")),
      "trace: the array is in Fortran order; expected C order, so save it with np.save(file, "
      "np.ascontiguousarray(array)); if it was transposed, make sure that its axes are [layers, "
      "experts] or [steps, layers, experts]");
}

TEST(ReadNpy, RefusesSizesThatDoNotAgree) {
  EXPECT_EQ(npy_error(npy_file("<u2", "(1, 2)", "abc")),
            "trace: truncated: shape (1, 2) of \"<u2\" needs 4 bytes, but 3 follow the header");
  EXPECT_EQ(
      npy_error(npy_file("<u2", "(1, 2)", "abcde")),
      "trace: trailing bytes: shape (1, 2) of \"<u2\" needs 4 bytes, but 5 follow the header");
  EXPECT_EQ(npy_error(npy_file("<u2", "(4294967296, 4294967296, 1)", "")),
            "trace: shape (4294967296, 4294967296, 1) of \"<u2\" needs more than 2^64 bytes, but 0 "
            "follow the header");
  EXPECT_EQ(npy_error(npy_file("<u2", "(0, 2, 2)", "")),
            "trace: shape (0, 2, 2) is empty; expected at least 1 of each");
  EXPECT_EQ(npy_error(npy_file("<u1", "(2,)", "ab")),
            "trace: the array has 1 dimensions; expected [layers, experts] or [steps, layers, "
            "experts]");
  EXPECT_NE(npy_error(npy_file("<u1", "(1, 1, 1, 1)", "a")).find("has 4 dimensions"),
            std::string::npos);
  EXPECT_NE(npy_error(npy_file("<u1", "()", "a")).find("has 0 dimensions"), std::string::npos);
}

TEST(ReadNpy, RefusesBrokenContainers) {
  EXPECT_EQ(npy_error("PK\x03\x04zip..."),
            "trace: not a .npy file: it begins with \"PK??zip.\", not with the bytes \\x93NUMPY");
  EXPECT_EQ(npy_error("\x93NUMPY"), "trace: truncated: 6 bytes are too few for a .npy file");
  EXPECT_EQ(npy_error(std::string_view("\x93NUMPY\1\0\x46", 9)),
            "trace: truncated: 9 bytes are too few for a .npy file");
  EXPECT_EQ(npy_error(std::string_view("\x93NUMPY\1\0\x46\0{", 11)),
            "trace: truncated: the header has 70 bytes, but only 1 follow");
  EXPECT_EQ(npy_error(std::string_view("\x93NUMPY\2\0\xff\xff\xff\xff{", 13)),
            "trace: oversized header: 4294967295 bytes, but at most 1048576 are read");
}

TEST(ReadNpy, HoldsTheLimits) {
  EXPECT_EQ(npy_error(npy_file("<u1", "(1, 1025)", std::string(1025, '\0'))),
            "trace: 1025 experts, but at most 1024 can be read");
  const std::string tall = npy_file("<u1", "(200, 2)", std::string(400, '\1'));
  EXPECT_EQ(npy_error(tall),
            "trace: 200 layers, but at most 128 can be read at once; select a range of layers");
  const Loads part = loads_of(add_npy, tall, layers(100, 200));
  EXPECT_EQ(part.layers, 100);
  EXPECT_EQ(part.first_layer, 100);
}

TEST(ReadLoads, ChoosesByName) {
  Loads loads;
  const ReadOptions options;
  const std::string npy = npy_file("|u1", "(1, 2)", "\x01\x02");
  const auto error = [&](std::string_view text, std::string_view name) {
    return read_loads(as_bytes(text), name, options, loads).sentence();
  };
  EXPECT_EQ(error(npy, "a.npy"), "");
  EXPECT_EQ(error("[[1, 2]]", "a.JSON"), "");
  EXPECT_EQ(error("1,2", "a.Csv"), "");
  EXPECT_NE(error("[[1, 2]]", "a.NPY").find("a.NPY: not a .npy file: it begins with \"[[1, 2]]\""),
            std::string::npos);
  EXPECT_EQ(error(npy, "a.csv"), "");  // what the content says counts more
}

TEST(ReadLoads, ChoosesByContent) {
  const Values expected = {1, 2};
  EXPECT_EQ(values_of(kAnyFormat, npy_file("|u1", "(1, 2)", "\x01\x02")), expected);
  EXPECT_EQ(values_of(kAnyFormat, " \n[[1, 2]]"), expected);
  EXPECT_EQ(values_of(kAnyFormat, "{\"load_history\": [{\"logical_expert_load\": [[1, 2]]}]}"),
            expected);
  EXPECT_EQ(values_of(kAnyFormat, "1,2\n"), expected);
  EXPECT_EQ(error_of(kAnyFormat, ""), "trace: empty; expected recorded loads");
}

// A hostile name can neither break the line nor make the sentence too long.
TEST(ReadLoads, ShowsNamesSafely) {
  Loads loads;
  const std::string name = "evil\n\x1b[31m" + std::string(500, 'x') + ".csv";
  const std::string sentence = read_loads({}, name, {}, loads).sentence();
  EXPECT_EQ(sentence.find("..."), 0u);
  EXPECT_NE(sentence.find("xxx.csv: empty"), std::string::npos);
  EXPECT_LT(sentence.size(), 200u);
}

}  // namespace
}  // namespace evenkeel::test
