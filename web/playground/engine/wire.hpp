// Messages as bytes, between the playground and its engine: a worker of the page, a thread of the window.
// Both ends are the same build of the same sources; a message that does not fit is dropped whole.
//
// A message type lists its members once: template <class Wire> void fields(Wire& wire) { wire(a, b); }
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace evenkeel {

using Bytes = std::vector<std::byte>;

class WireWriter {
 public:
  template <class... T>
  void operator()(T&... values) {
    (put(values), ...);
  }
  Bytes take() { return std::move(bytes_); }

 private:
  void raw(const void* from, std::size_t size) {
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
    std::size_t size = list.size();
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
  // Everything was there and nothing is left.
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
    std::size_t size = 0;
    get(size);
    good_ = good_ && size <= bytes_.size();  // each value has a byte at least
    if (!good_) return;
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

// A message begins with its kind, one byte that its type names.
template <class Message>
Bytes to_bytes(Message message) {
  WireWriter wire;
  auto kind = Message::kKind;
  wire(kind);
  message.fields(wire);
  return wire.take();
}

// Reads a message of this type into `out`; false for any other.
template <class Message>
bool from_bytes(std::span<const std::byte> bytes, Message& out) {
  WireReader wire(bytes);
  auto kind = Message::kKind;
  wire(kind);
  if (kind != Message::kKind) return false;
  Message message;
  message.fields(wire);
  if (!wire.whole()) return false;
  out = std::move(message);
  return true;
}

}  // namespace evenkeel
