// Placements by layer number: TensorRT-LLM's YAML, and the same as JSON.
#include "core/io/placements/engine_files.hpp"
#include "core/io/placements/placement_io.hpp"
#include "tests/placement_support.hpp"

namespace evenkeel::test {
namespace {

Placement yaml_of(std::string_view text, std::int32_t experts = 3) {
  Placement placement;
  const Status status = read_placement(as_bytes(text), "plan.yaml", experts, placement);
  EXPECT_TRUE(status.ok()) << status.sentence() << "\n" << text;
  return placement;
}

std::string yaml_error(std::string_view text, std::int32_t experts = 3) {
  Placement placement;
  const Status status = read_placement(as_bytes(text), "plan.yaml", experts, placement);
  EXPECT_FALSE(status.ok()) << text;
  EXPECT_TRUE(placement.phy2log.empty());
  return status.sentence();
}

void expect_layers_3_and_4(const Placement& placement) {
  expect_lists(placement);
  EXPECT_EQ(placement.order, LayerOrder::numbered);
  EXPECT_EQ(placement.first_layer, 3);
  EXPECT_TRUE(placement.layer_numbers.empty());
  EXPECT_EQ(placement.gpus, 0);
}

TEST(ReadYamlPlacement, ReadsWhatTensorRtLlmWrites) {
  const char* const documents[] = {
      "num_slots: 4\ninitial_global_assignments:\n  3: [0, 1, 2, 1]\n  4: [2, 2, 0, 1]\n"
      "layer_updates_per_iter: 0\n",
      // In any order, without sizes, without an end of the last line.
      "initial_global_assignments:\n  4: [2, 2, 0, 1]\n  3: [0, 1, 2, 1]",
      // Lists over several lines, also without indentation.
      "initial_global_assignments:\n  3: [0, 1,\n    2, 1]\n  4: [\n2,\n2,\n\n# one\n0, 1 # "
      "two\n,]\n",
      // Lists of lines, at the indentation of the key or deeper.
      "initial_global_assignments:\n  3:\n  - 0\n  - 1\n  - 2\n  - 1\n  4:\n      - 2\n"
      "      - 2\n      -   0 # zero\n\n      - 1\nnum_slots: 4\n",
      // A list in the line after its key.
      "initial_global_assignments:\n  3:\n    [0, 1, 2, 1]\n  4:\n   [2, 2,\n 0, 1]\n",
      // Comments, blank lines, the marks of a document, quotation marks, texts.
      "# made by hand\n---\n\n'num_slots': 4 # slots\n\"initial_global_assignments\":\n\n"
      "  # layers\n  \"3\": [0, 1, 2, 1] # the first\n  '4' : [2, 2, 0, 1]\n...\n# end\n",
      "\xef\xbb\xbfmodel: \"DeepSeek: V3 # it\"\nname: 'x'\nurl: http://host/a#b\nnothing:\nrate: "
      "0.5\n"
      "initial_global_assignments:\r\n  3: [0, 1, 2, 1]\r\n  4: [2, 2, 0, 1]\r\n",
  };
  for (const char* const text : documents) expect_layers_3_and_4(yaml_of(text));
}

TEST(ReadYamlPlacement, IsKnownByItsContentOrName) {
  const std::string text = "initial_global_assignments:\n  3: [0, 1, 2, 1]\n  4: [2, 2, 0, 1]\n";
  expect_layers_3_and_4(placement_of(text, 3));
  Placement placement;
  EXPECT_TRUE(read_placement(as_bytes(text), "standard input", 3, placement).ok());
  for (const char* name : {"a.yaml", "a.yml", "a.yaml.gz", "a.yml.zst"}) {
    EXPECT_EQ(read_placement(as_bytes("a: 1\n"), name, 3, placement).sentence(),
              std::string(name) +
                  ": no placement; expected TensorRT-LLM's key initial_global_assignments with a "
                  "list of slots for each layer");
  }
  EXPECT_EQ(yaml_error(" \n# no keys\n").substr(0, 27), "plan.yaml: empty; expected ");
  // JSON in spite of its name.
  EXPECT_TRUE(read_placement(as_bytes(kLists), "a.yaml", 3, placement).ok());
}

TEST(ReadYamlPlacement, KeepsGapsBetweenLayers) {
  const Placement placement =
      yaml_of("initial_global_assignments:\n  5: [0]\n  1: [0]\n  3: [0]\n", 1);
  EXPECT_EQ(placement.first_layer, 1);
  EXPECT_EQ(placement.layer_numbers, (Integers{1, 3, 5}));
}

TEST(ReadYamlPlacement, ReadsBackWhatWeWrite) {
  Placement made = {2, 3, 4, 2, {0, 1, 2, 1, 2, 2, 0, 1}, {}, {}};
  made.first_layer = 3;
  ASSERT_TRUE(complete_placement("made", made).ok());
  for (const char* name : {"tensorrt-llm", "vllm-assignments"}) {
    const EngineFormat* format = nullptr;
    ASSERT_TRUE(find_engine_format(name, format).ok());
    std::string text;
    ASSERT_TRUE(write_engine_file(*format, made, {.numbered = true}, text).ok());
    expect_layers_3_and_4(placement_of(text, 3));
  }
}

TEST(ReadYamlPlacement, RefusesWhatDoesNotAgree) {
  const std::string lists = "initial_global_assignments:\n  3: [0, 1, 2, 1]\n  4: [2, 2, 0, 1]\n";
  EXPECT_EQ(yaml_error("num_slots: 5\n" + lists),
            "plan.yaml: line 1: num_slots says 5 slots, but there are 4");
  EXPECT_EQ(
      yaml_error("num_slots: many\n" + lists),
      "plan.yaml: line 1: num_slots is not a whole number; expected 4, as many as in the lists");
  EXPECT_EQ(
      yaml_error("num_slots: '4'\n" + lists),
      "plan.yaml: line 1: num_slots is not a whole number; expected 4, as many as in the lists");
  EXPECT_EQ(
      yaml_error("num_slots: [4]\n" + lists),
      "plan.yaml: line 1: num_slots is not a whole number; expected 4, as many as in the lists");
  EXPECT_EQ(yaml_error(lists + "  3: [0, 1, 2, 1]\n"),
            "plan.yaml: line 4: the key \"3\" appears again, after line 2");
  EXPECT_EQ(yaml_error(lists + "  010: [0, 1, 2, 1]\n").substr(0, 46),
            "plan.yaml: line 4: the key \"010\" is no layer; ");
  EXPECT_EQ(yaml_error(lists + "  5: [0, 1, 2]\n"),
            "plan.yaml: line 4: layer 5: 3 slots, but the layers before have 4");
  EXPECT_EQ(yaml_error(lists + "  5: []\n"),
            "plan.yaml: line 4: layer 5: 0 slots; expected 1 to 4096");
  EXPECT_EQ(
      yaml_error(lists + "  five: [0, 1, 2, 1]\n"),
      "plan.yaml: line 4: the key \"five\" is no layer; expected the model's number of a layer, "
      "0 to 2147483519");
  EXPECT_EQ(yaml_error(lists + "  -1: [0, 1, 2, 1]\n").substr(0, 45),
            "plan.yaml: line 4: the key \"-1\" is no layer; ");
  EXPECT_EQ(yaml_error(lists + "  2147483520: [0, 1, 2, 1]\n").substr(0, 40),
            "plan.yaml: line 4: the key \"2147483520\" ");
  EXPECT_EQ(
      yaml_error(lists + "  5: 0\n"),
      "plan.yaml: line 4: the key \"5\" of initial_global_assignments has no list; expected the "
      "expert of each slot, as in \"3: [0, 1, 2, 0]\"");
  EXPECT_EQ(yaml_error(lists + "  5:\n").substr(0, 30), "plan.yaml: line 4: the key \"5\"");
  EXPECT_EQ(yaml_error("initial_global_assignments: [1]\n"),
            "plan.yaml: line 1: initial_global_assignments is not a map; expected a list of slots "
            "for each layer, by its number");
  EXPECT_EQ(yaml_error("num_slots: 4\ninitial_global_assignments:\n").substr(0, 60),
            "plan.yaml: line 2: initial_global_assignments is not a map; ");
  EXPECT_EQ(yaml_error("initial_global_assignments:\n  3: [0, 1, 3]\n"),
            "plan.yaml: layer 3, slot 2: expert 3 does not exist; expected 0 to 2");
  EXPECT_EQ(yaml_error("initial_global_assignments:\n  3: [0, 1, 99999999999]\n"),
            "plan.yaml: layer 3, slot 2: expert 2147483647 does not exist; expected 0 to 2");
  std::string tall = "initial_global_assignments:\n";
  for (int i = 0; i < 129; ++i) tall += "  " + std::to_string(i) + ": [0]\n";
  EXPECT_EQ(yaml_error(tall, 1), "plan.yaml: line 130: layer 128: more than 128 layers");
}

// Of the lines after "initial_global_assignments:".
TEST(ReadYamlPlacement, RefusesTheRestOfYaml) {
  const auto refused = [](std::string_view lines, std::string_view sentence) {
    EXPECT_EQ(yaml_error("initial_global_assignments:\n" + std::string(lines)),
              "plan.yaml: " + std::string(sentence))
        << lines;
  };
  const std::string key = "; expected a key and a colon, as in \"num_slots: 288\"";
  const std::string value = "; expected a number, a text, or a list in brackets of whole numbers";
  const std::string number = " in a list; expected a whole number without leading zeros";
  refused("  3: [0, 1, x]\n", "line 2: \"x\"" + number);
  refused("  3: [0, 010]\n", "line 2: \"010\"" + number);
  refused("  3: [0,\n1.0]\n", "line 3: \"1.0\"" + number);
  refused("  3: [0, +1]\n", "line 2: \"+1\"" + number);
  refused("  3: [0x1]\n", "line 2: \"0x1\"" + number);
  refused("  3: [1_0]\n", "line 2: \"1_0\"" + number);
  refused("  3: [\"1\"]\n", "line 2: \"\"1\"\"" + number);
  refused("  3: [0,, 1]\n", "line 2: \"\"" + number);
  refused("  3: [[0]]\n", "line 2: \"[0\"" + number);
  refused("  3: [0,#1\n1]\n", "line 2: \"#1\"" + number);
  refused("  3: [0 1]\n", "line 2: \"1]\" where a comma or ']' is expected");
  refused("  3: [0] 1\n", "line 2: \" 1\" after a list");
  refused("  3: [0]#1\n", "line 2: \"#1\" after a list");
  refused("  3: [0,\n\n", "line 3: the file ends within the list that begins in line 2");
  refused("  3: [0,\n---\n1]\n", "line 3: the document ends within the list that begins in line 2");
  refused("  3:\n  - 0\n    - 1\n", "line 4: a list item where a key is expected");
  refused("  3:\n  - 0\n - 1\n", "line 4: a list item where a key is expected");
  refused("  3:\n- 0\n", "line 3: a list item where a key is expected");
  refused("  3: 1\n  - 0\n", "line 3: a list item where a key is expected");
  refused("  3:\n  - - 0\n", "line 3: \"- 0\"" + number);
  refused("  3:\n  -\n", "line 3: \"\"" + number);
  refused("  3:\n  - [0]\n", "line 3: \"[0]\"" + number);
  refused("  3: {0: 1}\n", "line 2: \"{0: 1}\"" + value);
  refused("  3: &a [0]\n", "line 2: \"&a [0]\"" + value);
  refused("  3: *a\n", "line 2: \"*a\"" + value);
  refused("  3: !!int 0\n", "line 2: \"!!int 0\"" + value);
  refused("  3: |\n    0\n", "line 2: \"|\"" + value);
  refused("  3: a: b\n", "line 2: \"a: b\"" + value);
  refused("  3: - 0\n", "line 2: \"- 0\"" + value);
  refused("  3: ? 0\n", "line 2: \"? 0\"" + value);
  refused("  3: 'a\n", "line 2: a text in quotation marks that does not end in its line");
  refused("  3: 'a''b'\n",
          "line 2: a text in quotation marks with escaped characters, which are not read here");
  refused("  \"\\x33\": [0]\n",
          "line 2: a text in quotation marks with escaped characters, which are not read here");
  refused("  '3' [0]\n", "line 2: no colon after the key \"3\"");
  refused("  ? 3\n", "line 2: \"? 3\"" + key);
  refused("  3 [0]\n", "line 2: \"3 [0]\"" + key);
  refused("  3:[0]\n", "line 2: \"3:[0]\"" + key);
  refused("  : [0]\n", "line 2: \": [0]\"" + key);
  refused("  << : [0]\n",
          "line 2: the key \"<<\" is no layer; expected the model's number of a "
          "layer, 0 to 2147483519");
  refused("  3:\n    4: [0]\n",
          "line 3: a map within a map within a map; expected at most two levels");
  refused("  3: [0]\n    4: [0]\n", "line 3: a key indented by 4 spaces, but no map is open there");
  refused("  3: [0]\n 4: [0]\n", "line 3: a key indented by 1 space, but no map is open there");
  refused("\t3: [0]\n", "line 2: a tab indents the line; expected spaces");
  refused("%YAML 1.2\n", "line 2: a directive, which is not read here");
  refused("---\n", "line 2: a second document; expected one");
  refused("...\n  3: [0]\n", "line 3: text after the end of the document");
  refused("...\n---\n", "line 3: a second document; expected one");
  refused("  3: [0]\n  \x01\n", "line 3: a control character, byte 1; expected YAML as text");
  refused(std::string_view("  3: \0", 6),
          "line 2: a control character, byte 0; expected YAML as text");
  refused("  3: [0]\r  4: [0]\n", "line 2: a control character, byte 13; expected YAML as text");
}

TEST(ReadYamlPlacement, IsBounded) {
  std::string keys;
  for (int i = 0; i < 1025; ++i) keys += "k" + std::to_string(i) + ": 0\n";
  EXPECT_EQ(yaml_error(keys), "plan.yaml: line 1025: more than 1024 keys, too many for this file");
  std::string numbers = "a: [0";
  for (int i = 0; i < kMaxLayers * kMaxSlots; ++i) numbers += ",0";
  EXPECT_EQ(yaml_error(numbers + "]"),
            "plan.yaml: line 1: more than 524288 numbers in lists, too many for this file");
  EXPECT_EQ(yaml_error(std::string((std::size_t{128} << 20) + 1, ' ')),
            "plan.yaml: 134217729 bytes, but such a file has at most 134217728");
}

TEST(ReadNumberedJson, ReadsLayersInAnyOrder) {
  const std::string lists =
      "\"initial_global_assignments\": {\"4\": [2, 2, 0, 1], \"3\": [0, 1, 2, 1]}";
  expect_layers_3_and_4(placement_of("{" + lists + "}", 3));
  expect_layers_3_and_4(
      placement_of("{\"num_slots\": 4, " + lists + ", \"layer_updates_per_iter\": 0}", 3));
  EXPECT_EQ(plan_error("{\"num_slots\": 5, " + lists + "}", 3),
            "plan: num_slots says 5 slots, but there are 4");
  const auto refused = [](std::string_view assignments) {
    return plan_error("{\"initial_global_assignments\": " + std::string(assignments) + "}", 3);
  };
  EXPECT_EQ(refused("[[0, 1, 2]]"),
            "plan: initial_global_assignments is a list; expected an object with a list of slots "
            "for each layer, by its number");
  EXPECT_EQ(refused("{}"),
            "plan: initial_global_assignments has no layers; expected a list of slots for each");
  EXPECT_EQ(refused("{\"3\": [0, 1, 2], \"03\": [0, 1, 2]}").substr(0, 53),
            "plan: initial_global_assignments: the key \"03\" is no ");
  EXPECT_EQ(refused("{\"3\": [0, 1, 2], \"3\": [0, 1, 2]}"),
            "plan: byte 51: the key \"3\" appears twice in one object");
  EXPECT_EQ(refused("{\"3\": [0, 1, 2], \"4\": [0, 1]}"),
            "plan: initial_global_assignments: layer 4: 2 slots, but the layers before have 3");
  EXPECT_EQ(refused("{\"x\": [0, 1, 2]}"),
            "plan: initial_global_assignments: the key \"x\" is no layer; expected the model's "
            "number of a layer, 0 to 2147483519");
  EXPECT_EQ(refused("{\"3\": [0, null]}"),
            "plan: initial_global_assignments: layer 3, slot 1: null where an integer is expected");
  EXPECT_EQ(refused("{\"3\": 0}"),
            "plan: initial_global_assignments: layer 3: a number where a list is expected");
}

}  // namespace
}  // namespace evenkeel::test
