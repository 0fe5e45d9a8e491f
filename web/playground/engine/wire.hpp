// Messages as bytes, between the playground and its engine (a worker of the page or a thread of the window).
//
// A message has two bytes, the version of the format and the kind of the message, followed by its members.
// Lists begin with their length in 64 bits on every platform. A receiver reads the kind, then the type of
// that kind; a message that does not match is rejected completely, with an error.
//
// A message type lists its members once: template <class Wire> void fields(Wire& wire) { wire(a, b); }
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

// Increase it when a member of a message changes, or the layout of a type that is sent as its memory.
inline constexpr std::uint8_t kWireVersion = 3;

using Bytes = std::vector<std::byte>;

class WireWriter {
 public:
  template <class... T>
  void operator()(T&... values) {
    (put(values), ...);
  }
  Bytes take() { return std::move(bytes_); }

 private:
  // Where it is inlined, g++ 12 warns of sizes that cannot be.
  [[gnu::noinline]] void raw(const void* from, std::size_t size) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + size);
    std::memcpy(bytes_.data() + at, from, size);
  }
  template <class T>
  void put(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      raw(&value, sizeof value);
    } else {
      value.fields(*this);
    }
  }
  void put(std::string& text) { put_list(text); }
  template <class T>
  void put(std::vector<T>& list) {
    put_list(list);
  }
  template <class List>
  void put_list(List& list) {
    std::uint64_t size = list.size();
    put(size);
    if constexpr (std::is_trivially_copyable_v<typename List::value_type>) {
      if (size != 0) raw(list.data(), size * sizeof(typename List::value_type));
    } else {
      for (auto& value : list) put(value);
    }
  }

  Bytes bytes_;
};

class WireReader {
 public:
  explicit WireReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  // Whether the message was complete, without bytes left over.
  bool whole() const { return good_ && bytes_.empty(); }

 private:
  bool raw(void* to, std::size_t size) {
    good_ = good_ && size <= bytes_.size();
    if (!good_) return false;
    if (size != 0) std::memcpy(to, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return true;
  }
  template <class T>
  void get(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      raw(&value, sizeof value);
    } else {
      value.fields(*this);
    }
  }
  void get(std::string& text) { get_list(text); }
  template <class T>
  void get(std::vector<T>& list) {
    get_list(list);
  }
  template <class List>
  void get_list(List& list) {
    using Value = typename List::value_type;
    std::uint64_t length = 0;
    get(length);
    good_ = good_ && length <= bytes_.size();  // each value takes at least one byte
    if (!good_) return;
    const auto size = static_cast<std::size_t>(length);
    if constexpr (std::is_trivially_copyable_v<Value>) {
      good_ = size <= bytes_.size() / sizeof(Value);
      if (!good_) return;
      list.resize(size);
      raw(list.data(), size * sizeof(Value));
    } else {
      list.resize(size);
      for (Value& value : list) get(value);
    }
  }

  std::span<const std::byte> bytes_;
  bool good_ = true;
};

template <class Message>
Bytes to_bytes(Message message) {
  WireWriter wire;
  std::uint8_t version = kWireVersion;
  auto kind = Message::kKind;
  wire(version, kind);
  message.fields(wire);
  return wire.take();
}

// The kind of a message. Errors: not a message, or another version of the format.
template <class Kind>
Status kind_of(std::span<const std::byte> bytes, Kind& out) {
  std::uint8_t version = 0;
  WireReader wire(bytes.first(bytes.size() < 2 ? 0 : 2));
  wire(version, out);
  if (!wire.whole()) return Status::error("a message between page and engine is empty");
  if (version == kWireVersion) return {};
  return Status::error("a message between page and engine has format " + std::to_string(version) +
                       ", but this program reads format " + std::to_string(kWireVersion) +
                       ": load the page again");
}

// Reads a message of this type into `out`. Errors: those of kind_of, another kind, too few or too many bytes;
// `out` does not change then.
template <class Message>
Status from_bytes(std::span<const std::byte> bytes, Message& out) {
  auto kind = Message::kKind;
  if (Status status = kind_of(bytes, kind); !status.ok()) return status;
  if (kind == Message::kKind) {
    WireReader wire(bytes.subspan(2));
    Message message;
    message.fields(wire);
    if (wire.whole()) {
      out = std::move(message);
      return {};
    }
  }
  return Status::error("a message between page and engine is incomplete (kind " +
                       std::to_string(static_cast<int>(kind)) + ")");
}

}  // namespace evenkeel
