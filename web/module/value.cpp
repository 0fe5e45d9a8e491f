#include "web/module/value.hpp"

#include <utility>

namespace evenkeel {

Given Given::after() const {
  return Given(reinterpret_cast<const ValueHead*>(first<char>() + head_->bytes));
}

Given Given::operator[](std::string_view name) const {
  static constexpr ValueHead kNothing;
  Given member(head_ + 1);
  for (std::uint32_t i = 0; head_->kind == Kind::object && i < head_->count; ++i) {
    const Given value = member.after();
    if (member.text() == name) return value;
    member = value.after();
  }
  return Given(&kNothing);
}

std::vector<std::string> Given::texts() const {
  std::vector<std::string> texts;
  Given value(head_ + 1);
  for (std::uint32_t i = 0; i < head_->count; ++i) {
    texts.emplace_back(value.text());
    value = value.after();
  }
  return texts;
}

Answer Answer::truth(bool value) {
  Answer answer(Kind::truth);
  answer.head_.count = value ? 1 : 0;
  return answer;
}

void Answer::push(const Answer& value) {
  append(value);
  ++head_.count;
}

void Answer::set(std::string_view name, const Answer& value) {
  append(Answer(name));
  append(value);
  ++head_.count;
}

std::string Answer::take_bytes() {
  bytes_.replace(0, sizeof head_, reinterpret_cast<const char*>(&head_), sizeof head_);
  return std::move(bytes_);
}

void Answer::append(const void* from, std::size_t size) {
  bytes_.append(static_cast<const char*>(from), size);
  bytes_.resize((bytes_.size() + 7) & ~std::size_t{7});
  head_.bytes = static_cast<std::uint32_t>(bytes_.size() - sizeof head_);
}

void Answer::append(const Answer& value) {
  append(&value.head_, sizeof head_);
  append(value.bytes_.data() + sizeof head_, value.bytes_.size() - sizeof head_);
}

}  // namespace evenkeel
