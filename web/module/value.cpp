#include "web/module/value.hpp"

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

std::string Answer::bytes() const {
  return std::string(reinterpret_cast<const char*>(&head_), sizeof head_) + payload_;
}

void Answer::append(const void* from, std::size_t size) {
  payload_.append(static_cast<const char*>(from), size);
  payload_.resize((payload_.size() + 7) & ~std::size_t{7});
  head_.bytes = static_cast<std::uint32_t>(payload_.size());
}

void Answer::append(const Answer& value) {
  append(&value.head_, sizeof value.head_);
  append(value.payload_.data(), value.payload_.size());
}

}  // namespace evenkeel
