// Values in the module's memory, as requests and answers: memory.js reads and writes the same bytes.
//
// A value has a head of four 32-bit numbers: its kind, its count (of bytes, numbers, values or members), the bytes
// that follow, and the address of numbers that do not follow (else 0). All parts are padded to 8 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace evenkeel {

// An object's members are its names, each followed by its value.
enum class Kind : std::uint32_t {
  nothing,
  text,
  float64,
  float32,
  int32,
  bytes,
  list,
  object,
  number,
  truth
};

struct ValueHead {
  Kind kind = Kind::nothing;
  std::uint32_t count = 0;
  std::uint32_t bytes = 0;
  std::uint32_t address = 0;
};

template <class Number>
constexpr Kind kind_of_numbers() {
  if (std::is_same_v<Number, double>) return Kind::float64;
  if (std::is_same_v<Number, float>) return Kind::float32;
  return std::is_same_v<Number, std::int32_t> ? Kind::int32 : Kind::bytes;
}

// A value of a request, which memory.js has written: a view that is valid during the call.
class Given {
 public:
  explicit Given(const ValueHead* head) : head_(head) {}

  // The member of this name; nothing if there is none.
  Given operator[](std::string_view name) const;
  bool is_missing() const { return head_->kind == Kind::nothing; }
  std::string_view text() const { return {first<char>(), head_->count}; }
  std::vector<std::string> texts() const;
  // Numbers of this type; numbers of a JavaScript array are converted.
  template <class Number>
  std::vector<Number> numbers() const {
    if (head_->kind == kind_of_numbers<Number>()) return copied<Number, Number>();
    if (head_->kind == Kind::float64) return copied<Number, double>();
    return {};
  }

 private:
  template <class T>
  const T* first() const {
    return reinterpret_cast<const T*>(head_ + 1);
  }
  template <class To, class From>
  std::vector<To> copied() const {
    return std::vector<To>(first<From>(), first<From>() + head_->count);
  }
  Given after() const;

  const ValueHead* head_;
};

// A value of an answer, as its bytes.
class Answer {
 public:
  Answer() : Answer(Kind::nothing) {}
  explicit Answer(std::string_view text) : Answer(Kind::text) {
    head_.count = static_cast<std::uint32_t>(text.size());
    append(text.data(), text.size());
  }
  explicit Answer(double number) : Answer(Kind::number) { append(&number, sizeof number); }
  static Answer truth(bool value);
  static Answer list() { return Answer(Kind::list); }
  static Answer object() { return Answer(Kind::object); }
  template <class Number>
  static Answer numbers(const std::vector<Number>& numbers) {
    Answer answer(kind_of_numbers<Number>());
    answer.head_.count = static_cast<std::uint32_t>(numbers.size());
    answer.append(numbers.data(), numbers.size() * sizeof(Number));
    return answer;
  }

  // The same without a copy: the numbers must stay where they are until JavaScript has read the answer.
  template <class Number>
  static Answer numbers_at(const std::vector<Number>& numbers) {
    Answer answer(kind_of_numbers<Number>());
    answer.head_.count = static_cast<std::uint32_t>(numbers.size());
    answer.head_.address =
        static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(numbers.data()));
    return answer;
  }

  void push(const Answer& value);
  void set(std::string_view name, const Answer& value);
  // All of it; nothing is left.
  std::string take_bytes();

 private:
  explicit Answer(Kind kind) { head_.kind = kind; }
  void append(const void* from, std::size_t size);
  void append(const Answer& value);

  ValueHead head_;
  std::string bytes_ = std::string(sizeof(ValueHead), '\0');  // with room for the head
};

}  // namespace evenkeel
