// Loads from PyTorch's .pt (its zip form and its older one), from .npz, and from objects that np.save has pickled.
#include <algorithm>
#include <map>

#include "core/base/text.hpp"
#include "core/io/formats/little_endian.hpp"
#include "core/io/formats/zip.hpp"
#include "core/io/loads/array_rows.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/recorded_object.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kObject = "data.pkl";
constexpr std::string_view kTorchMagic =
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

using Bytes = std::span<const std::byte>;

Status too_short(std::string_view name, std::string_view key, std::uint64_t size,
                 std::size_t have) {
  return refuse(name, "storage ", in_quotes(key), " has ", have, " bytes, but its tensors need ",
                size);
}

// A pickle has up to 8 million values, which take some bytes each.
constexpr std::uint64_t kLargestObject = std::uint64_t{256} << 20;

// The object of a torch archive, FOLDER/data.pkl; null: it is no torch archive.
Status find_torch_object(std::string_view name, const ZipArchive& archive, const ZipEntry*& out) {
  out = nullptr;
  for (const ZipEntry& entry : archive.entries()) {
    if (entry.name != kObject && !entry.name.ends_with("/data.pkl")) continue;
    if (out != nullptr) return refuse(name, "the archive holds two objects, data.pkl");
    out = &entry;
  }
  return {};
}

// An object in an opened archive, with its storages FOLDER/data/KEY.
class TorchArchive {
 public:
  TorchArchive(std::string_view name, const Inflate& inflate, ZipArchive& archive)
      : name_(name), inflate_(inflate), archive_(archive) {}

  Status open(const ZipEntry& object) {
    folder_ = object.name.substr(0, object.name.size() - kObject.size());
    if (const ZipEntry* const order = archive_.find(folder_ + "byteorder"); order != nullptr) {
      if (Status s = read(*order, byte_order_); !s.ok()) return s;
    }
    Bytes pickle;
    if (Status s = archive_.read(object, inflate_, room_, pickle, kLargestObject); !s.ok()) {
      return s;
    }
    std::size_t size = 0;
    return pickle_.read(pickle, name_, size);
  }

  PickleValue root() const { return pickle_.root(); }
  bool swapped() const { return (as_text(byte_order_) == "big") == kLittleEndian; }

  Status storage(std::string_view key, std::uint64_t size, Bytes& out) {
    const ZipEntry* const entry = archive_.find(folder_ + "data/" + std::string(key));
    if (entry == nullptr) return refuse(name_, "the archive has no storage ", in_quotes(key));
    if (Status s = read(*entry, out); !s.ok()) return s;
    return out.size() < size ? too_short(name_, key, size, out.size()) : Status();
  }

 private:
  struct Content {
    std::vector<std::byte> room;  // where it was inflated
    Bytes bytes;
  };

  // Many tensors may share a storage, which is read and checked only once.
  Status read(const ZipEntry& entry, Bytes& out) {
    const auto [at, is_new] = contents_.try_emplace(&entry);
    Content& content = at->second;
    if (is_new) {
      if (Status s = archive_.read(entry, inflate_, content.room, content.bytes); !s.ok()) return s;
    }
    out = content.bytes;
    return {};
  }

  std::string_view name_;
  const Inflate& inflate_;
  ZipArchive& archive_;
  std::string folder_;
  Bytes byte_order_;
  std::vector<std::byte> room_;  // of the pickle
  Pickle pickle_;
  std::map<const ZipEntry*, Content> contents_;
};

// torch.save's form before version 1.6: five pickles (magic, version, sizes of types, the object, the keys of its
// storages), then for each key the number of elements and the elements.
class TorchStream {
 public:
  explicit TorchStream(std::string_view name) : name_(name) {}

  Status open(Bytes bytes) {
    rest_ = bytes;
    Pickle header;
    for (int i = 0; i < 2; ++i) {
      if (Status s = next(header); !s.ok()) return s;
    }
    if (Status s = next(header); !s.ok()) return s;
    if (const auto little = header.root().find("little_endian"); little) {
      swapped_ = (little->integer() == 0) == kLittleEndian;
    }
    if (Status s = next(object_); !s.ok()) return s;
    if (Status s = next(keys_); !s.ok()) return s;
    return find_storages();
  }

  PickleValue root() const { return object_.root(); }
  bool swapped() const { return swapped_; }

  Status storage(std::string_view key, std::uint64_t size, Bytes& out) const {
    const auto found = storages_.find(std::string(key));
    if (found == storages_.end()) {
      return refuse(name_, "the file has no storage ", in_quotes(key));
    }
    out = found->second;
    return out.size() < size ? too_short(name_, key, size, out.size()) : Status();
  }

 private:
  // Only the object says how large an element of a storage is.
  Status find_storages() {
    std::map<std::string_view, std::uint64_t> item_sizes;
    object_.each(PickleKind::persistent, [&](const PickleValue& value) {
      const PickleValue storage = value[0];
      if (storage.size() < 3 || !storage.is(PickleKind::tuple)) return;
      item_sizes[storage[2].text()] = torch_item_size(storage[1].text());
    });
    const PickleValue keys = keys_.root();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string_view key = keys[i].text();
      const std::uint64_t item_size = item_sizes[key];
      if (item_size == 0) {
        return refuse(name_, "storage ", in_quotes(key), " is of a type whose size is not known; ",
                      "save only the loads, as integers");
      }
      if (rest_.size() < 8) return too_short(name_, key, 8, rest_.size());
      const std::uint64_t count = little_endian(rest_, 0, 8);
      rest_ = rest_.subspan(8);
      if (count > rest_.size() / item_size) {
        return refuse(name_, "truncated: storage ", in_quotes(key), " has ", count,
                      " elements, but only ", rest_.size(), " bytes follow");
      }
      const auto size = static_cast<std::size_t>(count * item_size);
      storages_[std::string(key)] = rest_.first(size);
      rest_ = rest_.subspan(size);
    }
    return {};
  }

  Status next(Pickle& pickle) {
    std::size_t size = 0;
    if (Status s = pickle.read(rest_, name_, size); !s.ok()) return s;
    rest_ = rest_.subspan(size);
    return {};
  }

  std::string_view name_;
  Bytes rest_;  // behind the pickles
  Pickle object_;
  Pickle keys_;
  bool swapped_ = false;
  std::map<std::string, Bytes> storages_;
};

Status add_opened(std::string_view name, auto& file, const ReadOptions& options, WindowSum& window,
                  std::vector<std::string>& notes) {
  const RecordedObject object(
      name,
      [&](std::string_view key, std::uint64_t size, Bytes& out) {
        return file.storage(key, size, out);
      },
      file.swapped());
  return add_object(name, file.root(), object, options, window, notes);
}

// The index of the only array of an .npz, or an error that names those that are there.
Status find_array(std::string_view name, const ZipArchive& archive, const ZipEntry*& out) {
  std::string names;
  out = nullptr;
  for (const ZipEntry& entry : archive.entries()) {
    names += (names.empty() ? "" : ", ") + in_quotes(entry.name);
    if (!entry.name.ends_with(".npy")) continue;
    const bool known = entry.name == "logical_count.npy" || entry.name == "loads.npy";
    if (out == nullptr || known) out = &entry;
    if (known) return {};
  }
  const auto arrays =
      std::count_if(archive.entries().begin(), archive.entries().end(),
                    [](const ZipEntry& entry) { return entry.name.ends_with(".npy"); });
  if (arrays == 1) return {};
  return refuse(name, "a zip archive with ",
                arrays == 0 ? "no array: " : "several arrays: ", names.substr(0, 300),
                "; expected one array, or one named loads or logical_count");
}

}  // namespace

bool is_torch_stream(Bytes bytes) { return as_text(bytes).starts_with(kTorchMagic); }

Status add_torch_stream(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
                        std::vector<std::string>& notes) {
  TorchStream stream(file.name);
  if (Status status = stream.open(file.bytes); !status.ok()) return status;
  return add_opened(file.name, stream, options, window, notes);
}

Status add_zip(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
               std::vector<std::string>& notes) {
  ZipArchive archive;
  if (Status status = archive.open(file.bytes, file.name); !status.ok()) return status;
  const ZipEntry* entry = nullptr;
  if (Status s = find_torch_object(file.name, archive, entry); !s.ok()) return s;
  if (entry != nullptr) {
    TorchArchive torch(file.name, options.inflate, archive);
    if (Status status = torch.open(*entry); !status.ok()) return status;
    return add_opened(file.name, torch, options, window, notes);
  }
  if (Status status = find_array(file.name, archive, entry); !status.ok()) return status;
  std::vector<std::byte> room;
  Bytes array;
  if (Status s = archive.read(*entry, options.inflate, room, array); !s.ok()) return s;
  return add_npy({file.name, array}, options, window, notes);
}

Status add_pickled_npy(const RecordedFile& pickled, const ReadOptions& options, WindowSum& window,
                       std::vector<std::string>& notes) {
  Pickle pickle;
  std::size_t size = 0;
  if (Status status = pickle.read(pickled.bytes, pickled.name, size); !status.ok()) return status;
  const RecordedObject object(
      pickled.name,
      [&](std::string_view key, std::uint64_t, Bytes&) {
        return refuse(pickled.name, "the file has no storage ", in_quotes(key));
      },
      false);
  // numpy pickles an array without dimensions, whose only element is the object.
  PickleValue root = pickle.root();
  if (root.is(PickleKind::call) && root.size() == 3 && root[2].is(PickleKind::tuple) &&
      root[2].size() >= 5 && root[2][4].is(PickleKind::list) && root[2][4].size() == 1) {
    root = root[2][4][0];
  }
  return add_object(pickled.name, root, object, options, window, notes);
}

std::int64_t rank_in_pickle(const RecordedFile& file, const ReadOptions& options) {
  if (is_torch_stream(file.bytes)) {
    TorchStream stream(file.name);
    return stream.open(file.bytes).ok() ? rank_of_object(stream.root()) : -1;
  }
  ZipArchive archive;
  const ZipEntry* object = nullptr;
  if (!archive.open(file.bytes, file.name).ok() ||
      !find_torch_object(file.name, archive, object).ok() || object == nullptr) {
    return -1;
  }
  TorchArchive torch(file.name, options.inflate, archive);
  return torch.open(*object).ok() ? rank_of_object(torch.root()) : -1;
}

}  // namespace evenkeel
