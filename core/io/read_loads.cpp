// Selects one of the three readers for a file of loads.
#include "core/io/read_loads.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/npy.hpp"

namespace evenkeel {
namespace {

// Whether the name ends with `extension` (lower case), ignoring case.
bool has_extension(std::string_view name, std::string_view extension) {
  if (name.size() < extension.size()) return false;
  name.remove_prefix(name.size() - extension.size());
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] + 32) : name[i];
    if (c != extension[i]) return false;
  }
  return true;
}

bool begins_like_json(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    const char c = static_cast<char>(byte);
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    return c == '{' || c == '[';
  }
  return false;
}

bool begins_with(std::span<const std::byte> bytes, std::string_view magic) {
  if (bytes.size() < magic.size()) return false;
  for (std::size_t i = 0; i < magic.size(); ++i) {
    if (static_cast<char>(bytes[i]) != magic[i]) return false;
  }
  return true;
}

// Recognises common files that are not loads and says what to do; "" for all others.
const char* known_stranger(std::span<const std::byte> bytes) {
  if (begins_with(bytes, "PK\x03\x04")) {
    return "a zip archive, such as .npz or PyTorch's .pt; save only the array, for example with "
           "np.save(\"loads.npy\", torch.load(\"recorded.pt\")[\"logical_count\"].numpy())";
  }
  if (begins_with(bytes, "\x1f\x8b") || begins_with(bytes, "\x28\xb5\x2f\xfd")) {
    return "compressed; decompress it first, for example with zcat or zstdcat into standard input "
           "(-)";
  }
  return "";
}

}  // namespace

Status read_loads(std::span<const std::byte> bytes, std::string_view name,
                  const ReadOptions& options, Loads& out) {
  if (bytes.empty()) {
    return refuse(name, "empty; expected recorded loads as .npy, JSON or CSV");
  }
  if (const std::string_view stranger = known_stranger(bytes); !stranger.empty()) {
    return refuse(name, stranger);
  }
  if (has_extension(name, ".npy")) return read_loads_npy(bytes, name, options, out);
  if (has_extension(name, ".json")) return read_loads_json(bytes, name, options, out);
  if (has_extension(name, ".csv")) return read_loads_csv(bytes, name, options, out);
  if (is_npy(bytes)) return read_loads_npy(bytes, name, options, out);
  if (begins_like_json(bytes)) return read_loads_json(bytes, name, options, out);
  if (std::find(bytes.begin(), bytes.end(), std::byte{0}) != bytes.end()) {
    return refuse(name, "not .npy, JSON or CSV: it contains bytes that are not text");
  }
  return read_loads_csv(bytes, name, options, out);
}

}  // namespace evenkeel
