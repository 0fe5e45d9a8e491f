// vllm-ascend's expert map as a placement.
#include "tests/placement_support.hpp"

namespace evenkeel::test {
namespace {

std::string device(std::string_view id, std::string_view experts) {
  return "{\"device_id\": " + std::string(id) + ", \"device_expert\": " + std::string(experts) +
         "}";
}

std::string ascend_layer(std::string_view id, std::string_view count, std::string_view devices) {
  return "{\"layer_id\": " + std::string(id) + ", \"device_count\": " + std::string(count) +
         ", \"device_list\": [" + std::string(devices) + "]}";
}

std::string ascend(std::string_view count, std::string_view layers) {
  return "{\"moe_layer_count\": " + std::string(count) + ", \"layer_list\": [" +
         std::string(layers) + "]}";
}

TEST(ReadPlacement, ReadsExpertMaps) {
  const Placement placement = placement_of(
      ascend("2", ascend_layer("0", "2", device("0", "[0, 1]") + "," + device("1", "[2, 1]")) +
                      "," +
                      ascend_layer("1", "2", device("1", "[0, 1]") + "," + device("0", "[2, 2]"))),
      3);
  expect_lists(placement);
  EXPECT_EQ(placement.gpus, 2);
}

TEST(ReadPlacement, RefusesWrongExpertMaps) {
  const std::string good = device("0", "[0, 1]") + "," + device("1", "[2, 1]");
  const auto one = [](std::string_view count, std::string_view devices) {
    return plan_error(ascend("1", ascend_layer("0", count, devices)), 3);
  };
  const std::string place = "plan: layer_list[0]: ";
  EXPECT_EQ(one("3", good), place + "\"device_count\" says 3 devices, but there are 2");
  EXPECT_EQ(one("0", good), place + "\"device_count\" is 0; expected an integer within 1..1024");
  EXPECT_EQ(one("2", device("0", "[0, 1]") + "," + device("0", "[2, 1]")),
            place + "device 0 appears twice");
  EXPECT_EQ(one("2", device("0", "[0, 1]") + "," + device("2", "[2, 1]")),
            place + "\"device_id\" is 2; expected an integer within 0..1");
  EXPECT_EQ(one("2", device("0", "[0, 1]") + "," + device("1", "[2]")),
            place + "device_expert, device 1: 1 slot, but the lists before have 2");
  EXPECT_EQ(one("2", device("0", "[0, 1]") + "," + device("1", "[2, null]")),
            place + "device_expert, device 1, slot 1: null where an integer is expected");
  EXPECT_EQ(one("1", device("0", "5")),
            place + "device 0: \"device_expert\" is a number; expected a list");
  EXPECT_EQ(one("1", "7"), place + "expected devices as {\"device_id\", \"device_expert\"}");
  EXPECT_EQ(plan_error(ascend("1", "{\"layer_id\": 0, \"device_count\": 1}"), 3),
            place + "no list \"device_list\"");
  EXPECT_EQ(plan_error(ascend("1", "5"), 3), place + "a number; expected an object");

  const std::string layer = ascend_layer("1", "2", good);
  EXPECT_EQ(plan_error(ascend("1", layer + "," + layer), 3),
            "plan: \"moe_layer_count\" says 1 layers, but there are 2");
  EXPECT_EQ(plan_error(ascend("2", layer + "," + layer), 3),
            "plan: layer_list[1]: \"layer_id\" 1 appears again, after layer_list[0]");
  EXPECT_EQ(plan_error(ascend("1", ascend_layer("-1", "2", good)), 3),
            "plan: layer_list[0]: \"layer_id\" is -1; expected an integer within 0..2147483519");
  EXPECT_EQ(
      plan_error(ascend("2", layer + "," + ascend_layer("2", "1", device("0", "[0, 1, 2, 1]"))), 3),
      "plan: layer_list[1]: 1 device, but the layers before have 2");
  EXPECT_EQ(plan_error(ascend("2", layer + "," +
                                       ascend_layer("2", "2",
                                                    device("0", "[0]") + "," + device("1", "[1]"))),
                       3),
            "plan: layer_list[1]: 2 slots, but the layers before have 4");
  EXPECT_EQ(plan_error("{\"layer_list\": [1]}", 3), "plan: no \"moe_layer_count\"");
  EXPECT_EQ(plan_error(ascend("1", ""), 3),
            "plan: \"layer_list\" is empty; expected a list of layers");
}

// One device; each layer has the experts 0 and 1, in an order that shows which layer it is.
std::string one_device(std::string_view id, std::string_view experts) {
  return ascend_layer(id, "1", device("0", experts));
}

TEST(ReadExpertMap, CountsMoeLayersFromZero) {
  const Placement placement =
      placement_of(ascend("2", one_device("0", "[0, 1]") + "," + one_device("1", "[1, 0]")), 2);
  EXPECT_EQ(placement.order, LayerOrder::moe);
  EXPECT_EQ(placement.first_layer, -1);
  EXPECT_EQ(placement.phy2log, (Integers{0, 1, 1, 0}));
  EXPECT_TRUE(placement.notes.empty());
}

TEST(ReadExpertMap, TakesOtherIdsAsTheModelsNumbers) {
  const Placement gaps =
      placement_of(ascend("3", one_device("1", "[0, 1]") + "," + one_device("3", "[1, 0]") + "," +
                                   one_device("5", "[0, 1]")),
                   2);
  EXPECT_EQ(gaps.order, LayerOrder::numbered);
  EXPECT_EQ(gaps.first_layer, 1);
  EXPECT_EQ(gaps.layer_numbers, (Integers{1, 3, 5}));
  EXPECT_EQ(gaps.notes, std::vector<std::string>{
                            "plan: \"layer_id\" 1, 3, 5 are taken as the model's layer numbers, "
                            "because MoE layers would count from 0 without a gap"});
  std::string layers;
  for (int id = 3; id < 61; ++id) {
    layers += (id > 3 ? "," : "") + one_device(std::to_string(id), "[0, 1]");
  }
  const Placement deepseek = placement_of(ascend("58", layers), 2);
  EXPECT_EQ(deepseek.order, LayerOrder::numbered);
  EXPECT_EQ(deepseek.first_layer, 3);
  EXPECT_TRUE(deepseek.layer_numbers.empty());
  EXPECT_EQ(deepseek.notes.front().substr(0, 40), "plan: \"layer_id\" 3, 4, 5, ..., 60 are ta");
  const Placement missing =
      placement_of(ascend("2", one_device("0", "[0, 1]") + "," + one_device("2", "[1, 0]")), 2);
  EXPECT_EQ(missing.layer_numbers, (Integers{0, 2}));
  EXPECT_EQ(placement_of(ascend("1", one_device("9", "[0, 1]")), 2).notes.front().substr(0, 30),
            "plan: \"layer_id\" 9 is taken as");
}

TEST(ReadExpertMap, SortsLayersAndSaysSo) {
  const Placement placement =
      placement_of(ascend("2", one_device("1", "[1, 0]") + "," + one_device("0", "[0, 1]")), 2);
  EXPECT_EQ(placement.order, LayerOrder::moe);
  EXPECT_EQ(placement.phy2log, (Integers{0, 1, 1, 0}));
  EXPECT_EQ(placement.notes,
            std::vector<std::string>{
                "plan: layers and devices are sorted by \"layer_id\" and \"device_id\", while "
                "vllm-ascend takes the lists in their order in the file"});
}

}  // namespace
}  // namespace evenkeel::test
