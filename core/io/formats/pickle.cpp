#include "core/io/formats/pickle.hpp"

#include <cstring>

namespace evenkeel {

PickleKind PickleValue::kind() const { return pickle_->values_[index_].kind; }

bool PickleValue::is_call(std::string_view name) const {
  return is(PickleKind::call) && (*this)[0].text() == name;
}

std::int64_t PickleValue::integer() const {
  return static_cast<std::int64_t>(pickle_->values_[index_].bits);
}

std::string_view PickleValue::text() const {
  const Pickle::Value& value = pickle_->values_[index_];
  switch (value.kind) {
    case PickleKind::text:
    case PickleKind::bytes:
      return pickle_->source_.substr(static_cast<std::size_t>(value.bits), value.size);
    case PickleKind::name:
      return pickle_->names_[static_cast<std::size_t>(value.bits)];
    default:
      return {};
  }
}

std::size_t PickleValue::size() const {
  const Pickle::Value& value = pickle_->values_[index_];
  switch (value.kind) {
    case PickleKind::list:
    case PickleKind::tuple:
    case PickleKind::dict:
    case PickleKind::call:
    case PickleKind::persistent:
      return pickle_->containers_[static_cast<std::size_t>(value.bits)].size();
    default:
      return 0;
  }
}

PickleValue PickleValue::operator[](std::size_t i) const {
  const auto container = static_cast<std::size_t>(pickle_->values_[index_].bits);
  return {*pickle_, pickle_->containers_[container][i]};
}

std::optional<PickleValue> PickleValue::find(std::string_view key) const {
  constexpr std::size_t kSmall = 128;
  if (!is(PickleKind::dict)) return {};
  const std::size_t end = size();
  // Many records may be one large dictionary: it is searched only once for each of the few keys that readers know.
  std::size_t* known = nullptr;
  if (end > 2 * kSmall) {
    const auto [at, is_new] = pickle_->found_.try_emplace(
        {pickle_->values_[index_].bits, std::string(key)}, std::size_t{0});
    known = &at->second;
    if (!is_new) return *known == 0 ? std::nullopt : std::optional((*this)[*known]);
  }
  for (std::size_t i = end; i >= 2; i -= 2) {
    const PickleValue name = (*this)[i - 2];
    if (!name.is(PickleKind::text) || name.text() != key) continue;
    if (known != nullptr) *known = i - 1;
    return (*this)[i - 1];
  }
  return {};
}

}  // namespace evenkeel
