// Builds pickles, and the archives that PyTorch and numpy write around them, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenkeel::test {

inline std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

// Opcodes that push a value.
namespace pickled {

inline std::string whole(std::int64_t value) {
  return value >= 0 && value < 256 ? "K" + little(static_cast<std::uint64_t>(value), 1)
                                   : "J" + little(static_cast<std::uint64_t>(value), 4);
}
inline std::string text(std::string_view words) {
  return "X" + little(words.size(), 4) + std::string(words);
}
inline std::string bytes(std::string_view data) {
  return "B" + little(data.size(), 4) + std::string(data);
}
inline std::string joined(const std::vector<std::string>& items) {
  std::string all;
  for (const std::string& item : items) all += item;
  return all;
}
inline std::string tuple(const std::vector<std::string>& items) {
  return "(" + joined(items) + "t";
}
inline std::string list(const std::vector<std::string>& items) {
  return "](" + joined(items) + "e";
}
// Keys and values in turn.
inline std::string dict(const std::vector<std::string>& items) {
  return "}(" + joined(items) + "u";
}
inline std::string wholes(const std::vector<std::int64_t>& values) {
  std::vector<std::string> items;
  for (const std::int64_t value : values) items.push_back(whole(value));
  return tuple(items);
}
inline std::string name(std::string_view module, std::string_view what) {
  return "c" + std::string(module) + "\n" + std::string(what) + "\n";
}
inline std::string tensor(std::string_view storage, std::string_view key, std::int64_t elements,
                          const std::vector<std::int64_t>& shape,
                          const std::vector<std::int64_t>& strides, std::int64_t offset = 0) {
  const std::string place =
      tuple({text("storage"), name("torch", storage), text(key), text("cuda:0"), whole(elements)});
  return name("torch._utils", "_rebuild_tensor_v2") +
         tuple({place + "Q", whole(offset), wholes(shape), wholes(strides), "\x89",
                name("collections", "OrderedDict") + ")R"}) +
         "R";
}
inline std::string file(const std::string& value) { return "\x80\x02" + value + "."; }

}  // namespace pickled

struct ZipPart {
  std::string name;
  std::string content;
  int method = 0;
  std::uint64_t size = 0;  // when inflated; 0: as stored
  std::uint32_t crc = 0;   // 0: not known
};

// A zip archive; with `in_64`, its sizes and places are in the fields of zip64.
inline std::string zip_file(const std::vector<ZipPart>& parts, bool in_64 = false) {
  std::string file;
  std::string directory;
  for (const ZipPart& part : parts) {
    const std::uint64_t size = part.size == 0 ? part.content.size() : part.size;
    const std::string sizes = in_64 ? little(0xffffffff, 4) + little(0xffffffff, 4)
                                    : little(part.content.size(), 4) + little(size, 4);
    const std::string extra = in_64 ? little(1, 2) + little(24, 2) + little(size, 8) +
                                          little(part.content.size(), 8) + little(file.size(), 8)
                                    : std::string();
    const std::string common = little(20, 2) + little(0, 2) +
                               little(static_cast<std::uint64_t>(part.method), 2) + little(0, 4) +
                               little(part.crc, 4) + sizes;
    directory += "PK\x01\x02" + little(20, 2) + common + little(part.name.size(), 2) +
                 little(extra.size(), 2) + little(0, 10) +
                 little(in_64 ? 0xffffffff : file.size(), 4) + part.name + extra;
    file += "PK\x03\x04" + common + little(part.name.size(), 2) + little(0, 2) + part.name +
            part.content;
  }
  const std::uint64_t at = file.size();
  file += directory;
  if (in_64) {
    const std::uint64_t end = file.size();
    file += "PK\x06\x06" + little(44, 8) + little(0, 12) + little(parts.size(), 8) +
            little(parts.size(), 8) + little(directory.size(), 8) + little(at, 8);
    file += "PK\x06\x07" + little(0, 4) + little(end, 8) + little(1, 4);
  }
  return file + "PK\x05\x06" + little(0, 4) + little(in_64 ? 0xffff : parts.size(), 2) +
         little(in_64 ? 0xffff : parts.size(), 2) + little(directory.size(), 4) +
         little(in_64 ? 0xffffffff : at, 4) + little(0, 2);
}

// What torch.save writes: the object and its storages.
inline std::string torch_file(const std::string& object,
                              const std::vector<std::pair<std::string, std::string>>& storages,
                              std::string_view byte_order = "little") {
  std::vector<ZipPart> parts = {{"archive/data.pkl", pickled::file(object)}};
  parts.push_back({"archive/byteorder", std::string(byte_order)});
  for (const auto& [key, content] : storages) parts.push_back({"archive/data/" + key, content});
  return zip_file(parts);
}

// A safetensors file: the header's text and the data.
inline std::string safetensors_file(const std::string& header, const std::string& data) {
  return little(header.size(), 8) + header + data;
}

}  // namespace evenkeel::test
