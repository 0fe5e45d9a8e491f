#include "web/playground/engine/kept_steps.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/io/formats/npy.hpp"

namespace evenkeel {
namespace {

constexpr double kMostExact =
    9007199254740992.0;  // 2^53: whole numbers up to this are exact in binary64

template <class T>
double value_at(const std::string& data, std::size_t at) {
  T value = 0;
  std::memcpy(&value, data.data() + at, sizeof value);
  return static_cast<double>(value);
}

template <class T>
void append(std::string& data, double value) {
  const auto as = static_cast<T>(value);
  char bytes[sizeof as];
  std::memcpy(bytes, &as, sizeof as);
  data.append(bytes, sizeof as);
}

}  // namespace

KeptSteps::Kind KeptSteps::kind_of(const Number& number) {
  if (!number.is_whole || number.whole > UINT32_MAX) return Kind::real;
  return number.whole > UINT16_MAX ? Kind::bytes_4 : Kind::bytes_2;
}

std::size_t KeptSteps::size_of(Kind kind) {
  constexpr std::size_t kSizes[] = {2, 4, 8};
  return kSizes[static_cast<std::size_t>(kind)];
}

void KeptSteps::put(double value) {
  if (kind_ == Kind::bytes_2) return append<std::uint16_t>(data_, value);
  if (kind_ == Kind::bytes_4) return append<std::uint32_t>(data_, value);
  append<double>(data_, value);
}

void KeptSteps::widen(Kind kind) {
  const std::string narrow = std::exchange(data_, {});
  const Kind before = std::exchange(kind_, kind);
  const std::size_t size = size_of(before);
  if (narrow.size() / size * size_of(kind) > most_bytes_) return give_up();
  data_.reserve(narrow.size() / size * size_of(kind));
  for (std::size_t at = 0; at < narrow.size(); at += size) {
    put(before == Kind::bytes_2 ? value_at<std::uint16_t>(narrow, at)
                                : value_at<std::uint32_t>(narrow, at));
  }
}

void KeptSteps::give_up() {
  keeps_ = false;
  data_ = {};
}

void KeptSteps::put_empty_steps(std::int64_t count) {
  const std::size_t size = layers_.size() * experts_ * size_of(kind_);
  if (static_cast<std::uint64_t>(count) > (most_bytes_ - data_.size()) / size) return give_up();
  data_.append(static_cast<std::size_t>(count) * size, '\0');
}

// False: the step before it is not like the first one, or does not precede it.
bool KeptSteps::begin_step(std::int64_t step) {
  if (step < step_ || rows_ != layers_.size()) return false;
  if (step_ < 0) {
    first_step_ = step;
  } else {
    put_empty_steps(step - step_ - 1);
  }
  step_ = step;
  rows_ = 0;
  return keeps_;
}

void KeptSteps::add(const Place& place, std::span<const Number> row) {
  if (!keeps_ || row.empty()) return give_up();
  if (place.step != step_ && !begin_step(place.step)) return give_up();
  if (step_ == first_step_) {
    if (!layers_.empty() && place.layer <= layers_.back()) return give_up();
    layers_.push_back(place.layer);
  } else if (rows_ == layers_.size() || layers_[rows_] != place.layer) {
    return give_up();
  }
  ++rows_;
  if (experts_ == 0) experts_ = row.size();
  if (experts_ != row.size()) return give_up();
  Kind kind = kind_;
  for (const Number& number : row) {
    kind = std::max(kind, kind_of(number));
    if (number.is_whole) whole_sum_ += number.real;
  }
  if (kind != kind_) widen(kind);
  if (data_.size() + row.size() * size_of(kind) > most_bytes_) give_up();
  if (!keeps_) return;
  for (const Number& number : row) put(number.real);
}

std::string KeptSteps::take(std::int64_t steps, std::int64_t layers, std::int64_t experts) {
  const bool is_exact = kind_ != Kind::real || whole_sum_ <= kMostExact;
  const bool is_complete = step_ >= 0 && step_ < steps && rows_ == layers_.size() &&
                           std::ssize(layers_) == layers &&
                           static_cast<std::int64_t>(experts_) == experts;
  if (!keeps_ || !is_exact || !is_complete) return {};
  put_empty_steps(first_step_ + steps - step_ - 1);
  if (!keeps_) return {};
  const auto before = static_cast<std::size_t>(first_step_ * layers * experts) * size_of(kind_);
  std::rotate(data_.begin(), data_.end() - static_cast<std::ptrdiff_t>(before), data_.end());
  constexpr const char* kTypes[] = {"<u2", "<u4", "<f8"};
  const std::int64_t sizes[] = {steps, layers, experts};
  data_.insert(0, npy_header(kTypes[static_cast<std::size_t>(kind_)], sizes));
  return std::move(data_);
}

}  // namespace evenkeel
