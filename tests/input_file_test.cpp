// Inputs that are not mapped: decompression in steps, its limits, and the memory that it grows in.

#include "native/input_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "native/decompress.hpp"
#include "native/growing_memory.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

constexpr int kGzipBits = 15 + 16;
constexpr int kRawBits = -15;

std::string deflated(std::string_view text, int window_bits) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
std::string gzip_of(std::string_view text) { return deflated(text, kGzipBits); }

// Blocks of a zstd frame with a window of 128 KiB: raw bytes, or one byte that is repeated.
enum class Block : unsigned { raw = 0, repeated = 1 };
std::string zstd_block(Block type, std::size_t size, std::string_view content, bool is_last) {
  const auto header = static_cast<unsigned>(size << 3) | static_cast<unsigned>(type) << 1 |
                      static_cast<unsigned>(is_last);
  std::string block;
  for (int i = 0; i < 3; ++i) block += static_cast<char>(header >> (8 * i) & 0xff);
  return block.append(content);
}
const std::string kFrameBegin("\x28\xb5\x2f\xfd\x00\x38", 6);
std::string zstd_of(std::string_view text) {
  return kFrameBegin + zstd_block(Block::raw, text.size(), text, true);
}
std::string zstd_of_zeros(int blocks) {
  std::string frame = kFrameBegin;
  for (int i = 1; i <= blocks; ++i) {
    frame += zstd_block(Block::repeated, std::size_t{1} << 17, std::string(1, '\0'), i == blocks);
  }
  return frame;
}
// A frame that decoders skip, as pzstd writes before each frame.
const std::string kSkipped("\x50\x2a\x4d\x18\x04\x00\x00\x00\x26\x00\x00\x00", 12);

// Decompresses a file that arrives in pieces of `piece` bytes.
Status decompressed(std::string_view file, std::size_t piece, std::string& out) {
  const auto decompressor = Decompressor::make(compression_of(as_bytes(file)));
  GrowingMemory memory;
  Status status;
  while (!file.empty() && status.ok()) {
    std::span<const std::byte> packed = as_bytes(file.substr(0, piece));
    file.remove_prefix(packed.size());
    while (status.ok() && (!packed.empty() || decompressor->holds_more())) {
      status = decompressor->step(packed, memory);
    }
  }
  if (status.ok()) status = decompressor->end();
  out.assign(reinterpret_cast<const char*>(memory.bytes().data()), memory.size());
  return status;
}

// A text that compresses, but not to nothing.
std::string some_rows(int rows) {
  std::string text;
  for (int i = 0; i < rows; ++i) text += std::to_string(i * 7919 % 10007) + ",12,13\n";
  return text;
}

class InputFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "evenkeel-input-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // The sentence of a file with this content; "" if it is read.
  std::string sentence_of(const std::string& content, std::size_t most) const {
    const std::string path = (folder_ / "loads").string();
    std::ofstream(path, std::ios::binary) << content;
    InputFile file(most);
    std::string sentence = file.open(path).sentence();
    const std::size_t name = sentence.find(path);
    if (name != std::string::npos) sentence.replace(name, path.size(), "loads");
    return sentence;
  }

  std::filesystem::path folder_;
};

TEST(GrowingMemory, KeepsItsContentWhileItGrows) {
  GrowingMemory memory;
  EXPECT_EQ(memory.bytes().size(), 0u);
  memory.fit();
  std::string expected;
  for (std::size_t i = 0; i < 3000; ++i) {
    std::span<std::byte> room;
    ASSERT_TRUE(memory.make_room(5000, room).ok());
    ASSERT_GE(room.size(), 5000u);
    std::memset(room.data(), static_cast<int>(i % 251), 4999);
    memory.add(4999);
    expected.append(4999, static_cast<char>(i % 251));
    if (i % 100 == 0) memory.fit();
  }
  const GrowingMemory moved = std::move(memory);
  ASSERT_EQ(moved.size(), expected.size());
  EXPECT_EQ(std::memcmp(moved.bytes().data(), expected.data(), expected.size()), 0);
}

TEST(GrowingMemory, RefusesWhatTheSystemRefuses) {
  GrowingMemory memory;
  std::span<std::byte> room;
  const Status status = memory.make_room(std::size_t{1} << 60, room);
  EXPECT_EQ(status.kind(), StatusKind::out_of_memory);
  EXPECT_EQ(status.sentence(), "not enough memory for this input");
  EXPECT_TRUE(memory.make_room(1, room).ok());
}

TEST(Decompressor, GivesTheSameFromPiecesOfAnySize) {
  const std::string text = some_rows(300);
  const std::string member = gzip_of(text);
  const std::string frame = zstd_of(text);
  const std::string twice = text + text;
  for (const std::string& file :
       {member + member, frame + frame, kSkipped + frame + kSkipped + frame}) {
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 100u, 1u << 20}) {
      std::string out;
      const Status status = decompressed(file, piece, out);
      EXPECT_TRUE(status.ok()) << status.sentence();
      EXPECT_EQ(out, twice) << "pieces of " << piece;
    }
  }
}

TEST(Decompressor, GivesMoreThanAStepAtTheEnd) {
  const std::string text(5 * Decompressor::kMostAStep, 'x');
  for (const std::string& file : {gzip_of(text), gzip_of(text + "y")}) {
    std::string out;
    EXPECT_TRUE(decompressed(file, file.size(), out).ok());
    EXPECT_GE(out.size(), text.size());
  }
  std::string out;
  EXPECT_TRUE(decompressed(zstd_of_zeros(40), 1 << 20, out).ok());
  EXPECT_EQ(out, std::string(40 << 17, '\0'));
}

// A file that was cut is refused, unless it was cut between two parts.
TEST(Decompressor, FindsEveryTruncation) {
  for (const std::string& part : {gzip_of("90,132,40,61\n"), zstd_of("90,132,40,61\n")}) {
    const std::string file = part + part;
    const std::string word = part == gzip_of("90,132,40,61\n") ? "gzip member " : "zstd frame ";
    for (std::size_t size = kMagicBytes; size < file.size(); ++size) {
      std::string out;
      const Status status = decompressed(std::string_view(file).substr(0, size), 1 << 20, out);
      const std::string expected = size == part.size()
                                       ? ""
                                       : "truncated: " + word + (size < part.size() ? "1" : "2") +
                                             " is not complete after the file's " +
                                             std::to_string(size) + " bytes";
      EXPECT_EQ(status.sentence(), expected);
    }
  }
}

// Any damage is a sentence or, where a format has no checksum, another content; never a crash or a hang.
TEST(Decompressor, SurvivesAnyChangedByte) {
  for (const std::string& whole :
       {gzip_of(some_rows(20)), zstd_of(some_rows(20)), kSkipped + zstd_of("1,2\n")}) {
    for (std::size_t at = kMagicBytes; at < whole.size(); ++at) {
      for (const int change : {1, 0x80, 0xff}) {
        std::string file = whole;
        file[at] = static_cast<char>(file[at] ^ change);
        std::string out;
        const Status status = decompressed(file, 1 << 20, out);
        EXPECT_LT(out.size(), std::size_t{1} << 20);
        EXPECT_NE(status.kind(), StatusKind::internal);
      }
    }
  }
}

TEST_F(InputFileTest, LimitsWhatComesOut) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  const std::string words =
      "loads: decompresses to more than 3 MiB; decompress it into a file first, which can be "
      "mapped";
  EXPECT_EQ(sentence_of(zstd_of_zeros(24), 3 * kMiB), "");
  EXPECT_EQ(sentence_of(zstd_of_zeros(25), 3 * kMiB), words);
  const std::string zeros(3 * kMiB, '\0');
  EXPECT_EQ(sentence_of(gzip_of(zeros), 3 * kMiB), "");
  EXPECT_EQ(sentence_of(gzip_of(zeros) + gzip_of("1"), 3 * kMiB), words);
  // What is mapped has no limit.
  EXPECT_EQ(sentence_of(zeros + "1", 3 * kMiB), "");
}

TEST_F(InputFileTest, SaysWhereCompressedDataAreWrong) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  const std::string gz = gzip_of("90,132,40,61\n");
  const std::string zst = zstd_of("90,132,40,61\n");
  const std::string end = " data end here, but the file goes on; expected another ";
  EXPECT_EQ(sentence_of(gz + "\n", kMiB),
            "loads: byte " + std::to_string(gz.size()) + ": the gzip" + end + "member or the end");
  EXPECT_EQ(sentence_of(zst + "\n", kMiB),
            "loads: byte " + std::to_string(zst.size()) + ": the zstd" + end + "frame or the end");
  std::string wrong = gz;
  wrong[gz.size() - 8] ^= 1;
  EXPECT_EQ(sentence_of(wrong, kMiB),
            "loads: byte " + std::to_string(gz.size() - 4) +
                ": gzip data cannot be decompressed: incorrect data check");
  wrong = zst;
  wrong[6] |= 6;
  EXPECT_EQ(sentence_of(wrong, kMiB),
            "loads: byte 5: zstd data cannot be decompressed: Data corruption detected");
  EXPECT_EQ(
      sentence_of(std::string("\x28\xb5\x2f\xfd\x00\xa8", 6) + zst, kMiB),
      "loads: byte 5: zstd data cannot be decompressed: its window is above 128 MiB; first use "
      "zstd -d --long=31");
  EXPECT_EQ(sentence_of("\x1f\x8b", kMiB),
            "loads: truncated: gzip member 1 is not complete after the file's 2 bytes");
  EXPECT_EQ(sentence_of("\x1f", kMiB), "");
}

TEST(InflateRaw, GivesExactlyTheSizeThatIsAsked) {
  const std::string text = some_rows(1000);
  const std::string raw = deflated(text, kRawBits);
  std::vector<std::byte> out;
  const auto sentence = [&](std::string_view data, std::size_t size) {
    return inflate_raw(as_bytes(data), size, out).sentence();
  };
  EXPECT_EQ(sentence(raw, text.size()), "");
  ASSERT_EQ(out.size(), text.size());
  EXPECT_EQ(std::memcmp(out.data(), text.data(), text.size()), 0);
  EXPECT_EQ(sentence(deflated("", kRawBits), 0), "");
  EXPECT_EQ(out.size(), 0u);

  const std::string from = std::to_string(raw.size()) + " deflated bytes do not inflate to ";
  const auto size = static_cast<long>(text.size());
  EXPECT_EQ(sentence(raw, text.size() - 1),
            from + std::to_string(size - 1) + " bytes: there are more");
  EXPECT_EQ(sentence(raw, 0), from + "0 bytes: there are more");
  EXPECT_EQ(sentence(raw, text.size() + 1), from + std::to_string(size + 1) +
                                                " bytes: they end after " + std::to_string(size) +
                                                " bytes");
  EXPECT_EQ(sentence(raw.substr(0, 100), text.size()), "100 deflated bytes do not inflate to " +
                                                           std::to_string(size) +
                                                           " bytes: the data are truncated");
  EXPECT_EQ(sentence("\x07", 5), "1 deflated bytes do not inflate to 5 bytes: invalid block type");
  EXPECT_EQ(sentence("", 0), "0 deflated bytes do not inflate to 0 bytes: the data are truncated");
  out = std::vector<std::byte>();
  EXPECT_EQ(sentence(raw, std::size_t{1} << 40),
            from + "1099511627776 bytes: at most 1032 come out of each");
  EXPECT_EQ(out.capacity(), 0u);
  // The longest matches reach that ratio.
  const std::string zeros(std::size_t{10} << 20, '\0');
  EXPECT_EQ(sentence(deflated(zeros, kRawBits), zeros.size()), "");
}

}  // namespace
}  // namespace evenkeel::test
