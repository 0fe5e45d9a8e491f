// The JSON forms that engines' recorders write: loads of experts, counts by slot with their map, and JSON lines.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/model/placement.hpp"
#include "tests/io_support.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using Values = std::vector<float>;
using Notes = std::vector<std::string>;

// Two layers of three experts in four slots.
constexpr std::string_view kCounts = "[[1, 2, 3, 4], [5, 6, 7, 8]]";
constexpr std::string_view kMap = "[[0, 1, 2, 1], [2, 2, 0, 1]]";
const Values kFolded = {1, 6, 3, 7, 8, 11};

std::string record(std::string_view counts, std::string_view map, std::string_view more = "") {
  return "{\"expert_load\": " + std::string(counts) + ", \"p2l_map\": " + std::string(map) +
         std::string(more) + "}";
}

std::string snapshots(std::string_view records, std::string_view more = "") {
  return "{\"snapshots\": [" + std::string(records) + "]" + std::string(more) + "}";
}

SlotMap counted_under() { return slot_map({{0, 1, 2, 1}, {2, 2, 0, 1}}); }

TEST(ReadJsonForms, OfSglang) {
  EXPECT_EQ(values_of(add_json, R"({"logical_count": [[1, 2], [3, 4]]})"), (Values{1, 2, 3, 4}));
  const Loads loads = loads_of(
      add_json, R"({"rank": 0, "logical_count": [[[1, 2]], [[3, 4]], [[5, 6]]], "rate": null})");
  EXPECT_EQ(loads.values, (Values{9, 12}));
  EXPECT_EQ(loads.steps, 3);
  EXPECT_TRUE(loads.notes.empty());
}

TEST(ReadJsonForms, OfFastDeployIgnoresThePlacement) {
  EXPECT_EQ(values_of(add_json,
                      R"({"update_timestamp": 17.5, "tokens_per_expert_stats_list": [[5, 6]],
                          "ep_rank_to_expert_id_list": [[0, 1, "x"]],
                          "expert_id_to_ep_rank_array": [[[0, -1], [1, 2]]]})"),
            (Values{5, 6}));
}

TEST(ReadJsonForms, CountsAreFoldedByTheMapOfTheirRecord) {
  const Loads loads = loads_of(add_json, record(kCounts, kMap));
  EXPECT_EQ(loads.values, kFolded);
  EXPECT_EQ(loads.experts, 3);
  EXPECT_EQ(loads.notes, Notes{"counts of 4 slots, folded to 3 experts by the map in the file"});
  // The map may come first, and the next record may have another.
  EXPECT_EQ(values_of(add_json, snapshots("{\"physical_to_logical_map\": [[1, 0, 1]], "
                                          "\"latest_expert_load\": [[1, 2, 4]]}," +
                                          record("[[10, 20, 40]]", "[[0, 0, 1]]"))),
            (Values{32, 45}));
  // Empty slots.
  EXPECT_EQ(values_of(add_json, record("[[1, 0, 2, 0.0]]", "[[0, -1, 1, -1]]")), (Values{1, 2}));
  // Sums of real numbers, and of integers that exceed their type.
  EXPECT_EQ(values_of(add_json, record("[[0.5, 0.25, 1]]", "[[0, 0, 1]]")), (Values{0.75, 1}));
  EXPECT_EQ(
      values_of(add_json, record("[[18446744073709551615, 18446744073709551615]]", "[[0, 0]]")),
      (Values{0x1p65f}));
}

TEST(ReadJsonForms, TheWindowOfASnapshotIncludesItsLatestStep) {
  for (const char* loads : {R"("window_expert_load": [[5, 7]], "latest_expert_load": [[1, 1]])",
                            R"("latest_expert_load": [[1, 1]], "window_expert_load": [[5, 7]])"}) {
    const Loads read = loads_of(
        add_json, snapshots("{" + std::string(loads) + ", \"physical_to_logical_map\": [[1, 0]]}"));
    EXPECT_EQ(read.values, (Values{7, 5}));
    ASSERT_EQ(read.notes.size(), 2u);
    EXPECT_EQ(read.notes[1],
              "the loads are \"window_expert_load\"; \"latest_expert_load\" is left out");
  }
  EXPECT_EQ(values_of(add_json, snapshots(R"({"window_expert_load": null, "p2l_map": [[0]],
                                              "latest_expert_load": [[3]]})")),
            (Values{3}));
}

TEST(ReadJsonForms, NotesWindowsThatOverlap) {
  const auto notes = [](const std::string& first, const std::string& second,
                        const std::string& size) {
    const auto at = [](const std::string& step) {
      return record("[[1]]", "[[0]]", ", \"step\": " + step);
    };
    const std::string more = ", \"window_size\": " + size;
    return loads_of(add_json, snapshots(at(first) + "," + at(second), more)).notes;
  };
  EXPECT_EQ(notes("100", "150", "100")[1],
            "windows of 100 steps, of which some end only 50 steps apart, overlap: their tokens "
            "are counted several times");
  EXPECT_EQ(notes("100", "200", "100").size(), 1u);
  EXPECT_EQ(notes("100", "null", "100").size(), 1u);
  EXPECT_EQ(notes("200", "100", "100").size(), 1u);  // the engine was started again
  EXPECT_EQ(notes("100", "150", "-1").size(), 1u);
}

TEST(ReadJsonForms, CountsWithoutAMapMustBeOfExperts) {
  const std::string one = "{\"step\": 7, \"expert_load\": [[1, 2, 3]]}";
  const std::string error =
      "trace: step 7, layer 0: 3 counts by slot, without the map under which they were counted; "
      "expected a map in the record, or --counted-under MAP";
  for (const char* size :
       {"", ", \"num_logical_experts\": 2", ", \"num_logical_experts\": \"3\""}) {
    EXPECT_EQ(json_error(snapshots(one, size)), error);
  }
  EXPECT_EQ(json_error("{\"num_logical_experts\": 2, \"snapshots\": [" + one + "]}"), error);
  EXPECT_EQ(json_error(one), error);
  // The sizes may be the last in the file.
  const Loads loads = loads_of(add_json, snapshots(one, ", \"num_logical_experts\": 3"));
  EXPECT_EQ(loads.values, (Values{1, 2, 3}));
  EXPECT_EQ(loads.notes, Notes{"no map in the file: its counts are taken as those of 3 experts, "
                               "because it says as many experts"});
  EXPECT_EQ(json_error(snapshots(one, ", \"num_logical_experts\": 3, \"p2l_map\": [[0, 1, 2]]")),
            "trace: step 7: the record has no map, but the document has one; expected it in each "
            "record");
}

TEST(ReadJsonForms, EachRecordOfAFileHasAMapOrNone) {
  const std::string with = record("[[1, 2, 4]]", "[[0, 1, 1]]", ", \"num_logical_experts\": 2");
  const std::string without = R"({"expert_load": [[1, 2]], "num_logical_experts": 2})";
  const std::string of_another_width = R"({"expert_load": [[1, 2, 4]]})";
  const std::string map = R"({"record_type": "map", "p2l_map": [[1, 0]]})";
  const std::string error =
      "step 1: the record has no map, but others in the file have one; expected it in each record";
  EXPECT_EQ(json_error(with + "\n" + without), "trace: line 2: " + error);
  EXPECT_EQ(json_error(with + "\n" + of_another_width), "trace: line 2: " + error);
  EXPECT_EQ(json_error(snapshots(with + "," + without)), "trace: " + error);
  EXPECT_EQ(json_error(map + "\n" + without),
            "trace: line 2: step 0: the record has no map, but others in the file have one; "
            "expected it in each record");
  const std::string later =
      "\"p2l_map\", but the record of step 0 has no map; expected it in each record";
  EXPECT_EQ(json_error(without + "\n" + with), "trace: line 2: " + later);
  EXPECT_EQ(json_error(snapshots(of_another_width + "," + with)), "trace: step 1: " + later);
  EXPECT_EQ(json_error(without + "\n" + map), "trace: line 2: " + later);
  EXPECT_EQ(json_error(snapshots(without + "," + with)), "trace: step 1: " + later);
  EXPECT_EQ(values_of(add_json, map + "\n" + with + "\n" + map), (Values{1, 6}));
}

TEST(ReadJsonForms, CountedUnderAGivenMap) {
  const SlotMap map = counted_under();
  ReadOptions options;
  options.counted_under = &map;
  const std::string counts = "{\"expert_load\": " + std::string(kCounts) + "}";
  EXPECT_EQ(values_of(add_json, snapshots(counts), options), kFolded);
  EXPECT_EQ(values_of(add_json, kCounts, options), kFolded);
  EXPECT_EQ(json_error(record(kCounts, kMap), options),
            "trace: step 0: the record has its own map, \"p2l_map\"; leave out --counted-under");
  EXPECT_EQ(json_error("{\"logical_count\": " + std::string(kCounts) + "}", options),
            "trace: \"logical_count\" has loads of experts, not counts by slot; leave out "
            "--counted-under");
}

TEST(ReadJsonForms, LinesAreSteps) {
  const Loads loads = loads_of(add_json, "{\"record_type\": \"session_metadata\", \"ranks\": 4}\n" +
                                             record(kCounts, kMap, ", \"step\": 100") + "\n\r\n" +
                                             record(kCounts, kMap, ", \"step\": 200") + "\n");
  EXPECT_EQ(loads.values, (Values{2, 12, 6, 14, 16, 22}));
  EXPECT_EQ(loads.steps, 2);
  EXPECT_EQ(loads.notes, (Notes{"counts of 4 slots, folded to 3 experts by the map in the file",
                                "1 record without loads left out"}));
  EXPECT_EQ(values_of(add_json,
                      "{\"logical_expert_load\": [[1, 2]]}\n{\"logical_count\": "
                      "[[[3, 4]], [[5, 6]]]}\n"),
            (Values{9, 12}));
  EXPECT_EQ(values_of(add_json, "[[1], [2]]\n\n[[3], [4]]"), (Values{4, 6}));
  EXPECT_EQ(values_of(add_json, "[\n[1],\n[2]\n]\n[\n[3],\n[4]\n]\n"), (Values{4, 6}));
  EXPECT_EQ(values_of(add_json, "[[1], [2]]\n\n[[3], [4]]", steps(1, 2)), (Values{3, 4}));
  EXPECT_EQ(
      loads_of(add_json, "[[1]]\n[[3]]\n[[5]]", steps(-2, std::numeric_limits<std::int64_t>::max()))
          .values,
      (Values{8}));
  Loads named;
  const std::string text = "\n [[1]]\n[[2]]";
  for (const char* name : {"a.jsonl", "a.NDJSON", "a.json", "a"}) {
    EXPECT_TRUE(read_loads(as_bytes(text), name, {}, named).ok());
    EXPECT_EQ(named.values, (Values{3}));
  }
}

TEST(ReadJsonForms, LinesAreSortedByStep) {
  const auto at = [](const std::string& step) {
    return R"({"logical_count": [[1, 2]], "step": )" + step + "}";
  };
  EXPECT_EQ(json_error(at("5") + "\n[[1, 2]]\n" + at("4")),
            "trace: line 3: step 4 after step 5; sort the records by step");
  EXPECT_EQ(loads_of(add_json, at("5") + "\n" + at("5") + "\n" + at("6")).steps, 3);
  // In one document the engine was started again.
  const std::string record = R"({"logical_expert_load": [[1, 2]], "step": )";
  EXPECT_EQ(loads_of(add_json, "{\"load_history\": [" + record + "5}, " + record + "4}]}").steps,
            2);
}

TEST(ReadJsonForms, RanksOfAStepAreFilesOfTheirOwn) {
  const auto of = [](int rank, int step, const char* counts) {
    return "{\"rank\": " + std::to_string(rank) + ", \"step\": " + std::to_string(step) +
           ", \"logical_expert_load\": " + counts + "}";
  };
  const std::string parts =
      "step 7 of rank 1 after the same step of rank 0; expected each rank in a file of its own, "
      "which are then added up";
  EXPECT_EQ(json_error(of(0, 7, "[[1, 2]]") + "\n" + of(1, 7, "[[3, 4]]")),
            "trace: line 2: " + parts);
  EXPECT_EQ(json_error("{\"load_history\": [" + of(0, 7, "[[1, 2]]") + ", " + of(1, 7, "[[3, 4]]") +
                       "]}"),
            "trace: " + parts);
  // d0 and d1 do not say ranks in their names.
  const std::string first = of(0, 7, "[[1, 2]]");
  const std::string second = of(1, 7, "[[3, 4]]");
  const RecordedFile files[] = {{"d0.jsonl", as_bytes(first)}, {"d1.jsonl", as_bytes(second)}};
  Loads joined;
  ASSERT_TRUE(read_loads(files, {}, joined).ok());
  EXPECT_EQ(joined.values, (Values{4, 6}));
  EXPECT_EQ(joined.steps, 1);
  const auto rank = [](const std::string& text) { return rank_in_json({"a", as_bytes(text)}, {}); };
  EXPECT_EQ(rank(of(3, 7, "[[1, 2]]") + "\n" + of(4, 8, "[[1, 2]]")), 3);
  EXPECT_EQ(rank("{\"record_type\": 1, \"x\": [{\"rank\": 9}]}\n" + of(3, 7, "[[1, 2]]")), 3);
  EXPECT_EQ(rank("{\"logical_count\": [[1]], \"more\": {\"rank\": 9}, \"rank\": 2}"), 2);
  EXPECT_EQ(rank("{\"load_history\": [" + of(3, 7, "[[1, 2]]") + "]}"), 3);
  EXPECT_EQ(rank("{\"snapshots\": [{\"expert_load\": [[1]]}, {\"rank\": 9}]}\n{\"rank\": 8}"), -1);
  for (const char* text :
       {"", "[[1]]\n{\"rank\": 1}", "{\"rank\": -1}", "{\"rank\": \"1\"}", "{\"rank",
        "{\"logical_count\": [[1]]}\n{\"rank\": 1}", "{\"rank\": 1e3}"}) {
    EXPECT_EQ(rank(text), -1) << text;
  }
}

TEST(ReadJsonForms, RowsSayTheStepOfTheEngine) {
  Notes places;
  ReadOptions options;
  options.row = [&](const Place& place, std::span<const Number>) {
    places.push_back(describe(place));
  };
  loads_of(add_json,
           record("[[1], [2]]", "[[0], [0]]", ", \"step\": 30") +
               "\n{\"step\": 40, \"logical_count\": [[1], [2]]}\n[[1], [2]]",
           options);
  EXPECT_EQ(places, (Notes{"step 30, layer 0", "step 30, layer 1", "step 40, layer 0",
                           "step 40, layer 1", "step 2, layer 0", "step 2, layer 1"}));
}

TEST(ReadJsonForms, ErrorsOfLinesNameTheLine) {
  const std::string good = record(kCounts, kMap, ", \"step\": 100") + "\n";
  EXPECT_EQ(json_error(good + "\n" + record("[[1, 2, 3, -4], [5, 6, 7, 8]]", kMap)),
            "trace: line 3: step 1, layer 0, slot 3: load -4 is negative (a counter may have "
            "wrapped); loads must be finite "
            "and at least 0");
  EXPECT_EQ(
      json_error("[[1, 2]]\n[[1, 2, 3]]\n"),
      "trace: line 2: step 1, layer 0: 3 experts, but step 0, layer 0 has 2; select layers of one "
      "width, a run for each");
  EXPECT_EQ(json_error("[[true]]\n[[1]]\n"),
            "trace: line 1: step 0, layer 0, expert 0: true or false where a number is expected");
  EXPECT_EQ(json_error("{\"record_type\": 1}\n{\"step\": 3}\n").find("trace: line 2: the object "),
            0u);
  EXPECT_EQ(json_error("[[1]]\n[[2],\n"),
            "trace: byte 12 (line 3): not valid JSON, unexpected end of input; expected '[', '{', "
            "or a literal");
  EXPECT_EQ(json_error("[[1]]\n\n7").find("trace: line 3: byte 8: a number; expected {"), 0u);
  EXPECT_EQ(json_error("[[1]], [[2]]\n"),
            "trace: byte 6 (line 1): not valid JSON, \", [[2]]\" after the end; expected each "
            "document on a new line");
  EXPECT_NE(json_error("[[1]] \x1b[31m\n").find("\"?[31m\" after the end"), std::string::npos);
}

TEST(ReadJsonForms, UnknownObjectsAreDescribedByTheirKeys) {
  constexpr const char* kExpected =
      "; expected one of \"load_history\", \"logical_expert_load\", \"logical_count\", "
      "\"tokens_per_expert_stats_list\", \"snapshots\", \"window_expert_load\", \"expert_load\", "
      "\"latest_expert_load\"";
  EXPECT_EQ(json_error("{}"), std::string("trace: the object has no keys") + kExpected);
  EXPECT_EQ(json_error("{\"x\\u001b[1m\": {\"expert_load\": 1}}"),
            std::string("trace: the object has only the key \"x?[1m\"") + kExpected);
  EXPECT_EQ(
      json_error("{\"a\": 1, \"a\": [2], \"expert_load\": null}"),
      std::string("trace: the object has the keys \"a\", \"a\", \"expert_load\"") + kExpected);
  std::string many = "{\"" + std::string(5000, 'x') + "\": 1";
  for (int i = 0; i < 20; ++i) many += ", \"k" + std::to_string(i) + "\": []";
  EXPECT_NE(json_error(many + "}").find("\"k5\", \"k6\" and 13 more; expected one of"),
            std::string::npos);
  EXPECT_LT(json_error(many + "}").size(), 500u);
  EXPECT_EQ(
      json_error("{\"record_type\": \"session_metadata\"}"),
      std::string("trace: no loads; the last object has only the key \"record_type\"") + kExpected);
}

TEST(ReadJsonForms, PlacementsAreNoLoads) {
  for (const char* key : {"phy2log", "physical_to_logical_map", "p2l_map", "layer_list",
                          "moe_layer_count", "initial_global_assignments"}) {
    EXPECT_EQ(json_error("{\"shape\": {}, \"" + std::string(key) + "\": [[0, 1]]}"),
              "trace: a placement (\"" + std::string(key) +
                  "\"), not recorded loads; evenkeel score LOADS PLACEMENT reads it");
  }
}

TEST(ReadJsonForms, RefusesWrongMaps) {
  const auto error = [](std::string_view counts, std::string_view map) {
    return json_error(record(counts, map, ", \"step\": 9"));
  };
  const std::string at = "trace: step 9, layer 0";
  EXPECT_EQ(error("[[1, 2]]", "[[0, 1000000000]]"),
            at + ", slot 1: the map says expert 1000000000; expected 0 to 1023, or -1 for an empty "
                 "slot");
  for (const char* entry : {"1e9", "-2", "0.5", "1024", "18446744073709551616"}) {
    EXPECT_EQ(error("[[1, 2]]", "[[0, " + std::string(entry) + "]]").find(at + ", slot 1: the map"),
              0u);
  }
  EXPECT_EQ(error("[[1, 2]]", "[[0, 2]]"),
            at + ": the map has no slot for expert 1; expected each of the 3 experts in a slot");
  EXPECT_EQ(error("[[1, 2], [3, 4]]", "[[0, 1], [0, 0]]"),
            "trace: step 9, layer 1: the map has no slot for expert 1; expected each of the 2 "
            "experts in a slot");
  EXPECT_EQ(error("[[1, 2]]", "[[0, -1]]"),
            at + ", slot 1: load 2, but the map says that the slot is empty");
  EXPECT_EQ(error("[[0, 0]]", "[[-1, -1]]"), at + ": no experts; expected at least one");
  EXPECT_EQ(error("[[1, 2]]", "[[0, 1, 1]]"), at + ": 2 counts, but the map has 3 slots");
  EXPECT_EQ(error("[[1, 2]]", "[[0, 1], [0, 1]]"),
            "trace: step 9: counts of 1 layer, but the map has 2");
  EXPECT_EQ(error("[[1, 2]]", "[]"), "trace: step 9: counts of 1 layer, but the map has 0");
  EXPECT_EQ(error("[]", "[[0]]"), "trace: step 0: no layers; expected at least one");
  EXPECT_EQ(error("[[]]", "[[]]"), at + ": the map has 0 slots; expected 1 to 4096");
  EXPECT_EQ(error("[[1]]", "[0]"),
            "trace: step 0, layer 0: a number where a list of numbers is expected");
  EXPECT_EQ(error("[[1]]", "[[0, \"1\"]]"),
            "trace: step 0, layer 0, slot 1: a string where a number is expected");
  EXPECT_EQ(error("[[[1]]]", "[[0]]"),
            "trace: step 0, layer 0, slot 0: a list where a number is expected");
  EXPECT_EQ(error("5", "[[0]]"), "trace: step 0: a number where a list of layers is expected");
  EXPECT_EQ(error("[[1]]", "\"all\""),
            "trace: step 0: a string where a list of layers is expected");
  EXPECT_EQ(error("[[1]]", "null").find(at + ": 1 count by slot, without the map"), 0u);
  EXPECT_EQ(json_error(snapshots(record("[[1, 2]]", "[[0, 1]]"), ", \"num_logical_experts\": 3")),
            "trace: the map has 2 experts, but \"num_logical_experts\" says 3");
  // Successive maps must be of as many experts.
  EXPECT_EQ(json_error(record("[[1, 2]]", "[[0, 1]]") + "\n" + record("[[1, 2]]", "[[0, 0]]")),
            "trace: line 2: step 1, layer 0: 1 expert, but step 0, layer 0 has 2; select layers of "
            "one width, a run for each");
}

TEST(ReadJsonForms, RefusesRepeatedKeys) {
  EXPECT_EQ(json_error(record("[[1]]", "[[0]]", ", \"expert_load\": [[1]]")),
            "trace: \"expert_load\" appears twice");
  EXPECT_EQ(json_error(snapshots(record("[[1]]", "[[0]]", ", \"step\": 7, \"p2l_map\": [[0]]"))),
            "trace: step 7: \"p2l_map\" appears twice");
  EXPECT_EQ(json_error(record("[[1]]", "[[0]]", ", \"physical_to_logical_map\": [[0]]")),
            "trace: \"physical_to_logical_map\" beside \"p2l_map\"; expected only one of them");
  EXPECT_EQ(json_error("{\"logical_count\": [[1]], \"logical_expert_load\": [[1]]}"),
            "trace: \"logical_expert_load\" beside \"logical_count\"; expected only one of them");
  EXPECT_EQ(json_error(snapshots(record("[[1]]", "[[0]]"), ", \"load_history\": []")),
            "trace: \"load_history\" beside \"snapshots\"; expected only one of them");
  EXPECT_EQ(json_error(record("[[1]]", "[[0]]", ", \"snapshots\": []")),
            "trace: \"snapshots\" beside \"expert_load\"; expected only one of them");
  EXPECT_EQ(json_error(snapshots("{\"step\": 1, \"step\": 2}")),
            "trace: step 1: \"step\" appears twice");
  // Loads of experts are used before counts by slot.
  for (const char* text : {R"({"logical_count": [[5]], "expert_load": [[1, 2]], "p2l_map": [[9]]})",
                           R"({"expert_load": [[1, 2]], "logical_count": [[5]]})"}) {
    EXPECT_EQ(values_of(add_json, text), (Values{5}));
  }
}

TEST(ReadJsonForms, BoundsWhatARecordKeeps) {
  std::string wide = "[[0";
  for (int i = 0; i < 4096; ++i) wide += ",0";
  EXPECT_EQ(json_error(record(wide + "]]", "[[0]]")),
            "trace: step 0, layer 0: more than 4096 slots, the most that can be read");
  std::string tall = "[[1]";
  for (int i = 0; i < 128; ++i) tall += ",[1]";
  EXPECT_EQ(json_error(record(tall + "]", "[[0]]")),
            "trace: step 0: more than 128 layers, the most that can be folded");
  EXPECT_EQ(json_error("{\"expert_load\": " + std::string(100000, '[')),
            "trace: step 0, layer 0, slot 0: a list where a number is expected");
  EXPECT_NE(json_error("[[1]]\n{\"x\": " + std::string(100000, '[')).find("nested deeper than 64"),
            std::string::npos);
  EXPECT_NE(json_error("{\"logical_count\": [[[[1]]]]}").find("a list where a number is expected"),
            std::string::npos);
  EXPECT_NE(json_error("{\"logical_count\": []}").find("an empty list"), std::string::npos);
}

Values flat(const nlohmann::json& lists) {
  Values values;
  for (const auto& layer : lists) {
    for (const auto& load : layer) values.push_back(load.get<float>());
  }
  return values;
}

TEST(ReadJsonForms, ReadsTheFilesOfRecorders) {
  const std::filesystem::path data = external_data();
  if (data.empty()) GTEST_SKIP() << "external recordings not found";
  const auto text_of = [&](const std::string& name) {
    return read_file(data / "recordings" / name);
  };
  const auto expected = nlohmann::json::parse(text_of("expected.json"));
  const auto check = [&](const std::string& name, const nlohmann::json& sum) {
    const std::string text = text_of(name);
    Loads loads;
    const Status status = read_loads(as_bytes(text), name, {}, loads);
    ASSERT_TRUE(status.ok()) << status.sentence();
    EXPECT_EQ(loads.steps, expected.at(name).at("steps").get<std::int64_t>()) << name;
    EXPECT_EQ(loads.layers, std::ssize(expected.at(name).at("layers"))) << name;
    EXPECT_EQ(loads.values, flat(sum)) << name;
  };
  for (const char* name : {"adrs.json", "sglang_logical_count.json"}) {
    check(name, expected.at(name).at("sum"));
  }
  // expected.json has other numbers than these two files, which hold the first step of adrs.json.
  const auto adrs = nlohmann::json::parse(text_of("adrs.json"));
  for (const char* name : {"rearrange-experts.json", "lmdeploy_experts_statistic.json"}) {
    check(name, adrs.at("load_history").at(0).at("logical_expert_load"));
  }
  const std::string map = read_file(data / "recordings" / "ascend_recorded_map.json");
  EXPECT_NE(json_error(map).find("a placement (\"layer_list\")"), std::string::npos);
}

}  // namespace
}  // namespace evenkeel::test
