// CSV as people have it: lists of counts and of routed tokens, what pandas adds, separators, and what must not be
// taken for something else.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"
#include "tests/io_support.hpp"

namespace evenkeel::test {
namespace {

using Values = std::vector<float>;
using Notes = std::vector<std::string>;

constexpr const char* kHeaderNote = "line 1 counts 0, 1, 2, ...: it is skipped as a header";
constexpr const char* kIndexNote = "column 1 counts 0, 1, 2, ...: it is skipped as an index";

Loads csv_loads(std::string_view text, const ReadOptions& options = {}) {
  return loads_of(add_csv, text, options);
}
Values csv_values(std::string_view text) { return csv_loads(text).values; }

std::string experts_note(int largest) {
  return "experts 0 to " + std::to_string(largest) + ": the largest expert number in the file is " +
         std::to_string(largest);
}

struct Text {
  std::string name;
  std::string text;
};
Status read_files(const std::vector<Text>& texts, const ReadOptions& options, Loads& out) {
  std::vector<RecordedFile> files;
  for (const Text& text : texts) files.push_back({text.name, as_bytes(text.text)});
  return read_loads(files, options, out);
}

TEST(ReadCsvList, ReadsCountsInAnyOrder) {
  const Loads loads = csv_loads(
      "layer_id,expert_id,count\n"
      "5,0,7\n3,2,4\n3,0,1\n5,1,2\n3,2,10\n");
  EXPECT_EQ(loads.values, (Values{1, 0, 14, 7, 2, 0}));
  EXPECT_EQ(loads.layers, 2);
  EXPECT_EQ(loads.experts, 3);
  EXPECT_EQ(loads.first_layer, 3);
  EXPECT_EQ(loads.layer_numbers, (std::vector<std::int32_t>{3, 5}));
  EXPECT_EQ(loads.steps, 1);
  EXPECT_EQ(loads.notes, Notes{experts_note(2)});
}

TEST(ReadCsvList, KnowsTheWordsOfHeaders) {
  const Values expected = {0, 5, 6, 0};
  for (const char* header :
       {"layer,expert,count", "Layer,Expert,Count", "layer_id,expert_id,num_tokens",
        "MoE layer, expert-id ,tokens", "layer_idx,logical_expert_id,load",
        "\"layer\",\"expert\",\"count\"", "moe_layer,Expert Index,token_count"}) {
    EXPECT_EQ(csv_values(std::string(header) + "\n0,1,5\n1,0,6\n"), expected) << header;
  }
  EXPECT_EQ(csv_values("count,layer,expert\n5,0,1\n6,1,0\n"), expected);
  EXPECT_EQ(csv_values("expert,count,layer\n1,5,0\n0,6,1\n"), expected);
}

TEST(ReadCsvList, SumsStepsRanksAndFloats) {
  const std::string text =
      "iteration,rank,layer,expert,count\n"
      "10,0,1,0,1\n10,1,1,0,2.5\n10,0,1,1,1e1\n"
      "12,0,1,1,4\n12,0,2,0,8\n"
      "15,0,1,0,16\n";
  EXPECT_EQ(csv_values(text), (Values{19.5, 14, 8, 0}));
  EXPECT_EQ(csv_loads(text).steps, 3);
  EXPECT_EQ(csv_loads(text, steps(1, 3)).values, (Values{16, 4, 8, 0}));
  EXPECT_EQ(csv_loads(text, steps(0, 1)).values, (Values{3.5, 10, 0, 0}));
  EXPECT_EQ(csv_loads(text, layers(2, 3)).values, (Values{8, 0}));
  EXPECT_EQ(csv_loads(text).notes, (Notes{"the loads of its ranks add up", experts_note(1)}));
  ReadOptions last;
  last.steps.begin = -1;
  EXPECT_EQ(csv_loads(text, last).values, (Values{16, 0, 0, 0}));
}

TEST(ReadCsvList, CountsRoutedTokens) {
  const Loads loads = csv_loads("token,layer,expert,weight\n0,3,1,0.5\n0,3,0,0.5\n1,3,1,0.9\n");
  EXPECT_EQ(loads.values, (Values{1, 2}));
  EXPECT_EQ(loads.notes, (Notes{"each row is counted as one token", experts_note(1)}));
  EXPECT_EQ(csv_values("step,layer,expert\n0,0,0\n0,0,0\n1,0,1\n"), (Values{2, 1}));
  EXPECT_EQ(csv_error("layer,expert,hits\n0,0,5\n"),
            "trace: line 1, column 3: \"hits\" is unknown; name the column of counts count, or "
            "remove it");
}

TEST(ReadCsvList, SaysWhatItAssumes) {
  EXPECT_EQ(csv_loads("layer,expert,count,phase\n0,0,5,prefill\n0,0,6,decode\n").notes,
            (Notes{"column 4, \"phase\", is not used: rows that differ only in it add up",
                   experts_note(0)}));
  EXPECT_EQ(csv_loads("expert,count\n0,5\n1,6\n").notes,
            (Notes{"without a column of layers all rows are of layer 0", experts_note(1)}));
  EXPECT_EQ(csv_loads("layer,expert,count\n1,1,5\n1,2,6\n").notes,
            (Notes{experts_note(2), "no row has an expert below 1; experts are numbered from 0"}));
  const Loads appended = csv_loads("layer,expert,count\n0,0,5\nlayer,expert,count\n0,1,6\n");
  EXPECT_EQ(appended.values, (Values{5, 6}));
  EXPECT_EQ(appended.notes, (Notes{"repeated headers are skipped", experts_note(1)}));
}

TEST(ReadCsvList, TakesOffTheIndexOfPandas) {
  for (const char* header : {",layer,expert,count", "Unnamed: 0,layer,expert,count",
                             "index,layer,expert,count", "layer,expert,count"}) {
    const Loads loads = csv_loads(std::string(header) + "\n0,4,0,5\n17,4,1,6\n");
    EXPECT_EQ(loads.values, (Values{5, 6})) << header;
    EXPECT_EQ(loads.first_layer, 4);
    EXPECT_EQ(loads.notes.front(), kIndexNote);
  }
  EXPECT_EQ(csv_values("layer,expert,count\n4.0,0.0,5\n4.0,1.0,6.5\n"), (Values{5, 6.5}));
}

TEST(ReadCsvList, JoinsFilesOfRanks) {
  const std::vector<Text> files = {{"a.csv", "layer,expert,count\n3,0,1\n3,1,2\n"},
                                   {"b.csv", "layer,expert,count\n3,0,4\n4,3,8\n"},
                                   {"c.csv", "layer;expert;count\n4;0;16\n"}};
  Loads loads;
  Status status = read_files(files, {}, loads);
  ASSERT_TRUE(status.ok()) << status.sentence();
  EXPECT_EQ(loads.values, (Values{5, 2, 0, 0, 16, 0, 0, 8}));
  EXPECT_EQ(loads.first_layer, 3);
  EXPECT_EQ(loads.steps, 1);
  ASSERT_EQ(loads.notes.size(), 4u);
  EXPECT_EQ(loads.notes[2], "b.csv: " + experts_note(3));
  ReadOptions options;
  options.join = Join::time;
  status = read_files(files, options, loads);
  ASSERT_TRUE(status.ok()) << status.sentence();
  EXPECT_EQ(loads.steps, 3);
}

TEST(ReadCsvList, CountsSlotsUnderAPlacement) {
  const SlotMap map = slot_map({{0, 1, 0}});
  ReadOptions options;
  options.counted_under = &map;
  const std::string rows = "\n3,0,1\n3,1,2\n4,2,8\n";
  EXPECT_EQ(csv_loads("layer,slot,count" + rows, options).values, (Values{1, 2, 8, 0}));
  EXPECT_EQ(csv_loads("layer,expert,count" + rows, options).values, (Values{1, 2, 8, 0}));
  EXPECT_EQ(csv_error("layer,slot,count" + rows),
            "trace: line 1, column 2: the rows count slots, not experts; give the placement under "
            "which they were counted with --counted-under");
  EXPECT_EQ(csv_error("layer,slot,count\n3,3,1\n", options),
            "trace: step 0, layer 3: 4 counts, but the map has 3 slots");
}

TEST(ReadCsvList, NamesErrors) {
  const std::string header = "step,layer,expert,count\n";
  EXPECT_EQ(csv_error(header + "7,3,1,-5\n"),
            "trace: line 2, column 4 (step 7, layer 3, expert 1): load -5 is negative (a counter "
            "may have wrapped); loads must "
            "be finite and at least 0");
  EXPECT_EQ(csv_error(header + "7,3,1,9\n7,3,1,nan\n7,3,1,5\n"),
            "trace: line 3, column 4 (step 7, layer 3, expert 1): load nan is not finite; loads "
            "must be finite and at least 0");
  EXPECT_EQ(csv_loads(header + "7,3,1,-5\n8,3,0,2\n", steps(1, 2)).values, (Values{2, 0}));
  EXPECT_EQ(csv_error(header + "7,3,-1,5\n"),
            "trace: line 2, column 3: \"-1\" is not an expert number within 0..1023");
  EXPECT_EQ(csv_error(header + "7,3,1024,5\n"),
            "trace: line 2, column 3: \"1024\" is not an expert number within 0..1023");
  EXPECT_EQ(csv_error(header + "7,65536,0,5\n"),
            "trace: line 2, column 2: \"65536\" is not a layer number within 0..65535");
  EXPECT_EQ(csv_error(header + "x,0,0,5\n"),
            "trace: line 2, column 1: \"x\" is not a step number of at least 0");
  EXPECT_EQ(csv_error(header + "7,0,0,five\n"),
            "trace: line 2, column 4: \"five\" is not a number");
  EXPECT_EQ(csv_error(header + "7,0,0,\n"), "trace: line 2, column 4: empty; expected a number");
  EXPECT_EQ(csv_error(header + "7,0,0\n"), "trace: line 2: 3 columns, but the header has 4");
  EXPECT_EQ(csv_error(header + "7,0,0,1\n6,0,0,1\n"),
            "trace: line 3: step 6 after step 7; sort the rows by step");
  EXPECT_EQ(csv_error(header),
            "trace: no rows after the header; expected one row per layer and expert");
  EXPECT_EQ(csv_error("layer,expert\n"),
            "trace: no rows after the header; expected one row per token");
  EXPECT_EQ(csv_error("layer,expert,count,tokens\n0,0,1,1\n"),
            "trace: line 1, column 4: \"tokens\" says the same as column 3; remove one of them");
  EXPECT_EQ(csv_error("layer,count\n0,1\n"),
            "trace: line 1: the header has no column of experts; expected a header such as "
            "layer,expert,count");
  EXPECT_EQ(csv_error("expert,rank\n0,1\n"),
            "trace: line 1: the header has no column of layers; expected a header such as "
            "layer,expert,count");
  EXPECT_EQ(csv_error(header + "0,0,0,1\n\n0,0,1,1\n"),
            "trace: line 3 is blank, but more rows follow; remove it");
}

TEST(ReadCsvList, BoundsItsMemory) {
  std::string text = "layer,expert,count\n";
  for (int layer = 0; layer <= 1024; ++layer) text += std::to_string(layer) + ",0,1\n";
  EXPECT_EQ(csv_error(text),
            "trace: line 1026: more than 1024 layers, the most that can be counted");
  const std::string huge = "layer,expert,count\n0,0,18446744073709551615\n0,0,1\n";
  EXPECT_EQ(csv_values(huge), Values{0x1p64f});
}

TEST(ReadCsvTable, ReadsLayersByNumber) {
  const Loads loads = csv_loads("layer_id,e0,e1\n7,3,4\n3,1,2\n");
  EXPECT_EQ(loads.values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(loads.layer_numbers, (std::vector<std::int32_t>{3, 7}));
  EXPECT_EQ(csv_values("layer,step,0,1\n3,0,1,2\n3,1,4,8\n"), (Values{5, 10}));
  EXPECT_EQ(csv_values("step,rank,layer,e0,e1\n0,0,3,1,2\n0,1,3,4,8\n1,0,3,1,1\n"),
            (Values{6, 11}));
  EXPECT_EQ(csv_values(",layer,e0,e1\n0,3,1,2\n1,4,4,8\n"), (Values{1, 2, 4, 8}));
  EXPECT_EQ(csv_error("layer,e0\n3,1\n3,1\n"),
            "trace: line 3: layer 3 appears twice; several steps need a column step");
  EXPECT_EQ(csv_error("step,e0,e1\n0,1,2\n"),
            "trace: line 1: the header has no column of layers; expected a header such as "
            "step,layer,e0,e1");
}

TEST(ReadCsvTable, ChecksNamesOfExperts) {
  EXPECT_EQ(csv_values("expert_0,expert_1\n1,2\n3,4\n"), (Values{1, 2, 3, 4}));
  EXPECT_EQ(csv_loads("expert_1,expert_2\n1,2\n").notes, Notes{"column \"expert_1\" is expert 0"});
  EXPECT_EQ(csv_loads("V1,V2\n1,2\n").notes,
            Notes{"\"V1\" to \"V2\" are taken for experts 0 to 1"});
  EXPECT_EQ(csv_loads("layer,x0,x1,x2\n3,1,2,3\n").notes,
            Notes{"\"x0\" to \"x2\" are taken for experts 0 to 2"});
  EXPECT_TRUE(csv_loads("layer,Expert 0,Expert 1\n0,1,2\n").notes.empty());
  EXPECT_TRUE(csv_loads("layer,0,1\n0,1,2\n").notes.empty());
  EXPECT_EQ(csv_error("layer,e0,e1,e10,e2\n0,1,2,3,4\n"),
            "trace: line 1, column 4: \"e10\" after \"e1\"; expected the columns of experts in "
            "ascending order, here \"e2\"");
  EXPECT_EQ(csv_error("layer,e0,e1,total\n0,1,2,3\n"),
            "trace: line 1, column 4: \"total\" seems to be a figure of several experts; expected "
            "only columns with the loads of one expert each");
  EXPECT_EQ(csv_error("layer,e4,e5\n0,1,2\n"),
            "trace: line 1, column 2: \"e4\" is the first expert; expected \"e0\"");
  EXPECT_EQ(csv_loads("step,layer,hot,cold\n0,0,2,1\n").notes,
            Notes{"columns 3 to 4 are taken for experts 0 to 1"});
}

TEST(ReadCsvTable, RefusesColumnsThatAreNotExperts) {
  const auto refuses = [](const std::string& header, int column, const std::string& fault) {
    EXPECT_EQ(csv_error(header + "\n1,2,3\n4,5,6\n"),
              "trace: line 1, column " + std::to_string(column) + ": " + fault);
  };
  const std::string layer =
      " seems to be a layer, but rows are layers and columns are experts; transpose the table";
  refuses("layer_0,layer_1,layer_2", 1, "\"layer_0\"" + layer);
  refuses(",layer_0,layer_1", 2, "\"layer_0\"" + layer);
  refuses("layer,Layer 3,Layer 4", 2, "\"Layer 3\"" + layer);
  refuses("expert,layer_0,layer_1", 2, "\"layer_0\"" + layer);
  const std::string gpu =
      " seems to be the load of a GPU, but columns are experts; record the load of each expert";
  refuses("layer,gpu0,gpu1", 2, "\"gpu0\"" + gpu);
  refuses("cuda:0,cuda:1,cuda:2", 1, "\"cuda:0\"" + gpu);
  const std::string rank =
      " seems to be the load of a rank, but columns are experts; record the load of each expert";
  refuses("layer,rank0,rank1", 2, "\"rank0\"" + rank);
  refuses("rank_0,rank_1,rank_2", 1, "\"rank_0\"" + rank);
  const std::string step =
      " seems to be a step, but columns are experts; write a row for each step and layer, after a "
      "header step,layer,e0,e1 and so on";
  refuses("layer,step0,step1", 2, "\"step0\"" + step);
  refuses("step_0,step_1,step_2", 1, "\"step_0\"" + step);
  const std::string figure =
      " seems to be a figure of several experts; expected only columns with the loads of one "
      "expert each";
  refuses("layer,avg_tokens,max_tokens", 2, "\"avg_tokens\"" + figure);
  refuses("e0,e1,Mean", 3, "\"Mean\"" + figure);
}

TEST(ReadCsvTable, CountsSlotsUnderAPlacement) {
  const SlotMap map = slot_map({{0, 1, 0}});
  ReadOptions options;
  options.counted_under = &map;
  for (const char* header : {"layer,slot0,slot1,slot2", "layer,physical_0,physical_1,physical_2"}) {
    const std::string text = std::string(header) + "\n3,1,2,4\n4,0,3,8\n";
    EXPECT_EQ(csv_loads(text, options).values, (Values{5, 2, 8, 3})) << header;
    EXPECT_EQ(csv_error(text),
              "trace: line 1, column 2: the columns count slots, not experts; give the placement "
              "under which they were counted with --counted-under");
  }
  const Loads loads = csv_loads("slot_1,slot_2,slot_3\n1,2,4\n", options);
  EXPECT_EQ(loads.values, (Values{5, 2}));
  EXPECT_EQ(loads.notes, Notes{"column \"slot_1\" is slot 0"});
  EXPECT_EQ(
      csv_error("slot_0,slot_2\n1,2\n"),
      "trace: line 1, column 2: \"slot_2\" after \"slot_0\"; expected the columns of slots in "
      "ascending order, here \"slot_1\"");
}

TEST(ReadCsvTable, SkipsHeaderAndIndexOfPandas) {
  const Values expected = {285, 73, 50, 204, 72, 80, 56, 17, 22};
  const std::string rows[] = {"285,73,50", "204,72,80", "56,17,22"};
  const auto table = [&](const std::string& header, bool index) {
    std::string text = header;
    for (int r = 0; r < 3; ++r) text += (index ? std::to_string(r) + "," : "") + rows[r] + "\n";
    return text;
  };
  const auto check = [&](const std::string& header, bool index, const Notes& notes) {
    const Loads loads = csv_loads(table(header, index));
    EXPECT_EQ(loads.values, expected) << header;
    EXPECT_EQ(loads.notes, notes) << header;
  };
  check("", false, {});
  check("0,1,2\n", false, {kHeaderNote});
  check("", true, {kIndexNote});
  check("0,1,2\n", true, {kHeaderNote, kIndexNote});
  for (const char* header : {",0,1,2\n", "\"\",\"0\",\"1\",\"2\"\n", "Unnamed: 0,0,1,2\n",
                             "index,0,1,2\n", ",e0,e1,e2\n", "e0,e1,e2\n"}) {
    check(header, true, {kIndexNote});
  }
  check("e0,e1,e2\n", false, {});
  EXPECT_EQ(csv_values("\"\",\"0\",\"1\"\n\"0\",\"5\",\"6\"\n\"1\",\"7\",\"8\"\n"),
            (Values{5, 6, 7, 8}));
  EXPECT_EQ(csv_error(",0,1\n3,5,6\n4,7,8\n"),
            "trace: line 2, column 1: \"3\" is not the next number of an index, 0; name the column "
            "layer if it has the numbers of layers");
}

TEST(ReadCsvTable, TakesNoLoadsForHeaderOrIndex) {
  // A single row, few experts, or a table that counts on.
  EXPECT_EQ(csv_values("0,1,2\n"), (Values{0, 1, 2}));
  EXPECT_EQ(csv_values("0\n5\n"), (Values{0, 5}));
  EXPECT_EQ(csv_values("0,1\n5,6\n"), (Values{0, 1, 5, 6}));
  EXPECT_EQ(csv_values("0,1,2\n3,4,5\n6,7,8\n"), (Values{0, 1, 2, 3, 4, 5, 6, 7, 8}));
  // A first column that does not count, or in too few rows and columns.
  EXPECT_EQ(csv_values("0,9,2\n1,4,5\n3,7,8\n"), (Values{0, 9, 2, 1, 4, 5, 3, 7, 8}));
  EXPECT_EQ(csv_values("1,9,2\n2,4,5\n3,7,8\n"), (Values{1, 9, 2, 2, 4, 5, 3, 7, 8}));
  EXPECT_EQ(csv_values("0\n1\n2\n3\n"), (Values{0, 1, 2, 3}));
  EXPECT_EQ(csv_loads("0\n1\n2\n3\n").notes.size(), 1u) << "only that layer 0 has no load";
  const Notes doubt = {
      "column 1 counts 0 to 1 and is taken for loads; remove it if it is an index"};
  EXPECT_EQ(csv_values("0,9,2\n1,4,5\n"), (Values{0, 9, 2, 1, 4, 5}));
  EXPECT_EQ(csv_loads("0,9,2\n1,4,5\n").notes, doubt);
  EXPECT_EQ(csv_values("0,9\n1,4\n2,7\n"), (Values{0, 9, 1, 4, 2, 7}));
}

TEST(ReadCsvTable, AsksForAHeaderWhereRowsLookLikeKeys) {
  EXPECT_EQ(csv_error("3,0,50\n3,1,60\n4,0,70\n4,2,80\n"),
            "trace: the rows look like layer,expert,count; put these words into the first line, "
            "or e0,e1,e2 if they are loads of 3 experts");
  EXPECT_EQ(csv_error("0,3,0,50\n0,3,1,60\n1,3,0,70\n1,3,1,80\n"),
            "trace: the rows look like step,layer,expert,count; put these words into the first "
            "line, or e0,e1,e2,e3 if they are loads of 4 experts");
  EXPECT_EQ(csv_values("e0,e1,e2\n3,0,50\n3,1,60\n4,0,70\n4,2,80\n").size(), 12u);
  EXPECT_EQ(csv_values("3,0,50\n3,1,60\n4,0,70\n").size(), 9u);
  EXPECT_EQ(csv_values("5,9,50\n5,1,60\n6,7,70\n6,9,8\n").size(), 12u);
  EXPECT_EQ(csv_values("5,0,50\n6,1,60\n7,7,70\n8,9,8\n").size(), 12u);
}

TEST(ReadCsvTable, AsksForAHeaderWhereRowsInAnyOrderLookLikeKeys) {
  const std::string error =
      "trace: the rows look like layer,expert,count; put these words into the first line, or "
      "e0,e1,e2 if they are loads of 3 experts";
  const std::string by_expert = "3,0,50\n4,0,9\n5,0,11\n3,1,60\n4,1,8\n5,1,70\n";
  const std::string by_count = "4,1,900\n3,0,850\n5,1,70\n5,0,60\n3,1,50\n4,0,2\n";
  const std::string once = "0,0,5\n0,1,3\n1,0,2\n1,1,9\n";
  const std::string sparse = "0,7,5\n0,9,3\n1,2,2\n1,8,9\n";
  const std::string counts_up = "0,1,2\n0,2,9\n1,0,7\n1,2,5\n0,0,5\n1,1,8.5\n";
  for (const std::string& text :
       {by_expert, by_count, once + once, sparse + sparse, counts_up, by_count + by_count}) {
    EXPECT_EQ(csv_error(text), error) << text;
    EXPECT_NE(loads_of(add_csv, "e0,e1,e2\n" + text).values.size(), 0u);
    EXPECT_NE(loads_of(add_csv, "layer,expert,count\n" + text).values.size(), 0u);
  }
  std::string large;
  for (int i = 0; i < 64 * 128; ++i) {
    const int pair = i * 37 % (64 * 128);
    large += std::to_string(pair / 128) + "," + std::to_string(pair % 128) + ",7\n";
  }
  EXPECT_EQ(csv_error(large), error);
  std::string appended;
  for (int i = 0; i < 300; ++i) {
    appended += std::to_string(i / 6) + "," + std::to_string(i % 6 * 9) + ",7\n";
  }
  EXPECT_EQ(csv_error(appended + "0,4,1\n0,2\n"), error);
  EXPECT_EQ(csv_error("3,5\n3,3\n3,5\n4,2\n4,2\n4,0\n4,9\n7,9\n"),
            "trace: the rows look like layer,expert, one for each token; put these words into the "
            "first line, or e0,e1 if they are loads of 2 experts");
}

TEST(ReadCsvTable, TakesNoLoadsForKeys) {
  for (const char* text :
       {"5,5,5\n5,5,5\n5,5,5\n5,5,5\n5,5,5\n5,5,5\n", "1,2,9\n1,3,9\n1,2,9\n1,3,9\n1,2,9\n1,3,9\n",
        "0,0,5\n1,0,6\n2,0,7\n3,0,1\n4,1,1\n5,1,1\n", "9,1,4\n8,2,4\n7,3,4\n9,2,4\n3,3,4\n1,1,4\n",
        "1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n", "1,3\n2,5\n2,5\n3,9\n4,1\n5,2\n6,1\n7,8\n",
        "4,3\n4,5\n4,5\n1,9\n1,1\n1,2\n3,1\n3,8\n", "0,5\n0,3\n1,2\n"}) {
    EXPECT_TRUE(csv_loads(text).layers > 0) << text;
  }
}

TEST(ReadCsvTable, NotesAColumnThatMayNumberTheLayers) {
  const Notes notes = {
      "column 1 counts 3 to 5 and is taken for the loads of expert 0; if it numbers the layers, "
      "name it layer in a header, or remove it"};
  EXPECT_EQ(csv_loads("3,50,60,7\n4,1,2,3\n5,8,9,0\n").notes, notes);
  EXPECT_EQ(csv_loads("3;50;60;7\n4;1;2;3\n5;8;9;0\n").values.size(), 12u);
  EXPECT_TRUE(csv_loads("3,50,60,7\n4,1,2,3\n").notes.empty());
  EXPECT_TRUE(csv_loads("3,50,60\n4,1,2\n5,8,9\n").notes.empty());
  EXPECT_TRUE(csv_loads("3,50,60,7\n4,1,2,3\n6,8,9,0\n").notes.empty());
}

TEST(ReadCsvText, FindsTheSeparator) {
  const Values expected = {1, 2.5, 3, 4};
  for (const char* text : {"1;2.5\n3;4\n", "1; 2.5\n3;\t4\n", "1\t2.5\n3\t4\n", "1 2.5\n3 4\n",
                           "  1   2.5\n 3 \t 4 \n", "1, 2.5\n3, 4\n", "e0;e1\n1;2.5\n3;4\n",
                           "layer e0 e1\n0 1 2.5\n1 3 4\n",
                           "layer\texpert\tcount\n0\t0\t1\n0\t1\t2.5\n1\t0\t3\n1\t1\t4\n",
                           "   0  1\n0  1  2.5\n1  3  4\n"}) {
    if (text[3] == '0') {  // two numbers are no sure header
      EXPECT_EQ(csv_error(text),
                "trace: line 2 (step 0, layer 1): 3 experts, but line 1 (step 0, "
                "layer 0) has 2; select layers of one width, a run for each");
      continue;
    }
    EXPECT_EQ(csv_values(text), expected) << text;
  }
  EXPECT_EQ(csv_values("\t0\t1\t2\n0\t1\t2\t3\n1\t4\t5\t6\n"), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(csv_values("   0  1  2\n0  1  2  3\n1  4  5  6\n"), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(csv_error("1;2\n3,4\n"),
            "trace: line 2 (step 0, layer 1): 1 expert, but line 1 (step 0, layer 0) has 2; select "
            "layers of one width, a run for each");
}

TEST(ReadCsvText, ReadsDecimalCommasWhereTheyAreClear) {
  const Values expected = {1.5, 2, 0.125, 40};
  for (const char* text : {"1,5;2\n0,125;4,0e1\n", "1,5\t2\n0,125\t40\n", "1,5 2,0\n0,125 40\n",
                           "\"1,5\";2\n0,125;40\n"}) {
    EXPECT_EQ(csv_values(text), expected) << text;
  }
  EXPECT_EQ(csv_values("1,5,2\n0,125,40\n").size(), 6u);
  EXPECT_EQ(
      csv_error("1,234;5\n"),
      "trace: line 1, column 1: \"1,234\" has a decimal comma or a thousands separator; write "
      "it with a point, or without a separator");
  EXPECT_EQ(csv_error("1,5;2.5\n"),
            "trace: line 1, column 2: \"2.5\" has a point, but numbers before it have decimal "
            "commas");
  EXPECT_EQ(csv_error("1.5;2,5\n"),
            "trace: line 1, column 2: \"2,5\" has a decimal comma, but numbers before it have "
            "points");
}

TEST(ReadCsvText, RefusesThousandsSeparators) {
  for (const char* number : {"1.234.567", "1,234,567", "1'234", "1.234,5", "1,234.5",
                             "1\xc2\xa0"
                             "234",
                             "1\xe2\x80\xaf"
                             "234\xe2\x80\xaf"
                             "567"}) {
    const std::string error = csv_error("7;" + std::string(number) + "\n");
    EXPECT_NE(error.find("line 1, column 2: \""), std::string::npos) << error;
    EXPECT_NE(error.find(" has a thousands separator; write the number without it"),
              std::string::npos)
        << error;
  }
  EXPECT_EQ(csv_error("7,\"1,234\"\n"),
            "trace: line 1, column 2: \"1,234\" has a thousands separator; write the number "
            "without it");
}

TEST(ReadCsvText, RefusesPointsThatMaySeparateThousands) {
  const std::string fault =
      ": \"1.234\" may have a thousands separator, as all numbers with a point in the file; write "
      "1234, or 1.2340 if it is a decimal point";
  EXPECT_EQ(csv_error("1.234;987\n"), "trace: line 1, column 1" + fault);
  EXPECT_EQ(csv_error("5\t7\n987\t1.234\n56.000\t3\n"), "trace: line 2, column 2" + fault);
  EXPECT_EQ(csv_error("layer;expert;count\n0;0;1.234\n0;1;7\n"), "trace: line 2, column 3" + fault);
  for (const char* text : {"1.234;987.000\n", "1.234;987;0.5\n", "1.234;1000\n", "0.125;987\n",
                           "1.234,987\n", "1.234;987;1.2340\n", "1.234 987\n"}) {
    EXPECT_TRUE(csv_loads(text).experts > 1) << text;
  }
}

TEST(ReadCsvText, SaysWhatIsWrongWithLines) {
  EXPECT_EQ(csv_error("1,2\r3,4\r"),
            "trace: line 1 has the line end CR alone; save the file with LF or CRLF");
  EXPECT_EQ(csv_error("# layer,e0,e1\n0,1,2\n"),
            "trace: line 1 begins with #; remove lines of comments, and # before a header");
  EXPECT_EQ(csv_error("1,2\n# end\n"),
            "trace: line 2, column 1: \"# end\" is not a number; remove lines of comments");
  EXPECT_EQ(csv_error("layer,e0,e1\n0;1;2\n"),
            "trace: line 2: a semicolon separates the cells, but a comma those of the header; use "
            "one of them in all lines");
  EXPECT_EQ(csv_error("layer;expert;count\n0;1;2\n0\t2\t2\n"),
            "trace: line 3: a tab separates the cells, but a semicolon those of the header; use "
            "one of them in all lines");
  EXPECT_EQ(csv_error("\"1,5\",\"2,5\"\n"),
            "trace: line 1, column 1: \"1,5\" has a decimal comma; write it with a point, or "
            "separate the cells by ;");
}

TEST(ReadCsvText, NamesSeparatorsAtTheEndsOfLines) {
  EXPECT_EQ(csv_error("1,2,\n3,4,\n"), "trace: each line ends with a comma; remove it there");
  EXPECT_EQ(csv_error("1\t2\t\n3\t4\t\n"), "trace: each line ends with a tab; remove it there");
  EXPECT_EQ(csv_error("layer;hot;cold;\n0;1;2; \n1;1;2;\n"),
            "trace: each line ends with a semicolon; remove it there");
  EXPECT_EQ(csv_error("layer,e0,e1\n0,1,2,\n1,1,2,\n"),
            "trace: each line after the header ends with a comma; remove it there");
  EXPECT_EQ(csv_error("layer,e0,e1,\n0,1,2,\n"),
            "trace: line 1, column 4: no name; expected \"e2\", or no separator at the end of the "
            "lines");
  EXPECT_EQ(csv_error("1,2,\n3,4,5\n"), "trace: line 1, column 3: empty; expected a number");
  EXPECT_EQ(csv_loads("layer,expert,count,\n0,0,5,\n").notes,
            (Notes{"column 4 has no name and is not used: rows that differ only in it add up",
                   experts_note(0)}));
  EXPECT_EQ(csv_values("layer,expert,count,phase\n0,0,5,\n0,1,6,\n"), (Values{5, 6}));
}

TEST(ReadCsvText, SaysWhatOtherTextsAre) {
  const auto begins = [](std::string_view text, const std::string& expected) {
    const std::string error = error_of(kAnyFormat, text);
    EXPECT_EQ(error.substr(0, expected.size()), expected);
  };
  begins(
      "INFO 08-20 starts\nINFO 08-20 EPLB step: 10 for model m: avg_tokens=128.00, "
      "max_tokens=256, balancedness=0.5000\n",
      "trace: a log of vLLM, which has only the mean and the maximum over GPUs; record");
  begins("[dump activation] decode step 1 in rank 1 for layer 1 get 8 experts data: 9\t6\n",
         "trace: a log of OmniPlacement's dump; write its counts as rows layer,expert,count");
  begins("num_slots: 2\ninitial_global_assignments:\n  3: [0, 1]\n",
         "trace: a placement (TensorRT-LLM's YAML), not recorded loads; evenkeel score");
  begins("\n <!DOCTYPE html>\n<html>", "trace: a page of HTML, not recorded loads; download");
  begins(std::string_view("\xff\xfe"
                          "1\0,\0",
                          6),
         "trace: text in UTF-16; save it as UTF-8");
}

TEST(ReadCsvText, RecognisesTextByContent) {
  Loads loads;
  for (const char* name : {"loads.tsv", "loads.txt", "loads.dat", "LOADS.CSV"}) {
    const Status status = read_files({{name, "layer\texpert\tcount\n3\t1\t5\n"}}, {}, loads);
    EXPECT_TRUE(status.ok()) << status.sentence();
    EXPECT_EQ(loads.values, (Values{0, 5}));
  }
  EXPECT_TRUE(is_sparse_csv(as_bytes("layer,expert,count\n")));
  EXPECT_TRUE(is_sparse_csv(as_bytes("\xef\xbb\xbftoken;layer;expert\n")));
  for (const char* text : {"", "\n", "1,2\n", "layer,e0,e1\n", "e0,e1\n", "\"layer,expert\n"}) {
    EXPECT_FALSE(is_sparse_csv(as_bytes(text))) << text;
  }
}

TEST(ReadCsvTable, SaysItsRank) {
  const std::string a = "rank,layer,e0,e1\n0,0,1,2\n0,1,3,4\n";
  const std::string b = "rank,layer,e0,e1\n1,0,10,20\n1,1,30,40\n";
  const RecordedFile files[] = {{"a.csv", as_bytes(a)}, {"b.csv", as_bytes(b)}};
  Loads loads;
  ASSERT_TRUE(read_loads(files, {}, loads).ok());
  EXPECT_EQ(loads.values, (Values{11, 22, 33, 44}));
  EXPECT_EQ(loads.steps, 1);
}

}  // namespace
}  // namespace evenkeel::test
