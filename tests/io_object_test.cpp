// Loads from objects that Python saved: PyTorch's .pt, .npz, a dictionary in .npy.

#include <cmath>

#include "core/base/crc32.hpp"
#include "core/io/formats/zip.hpp"
#include "core/io/loads/recorded_object.hpp"
#include "tests/io_support.hpp"
#include "tests/object_builder.hpp"
#include "tests/support.hpp"

namespace evenkeel::test::objects {
namespace {

using namespace pickled;
using Values = std::vector<float>;

// Two steps of two layers of three experts.
const std::string kCounts = data_of<std::int32_t>({1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60});
const Values kSums = {11, 22, 33, 44, 55, 66};

std::string counts_tensor() { return tensor("IntStorage", "0", 12, {2, 2, 3}, {6, 3, 1}); }
std::string file_of(const std::string& object, const std::string& data = kCounts) {
  return torch_file(object, {{"0", data}});
}
Values values_of_object(const std::string& object, const std::string& data = kCounts) {
  return values_of(kAnyFormat, file_of(object, data));
}
std::string object_error(const std::string& object, const std::string& data = kCounts,
                         const ReadOptions& options = {}) {
  return error_of(kAnyFormat, file_of(object, data), options);
}

TEST(ReadTorch, TakesTensorsAndDictionaries) {
  EXPECT_EQ(values_of_object(counts_tensor()), kSums);
  EXPECT_EQ(values_of_object(tensor("IntStorage", "0", 12, {2, 3}, {3, 1}, 6)),
            (Values{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(
      values_of_object(dict({text("rank"), whole(0), text("logical_count"), counts_tensor()})),
      kSums);
  EXPECT_EQ(values_of_object(list({tensor("IntStorage", "0", 12, {2, 3}, {3, 1}),
                                   tensor("IntStorage", "0", 12, {2, 3}, {3, 1}, 6)})),
            kSums);
  // Transposed: [experts, layers] in memory.
  EXPECT_EQ(values_of_object(tensor("IntStorage", "0", 12, {2, 3}, {1, 2})),
            (Values{1, 3, 5, 2, 4, 6}));
  EXPECT_EQ(values_of(kAnyFormat, file_of(counts_tensor()), steps(1, 2)),
            (Values{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(values_of(kAnyFormat, file_of(counts_tensor()), layers(1, 2)), (Values{44, 55, 66}));
}

TEST(ReadTorch, TakesEveryType) {
  const auto one = [](std::string_view storage, const std::string& data) {
    return values_of_object(tensor(storage, "0", 2, {1, 2}, {2, 1}), data);
  };
  EXPECT_EQ(one("LongStorage", data_of<std::int64_t>({5, 7})), (Values{5, 7}));
  EXPECT_EQ(one("ShortStorage", data_of<std::int16_t>({5, 7})), (Values{5, 7}));
  EXPECT_EQ(one("CharStorage", data_of<std::int8_t>({5, 7})), (Values{5, 7}));
  EXPECT_EQ(one("ByteStorage", data_of<std::uint8_t>({5, 255})), (Values{5, 255}));
  EXPECT_EQ(one("FloatStorage", data_of<float>({5.5f, 7})), (Values{5.5f, 7}));
  EXPECT_EQ(one("DoubleStorage", data_of<double>({5.5, 7})), (Values{5.5f, 7}));
  EXPECT_EQ(one("HalfStorage", data_of<std::uint16_t>({0x4500, 0x4700})), (Values{5, 7}));
  EXPECT_EQ(one("BFloat16Storage", data_of<std::uint16_t>({0x40a0, 0x40e0})), (Values{5, 7}));
  EXPECT_EQ(
      object_error(tensor("BoolStorage", "0", 2, {1, 2}, {2, 1})),
      "trace: the tensor is of torch.BoolStorage; expected integers or floats, so save it with "
      ".to(torch.int64)");
  // Of another byte order, and without a type of its own.
  const std::string swapped = torch_file(tensor("IntStorage", "0", 2, {1, 2}, {2, 1}),
                                         {{"0", data_of<std::int32_t>({5, 7}, true)}}, "big");
  EXPECT_EQ(values_of(kAnyFormat, swapped), (Values{5, 7}));
  const std::string place = tuple(
      {text("storage"), name("torch.storage", "UntypedStorage"), text("0"), text("cpu"), whole(8)});
  const std::string untyped = name("torch._utils", "_rebuild_tensor_v3") +
                              tuple({place + "Q", whole(0), wholes({1, 2}), wholes({2, 1}), "\x89",
                                     dict({}), name("torch", "int32")}) +
                              "R";
  EXPECT_EQ(values_of_object(untyped, data_of<std::int32_t>({5, 7})), (Values{5, 7}));
}

TEST(ReadTorch, LeavesOutStepsThatWereNeverFilled) {
  const std::string data = kCounts + std::string(24, '\0');
  const std::string file = file_of(
      dict({text("logical_count"), tensor("IntStorage", "0", 18, {3, 2, 3}, {6, 3, 1})}), data);
  const Loads loads = loads_of(kAnyFormat, file);
  EXPECT_EQ(loads.values, kSums);
  EXPECT_EQ(loads.steps, 2);
  EXPECT_EQ(loads.notes,
            std::vector<std::string>{
                "1 step of 3 without any load left out: the recorder's buffer was not full"});
  EXPECT_EQ(loads_of(kAnyFormat, file, steps(-1, Range().end)).values,
            (Values{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(
      object_error(dict({text("logical_count"), tensor("IntStorage", "0", 6, {2, 3}, {3, 1})}),
                   std::string(24, '\0')),
      "trace: logical_count holds no load in any step");
}

// A pass of 2 layers with 4 slots: expert 0 has two.
std::string record(int pass, const std::string& count) {
  return dict({text("forward_pass_id"), whole(pass), text("rank"), whole(3), text("input_ids"),
               list({whole(1), whole(2)}), text("global_physical_count"), count});
}
std::string slots_of(std::int64_t offset) {
  return tensor("IntStorage", "0", 16, {2, 4}, {4, 1}, offset);
}
const std::string kSlots =
    data_of<std::int32_t>({1, 2, 3, 4, 5, 6, 7, 8, 10, 0, 0, 1, 0, 20, 0, 2});
const std::string kMap = data_of<std::int64_t>({0, 1, 2, 0, 2, 1, 0, 0});
std::string records_file(const std::vector<std::string>& records, const std::string& map) {
  return torch_file(dict({text("records"), list(records), text("last_physical_to_logical_map"),
                          tensor("LongStorage", "1", 8, {2, 4}, {4, 1})}),
                    {{"0", kSlots}, {"1", map}});
}

TEST(ReadTorch, FoldsCountsOfSlots) {
  const Loads loads =
      loads_of(kAnyFormat, records_file({record(7, slots_of(0)), record(8, slots_of(8))}, kMap));
  EXPECT_EQ(loads.values, (Values{5 + 11, 2, 3, 15 + 2, 6 + 20, 5}));
  EXPECT_EQ(loads.steps, 2);
  EXPECT_EQ(loads.notes, std::vector<std::string>{
                             "counts of 4 slots, folded to 3 experts by the map in the file"});
  // Parts of one pass are one step.
  EXPECT_EQ(
      loads_of(kAnyFormat, records_file({record(7, slots_of(0)), record(7, slots_of(8))}, kMap))
          .steps,
      1);
}

TEST(ReadTorch, RefusesMapsThatDoNotFit) {
  const auto error = [](const std::string& map, const std::string& entry) {
    return error_of(kAnyFormat, records_file({entry}, map));
  };
  EXPECT_EQ(error(data_of<std::int64_t>({0, 1, 2, 0, 2, 1, 0, 1024}), record(1, slots_of(0))),
            "trace: layer 1, slot 3: the map says expert 1024; expected 0 to 1023, or -1 for an "
            "empty slot");
  EXPECT_EQ(
      error(data_of<std::int64_t>({0, 1, 2, 0, 2, 2, 0, 0}), record(1, slots_of(0))),
      "trace: layer 1: the map has no slot for expert 1; expected each of the 3 experts in a slot");
  EXPECT_EQ(error(kMap, record(1, tensor("IntStorage", "0", 16, {2, 5}, {5, 1}))),
            "trace: step 1, layer 0: 5 counts, but the map has 4 slots");
  EXPECT_EQ(error(kMap, record(1, tensor("IntStorage", "0", 16, {3, 4}, {4, 1}))),
            "trace: step 1, layer 2: the map has only 2 layers");
  EXPECT_EQ(error(kMap, dict({text("forward_pass_id"), whole(1)})),
            "trace: record 0 has no \"global_physical_count\"; it has \"forward_pass_id\"");
}

TEST(ReadTorch, NamesWhatItDoesNotRead) {
  EXPECT_EQ(
      object_error(name("os", "system") + tuple({text("touch x")}) + "R"),
      "trace: the pickle refers to \"os.system\"; only tensors, arrays and plain Python data are "
      "read, and nothing "
      "is executed");
  EXPECT_EQ(
      object_error("X" + little(2, 4) + "os" + "X" + little(6, 4) + "system\x93"),
      "trace: the pickle refers to \"os.system\"; only tensors, arrays and plain Python data are "
      "read, and nothing "
      "is executed");
  EXPECT_EQ(object_error(dict({text("state_dict"), whole(1), text("ep\x1b[31moch"), whole(2)}))
                .substr(0, 65),
            "trace: a dictionary with the keys \"state_dict\", \"ep?[31moch\"; exp");
  EXPECT_NE(object_error(whole(3)).find("the saved object holds no loads"), std::string::npos);
  EXPECT_NE(object_error(tensor("IntStorage", "0", 12, {12}, {1})).find("1 dimension"),
            std::string::npos);
}

TEST(ReadTorch, RefusesTensorsOutsideTheirStorage) {
  const auto error = [](std::int64_t elements, const std::vector<std::int64_t>& shape,
                        const std::vector<std::int64_t>& strides, std::int64_t offset = 0) {
    return object_error(tensor("IntStorage", "0", elements, shape, strides, offset));
  };
  EXPECT_EQ(error(13, {2, 3}, {3, 1}),
            "trace: storage \"0\" has 48 bytes, but its tensors need 52");
  EXPECT_EQ(error(12, {2, 3}, {9, 2}),
            "trace: the tensor ends after the end of the 12 elements of its storage");
  EXPECT_EQ(error(12, {2, 3}, {3, 1}, 7),
            "trace: the tensor ends after the end of the 12 elements of its storage");
  EXPECT_EQ(error(12, {2, 3}, {3, 1}, 13),
            "trace: the tensor ends after the end of the 12 elements of its storage");
  // A tensor of one number, expanded to 2^40, would be read for ever.
  EXPECT_EQ(error(12, {1 << 20, 1 << 20}, {0, 0}),
            "trace: the tensor has more elements than the 12 of its storage");
  EXPECT_EQ(error(12, {2, 0}, {3, 1}), "trace: the tensor is empty: its dimension 1 is 0");
  EXPECT_NE(error(12, {2, -3}, {3, 1}).find("not a whole number"), std::string::npos);
  EXPECT_EQ(error_of(kAnyFormat, torch_file(counts_tensor(), {})),
            "trace: the archive has no storage \"0\"");
}

// A storage larger than this machine's memory, which only its description says.
TEST(ReadTorch, ProductsOfHostileShapesDoNotOverflow) {
  const std::string data(64, '\1');
  Pickle pickle;
  std::size_t size = 0;
  const auto error = [&](const std::string& tensor_text) {
    const std::string bytes_of = file(tensor_text);
    EXPECT_TRUE(pickle.read(as_bytes(bytes_of), "p", size).ok());
    const RecordedObject object(
        "p",
        [&](std::string_view, std::uint64_t, std::span<const std::byte>& out) {
          out = as_bytes(data);
          return Status();
        },
        false);
    Tensor out;
    return object.tensor(pickle.root(), "it", out).sentence();
  };
  const auto longs = [](const std::vector<std::uint64_t>& values) {
    std::string text = "(";
    for (const std::uint64_t value : values) text += "\x8a\x08" + little(value, 8);
    return text + "t";
  };
  const auto hostile = [&](std::uint64_t elements, const std::vector<std::uint64_t>& shape,
                           const std::vector<std::uint64_t>& strides) {
    const std::string place = tuple({text("storage"), name("torch", "ByteStorage"), text("0"),
                                     text("cpu"), "\x8a\x08" + little(elements, 8)});
    return error(name("torch._utils", "_rebuild_tensor_v2") +
                 tuple({place + "Q", whole(0), longs(shape), longs(strides), "\x89", dict({})}) +
                 "R");
  };
  constexpr std::uint64_t k32 = std::uint64_t{1} << 32;
  EXPECT_NE(hostile(2 * k32, {k32 + 1, 1}, {k32, 1}).find("ends after the end"), std::string::npos);
  EXPECT_NE(hostile(2 * k32, {k32 + 1, k32}, {1, 1}).find("more elements"), std::string::npos);
}

TEST(ReadTorch, ATensorIsReadAFewTimesAtMost) {
  constexpr std::int64_t kElements = 1 << 20;
  const std::string storage(static_cast<std::size_t>(kElements), '\1');
  ReadOptions few;  // of so many layers
  few.layers = {0, 4};
  // The storages in turn, 81 tensors in all.
  const auto error = [&](int storages) {
    std::string items = "](";
    for (int key = 0; key < storages; ++key) {
      items += tensor("ByteStorage", std::to_string(key), kElements, {1, kElements / 1024, 1024},
                      {kElements, 1024, 1}) +
               "q" + little(static_cast<std::uint64_t>(key), 1);
      for (int i = 1; i < 81 / storages; ++i)
        items += "h" + little(static_cast<std::uint64_t>(key), 1);
    }
    std::vector<std::pair<std::string, std::string>> contents;
    for (int key = 0; key < storages; ++key) contents.emplace_back(std::to_string(key), storage);
    return error_of(kAnyFormat, torch_file(items + "e", contents), few);
  };
  EXPECT_NE(error(1).find("share storages"), std::string::npos);
  EXPECT_NE(error(3).find("share storages"), std::string::npos);
}

TEST(ReadTorch, SurvivesPicklesThatHoldThemselves) {
  // A list in itself, as root and as a value.
  EXPECT_NE(object_error("]q\x01h\x01"
                         "a")
                .find("no loads"),
            std::string::npos);
  EXPECT_NE(object_error("}q\x01(" + text("logical_count") + "h\x01u").find("not a tensor"),
            std::string::npos);
  EXPECT_NE(object_error(std::string(100000, '(')).find("does not find the values"),
            std::string::npos);
  EXPECT_NE(object_error(std::string(100000, ']') + std::string(99999, 'a')).find("no loads"),
            std::string::npos);
  EXPECT_NE(object_error("r" + little(0xffffffff, 4)).find("opcode"), std::string::npos);
  EXPECT_NE(object_error("h\x05").find("opcode"), std::string::npos);
  EXPECT_NE(object_error("X" + little(0xffffffff, 4)).find("follow"), std::string::npos);
}

TEST(ReadZip, ReadsArraysOfNumpy) {
  const std::string array = npy_file("<i4", "(2, 2, 3)", kCounts);
  EXPECT_EQ(values_of(kAnyFormat, zip_file({{"arr_0.npy", array}})), kSums);
  EXPECT_EQ(values_of(kAnyFormat, zip_file({{"arr_0.npy", array}}, true)), kSums);
  EXPECT_EQ(values_of(kAnyFormat, zip_file({{"a.npy", "x"}, {"loads.npy", array}})), kSums);
  EXPECT_NE(error_of(kAnyFormat, zip_file({{"a.npy", array}, {"b.npy", array}}))
                .find("several arrays: \"a.npy\", \"b.npy\""),
            std::string::npos);
  EXPECT_NE(
      error_of(kAnyFormat, zip_file({{"../etc/x.csv", "1,2"}})).find("no array: \"../etc/x.csv\""),
      std::string::npos);
}

TEST(ReadZip, InflatesWithinALimit) {
  const std::string array = npy_file("<i4", "(2, 2, 3)", kCounts);
  ReadOptions options;
  options.inflate = [&](std::span<const std::byte> deflated, std::size_t size,
                        std::vector<std::byte>& out) {
    EXPECT_EQ(size, array.size());
    EXPECT_EQ(deflated.size(), 9u);
    const auto bytes = as_bytes(array);
    out.assign(bytes.begin(), bytes.end());
    return Status();
  };
  const std::string file = zip_file({{"a.npy", "deflated!", 8, array.size()}});
  EXPECT_EQ(values_of(kAnyFormat, file, options), kSums);
  EXPECT_NE(error_of(kAnyFormat, file).find("save the file without compression"),
            std::string::npos);
  EXPECT_NE(error_of(kAnyFormat, zip_file({{"a.npy", "deflated!", 8, 1 << 20}}), options)
                .find("claims to hold 1048576"),
            std::string::npos);
  EXPECT_NE(error_of(kAnyFormat, zip_file({{"a.npy", "deflated!", 8, array.size() - 1}}),
                     ReadOptions{{},
                                 {},
                                 Join::automatic,
                                 nullptr,
                                 [](auto, std::size_t, std::vector<std::byte>& out) {
                                   out.resize(5);
                                   return Status();
                                 },
                                 nullptr,
                                 nullptr})
                .find("holds 5 bytes, but should hold"),
            std::string::npos);
}

TEST(ReadTorch, TakesContainersThatAreMadeOfLists) {
  const std::string ordered = name("collections", "OrderedDict");
  const auto called = [](const std::string& what, const std::string& argument) {
    return what + "(" + argument + "tR";
  };
  const std::string pair = list({text("logical_count"), counts_tensor()});
  EXPECT_EQ(values_of_object(called(ordered, list({pair}))), kSums);
  EXPECT_EQ(
      values_of_object(called(ordered, list({tuple({text("logical_count"), counts_tensor()})}))),
      kSums);
  const std::string one_step = tensor("IntStorage", "0", 12, {2, 3}, {3, 1});
  EXPECT_EQ(values_of_object(called(name("builtins", "list"), list({one_step}))),
            (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(values_of_object(called(name("collections", "defaultdict"), name("builtins", "list")) +
                             text("logical_count") + counts_tensor() + "s"),
            kSums);
  const auto refused = [&](const std::string& what, const std::string& argument) {
    const std::string error = object_error(called(what, argument));
    EXPECT_NE(error.find("is called with other arguments than a list"), std::string::npos) << error;
  };
  refused(ordered, dict({text("logical_count"), counts_tensor()}));
  refused(ordered, list({whole(1)}));
  refused(ordered, list({tuple({whole(1)})}));
  refused(name("builtins", "set"), tuple({whole(1)}));
  refused(name("builtins", "list"), list({one_step}) + whole(1));
  refused(name("collections", "defaultdict"), name("builtins", "list") + dict({}));
}

TEST(ReadTorch, BoundsWhatAPickleHolds) {
  constexpr std::size_t kMany = 8'000'000;
  const std::string too_many = "the pickle has more than 8000000 values";
  // One value, many times in a list.
  EXPECT_NE(object_error("](N" + std::string(kMany, '2') + "e").find("wait for a container"),
            std::string::npos);
  EXPECT_NE(object_error("](N" + std::string(kMany - 2, '2') + "e").find(too_many),
            std::string::npos);
  EXPECT_NE(object_error(std::string(kMany + 1, '(')).find("wait for a container"),
            std::string::npos);
  EXPECT_EQ(object_error("Nq\x02").substr(0, 72),
            "trace: byte 3 of the pickle: it keeps a value as number 2, but has only ");
  EXPECT_NE(object_error("N" + std::string(1000, '\x94')).find("it keeps a value as number 2"),
            std::string::npos);
  const std::string escaped =
      "text with a backslash, which protocol 0 writes; save with a later one";
  EXPECT_EQ(object_error("Va\\u0041\n"), "trace: byte 2 of the pickle: " + escaped);
  EXPECT_EQ(object_error("S'a\\x41'\n"), "trace: byte 2 of the pickle: " + escaped);
}

// Searching it again for each record would take minutes.
TEST(ReadTorch, SearchesALargeDictionaryOnce) {
  std::string large;
  for (int i = 0; i < 200'000; ++i) large += "N" + whole(1);
  const std::string record = "}(" + large + text("global_physical_count") + slots_of(0) + "uq\x01";
  std::string all = record;
  for (int i = 0; i < 100'000; ++i) all += "h\x01";
  const std::string object =
      dict({text("records"), "](" + all + "e", text("last_physical_to_logical_map"),
            tensor("LongStorage", "1", 8, {2, 4}, {4, 1})});
  const Loads loads = loads_of(kAnyFormat, torch_file(object, {{"0", kSlots}, {"1", kMap}}));
  EXPECT_EQ(loads.steps, 100'001);
}

// The CRC-32 of "123456789" is known to all.
TEST(ReadZip, ChecksWhatItReads) {
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926u);
  EXPECT_EQ(crc32({}), 0u);
  const std::string array = npy_file("<i4", "(2, 2, 3)", kCounts);
  const std::uint32_t crc = crc32(as_bytes(array));
  const std::string damaged =
      "trace: the entry \"a.npy\" is damaged: its bytes do not have the checksum that the zip "
      "archive says";
  EXPECT_EQ(values_of(kAnyFormat, zip_file({{"a.npy", array, 0, 0, crc}})), kSums);
  EXPECT_EQ(error_of(kAnyFormat, zip_file({{"a.npy", array, 0, 0, crc + 1}})), damaged);
  ReadOptions options;
  options.inflate = [&](auto, std::size_t, std::vector<std::byte>& out) {
    const auto bytes = as_bytes(array);
    out.assign(bytes.begin(), bytes.end());
    return Status();
  };
  EXPECT_EQ(values_of(kAnyFormat, zip_file({{"a.npy", "deflated", 8, array.size(), crc}}), options),
            kSums);
  EXPECT_EQ(
      error_of(kAnyFormat, zip_file({{"a.npy", "deflated", 8, array.size(), crc + 1}}), options),
      damaged);
  const std::string object = file(tensor("IntStorage", "0", 12, {2, 3}, {3, 1}));
  EXPECT_EQ(error_of(kAnyFormat, zip_file({{"x/data.pkl", object, 0, 0, crc32(as_bytes(object))},
                                           {"x/data/0", kCounts, 0, 0, 7}})),
            "trace: the entry \"x/data/0\" is damaged: its bytes do not have the checksum that the "
            "zip archive says");
}

TEST(ReadZip, LimitsWhatAnArchiveInflates) {
  int calls = 0;
  ReadOptions options;
  options.inflate = [&](auto, std::size_t, std::vector<std::byte>&) {
    ++calls;
    return Status::error("not here");
  };
  const std::string deflated(260'000, 'x');
  EXPECT_EQ(
      error_of(kAnyFormat, zip_file({{"x/data.pkl", deflated, 8, (256u << 20) + 1}}), options),
      "trace: the entry \"x/data.pkl\" of 260000 bytes claims to hold 268435457; at most "
      "268435456 can be read, and at most 1032 times its bytes");
  EXPECT_EQ(calls, 0);
  // Entries of 4 GiB together; nothing is really inflated.
  const std::string large(1'100'000, 'x');
  const std::string file =
      zip_file({{"a", large, 8, std::uint64_t{1} << 30}, {"b", large, 8, std::uint64_t{1} << 30}});
  ZipArchive archive;
  ASSERT_TRUE(archive.open(as_bytes(file), "trace").ok());
  std::vector<std::byte> room;
  std::span<const std::byte> content;
  std::string sentence;
  for (int i = 0; i < 5; ++i) {
    sentence = archive.read(archive.entries()[0], options.inflate, room, content).sentence();
    EXPECT_EQ(sentence == "trace, entry \"a\": not here", i < (sizeof(std::size_t) > 4 ? 4 : 1));
  }
  EXPECT_EQ(sentence, "trace: the entry \"a\" of 1073741824 bytes, after " +
                          std::to_string(ZipArchive::kMostInflated) +
                          " of other entries; at most " +
                          std::to_string(ZipArchive::kMostInflated) + " can be decompressed");
}

TEST(ReadZip, InflatesASharedStorageOnce) {
  const std::string once = tensor("IntStorage", "0", 12, {2, 3}, {3, 1});
  const std::string object = file(list({once, once, once}));
  int calls = 0;
  ReadOptions options;
  options.inflate = [&](auto, std::size_t, std::vector<std::byte>& out) {
    ++calls;
    const auto bytes = as_bytes(kCounts);
    out.assign(bytes.begin(), bytes.end());
    return Status();
  };
  EXPECT_EQ(
      values_of(kAnyFormat,
                zip_file({{"x/data.pkl", object}, {"x/data/0", "deflated", 8, kCounts.size()}}),
                options),
      (Values{3, 6, 9, 12, 15, 18}));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(error_of(kAnyFormat, zip_file({{"data.pkl", object}, {"x/data.pkl", object}})),
            "trace: the archive holds two objects, data.pkl");
}

TEST(ReadZip, RefusesDirectoriesThatLie) {
  const std::string array = npy_file("<i4", "(2, 2, 3)", kCounts);
  const std::string good = zip_file({{"arr_0.npy", array}});
  const auto broken = [&](std::size_t from_end, const std::string& bytes) {
    std::string file = good;
    return error_of(kAnyFormat, file.replace(file.size() - from_end, bytes.size(), bytes));
  };
  EXPECT_NE(broken(12, little(9, 2)).find("9 entries"), std::string::npos);  // of this many
  EXPECT_NE(broken(6, little(1, 4)).find("damaged"), std::string::npos);     // begins there
  EXPECT_NE(error_of(kAnyFormat, good.substr(0, good.size() - 1)).find("truncated"),
            std::string::npos);
  const std::size_t entry = good.find("PK\x01\x02");
  const auto in_entry = [&](std::size_t at, const std::string& bytes) {
    std::string file = good;
    return error_of(kAnyFormat, file.replace(entry + at, bytes.size(), bytes));
  };
  EXPECT_NE(in_entry(8, little(1, 2)).find("encrypted"), std::string::npos);
  EXPECT_NE(in_entry(10, little(12, 2)).find("method 12"), std::string::npos);
  EXPECT_NE(in_entry(20, little(99999, 4)).find("ends behind"), std::string::npos);
  EXPECT_NE(in_entry(24, little(7, 4)).find("should have 7"), std::string::npos);
  EXPECT_NE(in_entry(42, little(7, 4)).find("is not where"), std::string::npos);
  EXPECT_NE(in_entry(28, little(60000, 2)).find("truncated"), std::string::npos);
  EXPECT_NE(
      error_of(kAnyFormat, zip_file({{"a.npy", array}, {"a.npy", array}})).find("two entries"),
      std::string::npos);
}

TEST(ReadPickledNpy, ReadsTheDictionaryOfSglangJax) {
  const auto dtype = [](const std::string& type, const std::string& order) {
    return name("numpy", "dtype") + tuple({text(type), "\x89", "\x88"}) + "R" +
           tuple({whole(3), text(order), "N", "N", "N", whole(-1), whole(-1), whole(0)}) + "b";
  };
  const auto array = [&](const std::vector<std::int64_t>& shape, const std::string& type,
                         const std::string& data) {
    return name("numpy.core.multiarray", "_reconstruct") +
           tuple({name("numpy", "ndarray"), wholes({0}), bytes("b")}) + "R" +
           tuple({whole(1), wholes(shape), type, "\x89", data}) + "b";
  };
  const auto saved = [&](const std::string& counts) {
    const std::string object =
        dict({text("logical_count"), counts, text("timestamp"), text("2026")});
    return npy_file("|O", "()", file(array({}, dtype("O8", "|"), list({object}))));
  };
  EXPECT_EQ(values_of(kAnyFormat, saved(array({2, 2, 3}, dtype("i4", "<"), bytes(kCounts)))),
            kSums);
  EXPECT_EQ(values_of(kAnyFormat, saved(array({1, 2}, dtype("i2", ">"),
                                              bytes(data_of<std::int16_t>({5, 7}, true))))),
            (Values{5, 7}));
  // Protocol 2 has bytes as text.
  const std::string encoded = name("_codecs", "encode") +
                              tuple({text(std::string("\x05\0\xc3\xbf\0", 5)), text("latin1")}) +
                              "R";
  EXPECT_EQ(values_of(kAnyFormat, saved(array({1, 2}, dtype("i2", "<"), encoded))),
            (Values{5, 255}));
  EXPECT_NE(error_of(kAnyFormat, saved(array({9, 9}, dtype("i4", "<"), bytes(kCounts))))
                .find("does not fit"),
            std::string::npos);
}

TEST(ReadTorchStream, ReadsTheOlderForm) {
  const std::string magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
  const std::string head = magic + file(whole(1001)) + file(dict({text("little_endian"), "\x88"}));
  const auto stream = [&](const std::string& keys, std::uint64_t count) {
    return head + file(counts_tensor()) + file(list({keys})) + little(count, 8) + kCounts;
  };
  EXPECT_EQ(values_of(kAnyFormat, stream(text("0"), 12)), kSums);
  EXPECT_NE(error_of(kAnyFormat, stream(text("0"), 13)).find("truncated: storage"),
            std::string::npos);
  EXPECT_NE(error_of(kAnyFormat, stream(text("1"), 12)).find("size is not known"),
            std::string::npos);
  EXPECT_NE(error_of(kAnyFormat, head).find("truncated"), std::string::npos);
}

}  // namespace
}  // namespace evenkeel::test::objects
