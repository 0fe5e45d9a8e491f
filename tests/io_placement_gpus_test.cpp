// Placements with an axis of GPUs: [layers, GPUs, slots], [layers, GPUs, experts] and [GPUs, layers, experts].
#include <numeric>
#include <random>

#include "core/io/formats/npy.hpp"
#include "tests/placement_support.hpp"

namespace evenkeel::test {
namespace {

using Numbers = std::vector<std::int64_t>;

std::string npy_of(const Numbers& numbers, std::int64_t a, std::int64_t b, std::int64_t c) {
  const Numbers shape = {a, b, c};
  return npy_int64(numbers, shape);
}

// The same as nested lists.
std::string json_of(const Numbers& numbers, std::int64_t a, std::int64_t b, std::int64_t c) {
  std::string text = "[";
  for (std::int64_t i = 0; i < a * b * c; ++i) {
    if (i % (b * c) == 0) text += i == 0 ? "[" : "],[";
    if (i % c == 0) text += i % (b * c) == 0 ? "[" : ",[";
    text += std::to_string(numbers[static_cast<std::size_t>(i)]);
    text += i % c == c - 1 ? "]" : ",";
  }
  return text + "]]";
}

Placement gpus_of(const Numbers& numbers, std::int64_t a, std::int64_t b, std::int64_t c,
                  std::int32_t experts) {
  const Placement placement = placement_of(npy_of(numbers, a, b, c), experts);
  const Placement lists = placement_of(json_of(numbers, a, b, c), experts);
  EXPECT_EQ(lists.phy2log, placement.phy2log);
  EXPECT_EQ(lists.gpus, placement.gpus);
  EXPECT_EQ(lists.notes, placement.notes);
  return placement;
}

std::string gpus_error(const Numbers& numbers, std::int64_t a, std::int64_t b, std::int64_t c,
                       std::int32_t experts) {
  const std::string sentence = plan_error(npy_of(numbers, a, b, c), experts);
  EXPECT_EQ(plan_error(json_of(numbers, a, b, c), experts), sentence);
  return sentence;
}

// kLists on two GPUs in each form; expert 2 is twice on a GPU of layer 1, which the last two cannot say.
const Numbers kExpertOfSlot = {0, 1, 2, 1, 2, 2, 0, 1};
const Numbers kSlotOfExpert = {0, 1, -1, -1, 1, 0, 1, -1, 0, 0, 1, -1};

TEST(ReadGpuArray, ReadsExpertsOfSlots) {
  for (const std::int32_t experts : {3, 0}) {
    const Placement placement = gpus_of(kExpertOfSlot, 2, 2, 2, experts);
    expect_lists(placement);
    EXPECT_EQ(placement.gpus, 2);
    EXPECT_EQ(placement.order, LayerOrder::unknown);
    EXPECT_EQ(placement.notes,
              std::vector<std::string>{"plan: read as [layers, GPUs, slots of a GPU]: 2 layers, 2 "
                                       "GPUs, 2 slots on each, 3 experts"});
  }
  const std::string bytes = data_of<std::uint8_t>({0, 1, 2, 1, 2, 2, 0, 1});
  expect_lists(placement_of(npy_file("|u1", "(2, 2, 2)", bytes), 3));
}

TEST(ReadGpuArray, ReadsSlotsOfExperts) {
  for (const std::int32_t experts : {3, 0}) {
    const Placement placement = gpus_of(kSlotOfExpert, 2, 2, 3, experts);
    EXPECT_EQ(placement.phy2log, (Integers{0, 1, 2, 1, 2, 0, 0, 1}));
    EXPECT_EQ(placement.gpus, 2);
    EXPECT_EQ(placement.notes,
              std::vector<std::string>{
                  "plan: read as [layers, GPUs, experts] with the slot of each expert, or -1: 2 "
                  "layers, 2 GPUs, 2 slots on each, 3 experts"});
  }
}

TEST(ReadGpuArray, ReadsOnesOfExperts) {
  // GPU 0: layers 0 and 1; GPU 1: the same. Slots are in the order of experts.
  const Numbers ones = {1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0};
  const Placement placement = gpus_of(ones, 2, 2, 3, 3);
  EXPECT_EQ(placement.phy2log, (Integers{0, 1, 1, 2, 0, 2, 0, 1}));
  EXPECT_EQ(placement.order, LayerOrder::moe);
  EXPECT_EQ(placement.layers, 2);
  EXPECT_EQ(placement.gpus, 2);
  EXPECT_EQ(placement.notes, std::vector<std::string>{
                                 "plan: read as [GPUs, layers, experts] of 0 and 1, as "
                                 "OmniPlacement's: 2 layers, 2 GPUs, 2 slots on each, 3 experts"});
  // Three GPUs, one layer: which axis is which.
  const Placement tall = gpus_of({1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1}, 3, 1, 4, 4);
  EXPECT_EQ(tall.layers, 1);
  EXPECT_EQ(tall.gpus, 3);
  EXPECT_EQ(tall.phy2log, (Integers{0, 1, 1, 2, 0, 3}));
}

TEST(ReadGpuArray, RefusesArraysThatFitTwoForms) {
  const std::string save =
      "; save it with two axes, [layers, slots] with the expert of each slot, for the first as "
      "array.reshape(len(array), -1)";
  // Each GPU has all experts: the row may say the expert of a slot or the slot of an expert.
  EXPECT_EQ(
      gpus_error({1, 2, 0}, 1, 1, 3, 3),
      "plan: the array fits two forms: [layers, GPUs, slots of a GPU] (1 layer, 1 GPU, 3 slots "
      "on each, 3 experts) and [layers, GPUs, experts] with the slot of each expert, or -1 (1 "
      "layer, 1 GPU, 3 slots on each, 3 experts)" +
          save);
  // Both say the same.
  EXPECT_EQ(gpus_of({1, 0, 2}, 1, 1, 3, 3).phy2log, (Integers{1, 0, 2}));
  // Without the number of experts, 0 and 1 may be two experts.
  EXPECT_EQ(
      gpus_error({1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1}, 3, 1, 4, 0),
      "plan: the array fits two forms: [layers, GPUs, slots of a GPU] (3 layers, 1 GPU, 4 "
      "slots on each, 2 experts) and [GPUs, layers, experts] of 0 and 1, as OmniPlacement's (1 "
      "layer, 3 GPUs, 2 slots on each, 4 experts)" +
          save);
}

TEST(ReadGpuArray, RefusesWhatIsNoPlacement) {
  const std::string slots = "; read as [layers, GPUs, slots of a GPU]";
  const std::string map = "; read as [layers, GPUs, experts] with the slot of each expert, or -1";
  const std::string ones = "; read as [GPUs, layers, experts] of 0 and 1, as OmniPlacement's";
  EXPECT_EQ(
      gpus_error({0, 1, 2, -1, 2, 2, 0, 1}, 2, 2, 2, 3),
      "plan: layer 0, GPU 1, slot 1: -1, an empty slot; expected an expert in each slot, so put "
      "a copy of one there" +
          slots);
  EXPECT_EQ(gpus_error({0, 1, 2, 1, 2, 2, 0, 0}, 2, 2, 2, 3),
            "plan: layer 1: expert 1 is in no slot; every expert needs at least one" + slots);
  EXPECT_EQ(gpus_error({0, 1, 2, 3, 2, 2, 0, 1}, 2, 2, 2, 3),
            "plan: layer 0, slot 3: expert 3 does not exist; expected 0 to 2" + slots);
  EXPECT_EQ(
      gpus_error({0, 1, -1, -1, 1, 0, 1, -1, 0, 0, 2, -1}, 2, 2, 3, 3),
      "plan: layer 1, GPU 1, expert 1: slot 2 of a GPU with 2 experts; expected each slot from "
      "0 on once (two copies of an expert on one GPU cannot be said in this form)" +
          map);
  EXPECT_EQ(gpus_error({0, 1, -1, -1, 1, 1, 1, -1, 0, 0, 1, -1}, 2, 2, 3, 3).substr(0, 53),
            "plan: layer 0, GPU 1, expert 2: slot 1 of a GPU with ");
  EXPECT_EQ(
      gpus_error({0, 1, -1, -1, 1, 0, 1, -1, -1, 0, 1, -1}, 2, 2, 3, 3),
      "plan: layer 1, GPU 0, expert 0: slot 1 of a GPU with 1 expert; expected each slot from 0 "
      "on once (two copies of an expert on one GPU cannot be said in this form)" +
          map);
  EXPECT_EQ(gpus_error({0, 1, -1, -1, 1, 0, 0, -1, -1, 0, 1, -1}, 2, 2, 3, 3),
            "plan: layer 1, GPU 0: 1 expert; expected as many as on the GPUs before, 2" + map);
  EXPECT_EQ(gpus_error({0, 1, -1, -2, 1, 0}, 1, 2, 3, 3),
            "plan: layer 0, GPU 1, expert 0: -2; expected its slot on the GPU, or -1 where it is "
            "not" +
                map);
  EXPECT_EQ(gpus_error({0, 1, -1, 0, 1, -1}, 1, 2, 3, 3),
            "plan: layer 0: expert 2 is in no slot; every expert needs at least one" + map);
  EXPECT_EQ(gpus_error({-1, -1}, 1, 1, 2, 2),
            "plan: layer 0, GPU 0: 0 experts; expected at least one" + map);
  EXPECT_EQ(gpus_error({1, 1, 0, 1, 1, 1}, 2, 1, 3, 3),
            "plan: layer 0, GPU 1: 3 experts; expected as many as on the GPUs before, 2" + ones);
  EXPECT_EQ(gpus_error({1, 1, 0, 1, 1, 0}, 2, 1, 3, 3),
            "plan: layer 0: expert 2 is in no slot; every expert needs at least one" + ones);
  EXPECT_EQ(gpus_error({1, 1, 0, 1, 0, 1}, 2, 1, 3, 4),
            "plan: the last axis has 3 experts; expected 4" + ones);
}

TEST(ReadGpuArray, RefusesSizesBeyondTheLimits) {
  const auto bytes = [](std::size_t count) { return std::string(count, '\0'); };
  EXPECT_EQ(plan_error(npy_file("|i1", "(1, 2, 4096)", std::string(8192, '\2')), 3),
            "plan: 1 layers, 2 GPUs and 4096 slots on each; expected at most 128 layers, 1024 GPUs "
            "and 4096 slots in all; read as [layers, GPUs, slots of a GPU]");
  EXPECT_EQ(plan_error(npy_file("|i1", "(1, 129, 2)", bytes(258)), 2).substr(0, 31),
            "plan: 129 layers, 1 GPUs and 0 ");
  EXPECT_EQ(plan_error(npy_file("|i1", "(1, 1, 1025)", std::string(1025, '\1')), 0),
            "plan: the last axis has 1025 experts; expected at most 1024; read as [GPUs, layers, "
            "experts] of 0 and 1, as OmniPlacement's");
  EXPECT_EQ(plan_error("[[[0, 1], [0]]]", 2),
            "plan: placement, list 0, list 1: 1 number, but the lists before have 2");
  EXPECT_EQ(plan_error("[[[]]]", 2),
            "plan: placement, list 0, list 0: an empty list; expected at least one number");
  EXPECT_EQ(plan_error("[[[[0]]]]", 2),
            "plan: placement, list 0, list 0, number 0: a list where an integer is expected");
}

// A placement whose GPUs have no expert twice.
struct Apart {
  std::int64_t layers, gpus, slots;  // of one GPU
  std::int32_t experts;
  Numbers phy2log;
};

Apart random_apart(std::mt19937& random) {
  const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % n); };
  Apart made = {1 + below(4), 2 + below(5), 1 + below(5), 0, {}};
  // More experts than slots of one GPU, fewer than all slots.
  const std::int64_t all = made.gpus * made.slots;
  made.experts = static_cast<std::int32_t>(made.slots + 1 + below(all - made.slots));
  for (std::int64_t layer = 0; layer < made.layers; ++layer) {
    // Expert k mod E in the k-th place, dealt to GPUs in blocks: copies are E places apart.
    std::vector<std::int64_t> of_expert(static_cast<std::size_t>(made.experts));
    std::iota(of_expert.begin(), of_expert.end(), 0);
    std::shuffle(of_expert.begin(), of_expert.end(), random);
    for (std::int64_t gpu = 0; gpu < made.gpus; ++gpu) {
      Numbers own;
      for (std::int64_t slot = 0; slot < made.slots; ++slot) {
        own.push_back(
            of_expert[static_cast<std::size_t>((gpu * made.slots + slot) % made.experts)]);
      }
      std::shuffle(own.begin(), own.end(), random);
      made.phy2log.insert(made.phy2log.end(), own.begin(), own.end());
    }
  }
  return made;
}

TEST(ReadGpuArray, ReadsBackAnyPlacement) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const Apart made = random_apart(random);
    const auto [layers, gpus, slots, experts, phy2log] = made;
    const auto cells = static_cast<std::size_t>(layers * gpus * experts);
    Numbers slot_of(cells, -1), ones(cells, 0), ascending = phy2log;
    for (std::int64_t row = 0; row < layers * gpus; ++row) {
      const std::int64_t layer = row / gpus, gpu = row % gpus;
      for (std::int64_t slot = 0; slot < slots; ++slot) {
        const std::int64_t expert = phy2log[static_cast<std::size_t>(row * slots + slot)];
        slot_of[static_cast<std::size_t>(row * experts + expert)] = slot;
        ones[static_cast<std::size_t>((gpu * layers + layer) * experts + expert)] = 1;
      }
      const auto first = ascending.begin() + row * slots;
      std::sort(first, first + slots);
    }
    const auto expect = [&](const Numbers& numbers, std::int64_t a, std::int64_t b, std::int64_t c,
                            std::int32_t known, const Numbers& right) {
      Placement placement;
      const Status status =
          read_placement(as_bytes(npy_of(numbers, a, b, c)), "p", known, placement);
      ASSERT_TRUE(status.ok()) << status.sentence();
      EXPECT_EQ(Numbers(placement.phy2log.begin(), placement.phy2log.end()), right);
      EXPECT_EQ(placement.layers, made.layers);
      EXPECT_EQ(placement.gpus, made.gpus);
      EXPECT_EQ(placement.experts, made.experts);
    };
    expect(phy2log, layers, gpus, slots, experts, phy2log);
    expect(slot_of, layers, gpus, experts, experts, phy2log);
    expect(slot_of, layers, gpus, experts, 0, phy2log);
    if (experts > 2) expect(phy2log, layers, gpus, slots, 0, phy2log);
    if (experts > 2) expect(ones, gpus, layers, experts, experts, ascending);
    ASSERT_FALSE(HasFailure()) << round;
  }
}

}  // namespace
}  // namespace evenkeel::test
