#include "core/io/steps/kept_steps.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/io/formats/npy.hpp"

namespace evenkeel {
namespace {

// 2^53: whole numbers up to this are exact in binary64.
constexpr double kMostExact = 9007199254740992.0;

template <class T>
T kept_value(const char* at) {
  T value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class T>
void keep_value(T value, char* at) {
  std::memcpy(at, &value, sizeof value);
}

Number whole_number(std::uint64_t whole) { return {static_cast<double>(whole), whole, true}; }

}  // namespace

KeptSteps::Kind KeptSteps::kind_of(const Number& number) {
  if (!number.is_whole) return Kind::real;
  if (number.whole > UINT32_MAX) return Kind::bytes_8;
  return number.whole > UINT16_MAX ? Kind::bytes_4 : Kind::bytes_2;
}

std::size_t KeptSteps::size_of(Kind kind) {
  constexpr std::size_t kSizes[] = {2, 4, 8, 8};
  return kSizes[static_cast<std::size_t>(kind)];
}

Number KeptSteps::get(std::size_t cell) const {
  const char* const at = data_.data() + cell * size_of(kind_);
  switch (kind_) {
    case Kind::bytes_2:
      return whole_number(kept_value<std::uint16_t>(at));
    case Kind::bytes_4:
      return whole_number(kept_value<std::uint32_t>(at));
    case Kind::bytes_8:
      return whole_number(kept_value<std::uint64_t>(at));
    case Kind::real:
      break;
  }
  return {kept_value<double>(at), 0, false};
}

void KeptSteps::put(const Number& number, Kind kind, char* at) {
  switch (kind) {
    case Kind::bytes_2:
      return keep_value(static_cast<std::uint16_t>(number.whole), at);
    case Kind::bytes_4:
      return keep_value(static_cast<std::uint32_t>(number.whole), at);
    case Kind::bytes_8:
      return keep_value(number.whole, at);
    case Kind::real:
      return keep_value(number.real, at);
  }
}

void KeptSteps::give_up() {
  keeps_ = false;
  data_ = {};
}

bool KeptSteps::fits(std::int64_t steps, std::size_t cells, Kind kind) const {
  const std::size_t step = std::max<std::size_t>(1, cells * size_of(kind));
  return static_cast<std::uint64_t>(steps) <= most_bytes_ / step;
}

// Gives every cell its place among these layers, which contain those so far, and experts.
void KeptSteps::reshape(const std::vector<std::int64_t>& layers, std::size_t experts, Kind kind) {
  if (layers == layers_ && experts == experts_ && kind == kind_) return;
  const std::size_t cells_now = layers.size() * experts;
  if (!fits(steps_, cells_now, kind)) return give_up();
  const std::size_t size = size_of(kind);
  std::string data(static_cast<std::size_t>(steps_) * cells_now * size, '\0');
  std::vector<std::size_t> rows;
  for (const std::int64_t layer : layers_) {
    const auto at = std::lower_bound(layers.begin(), layers.end(), layer);
    if (at == layers.end() || *at != layer) return give_up();
    rows.push_back(static_cast<std::size_t>(at - layers.begin()));
  }
  const std::size_t kept_experts = std::min(experts, experts_);  // the others have no load
  for (std::size_t step = 0; step < static_cast<std::size_t>(steps_); ++step) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::size_t from = step * cells() + row * experts_;
      char* to = data.data() + (step * cells_now + rows[row] * experts) * size;
      for (std::size_t e = 0; e < kept_experts; ++e, to += size) put(get(from + e), kind, to);
    }
  }
  data_ = std::move(data);
  layers_ = layers;
  experts_ = experts;
  kind_ = kind;
}

void KeptSteps::resize(std::int64_t steps) {
  if (!fits(steps, cells(), kind_)) return give_up();
  data_.resize(static_cast<std::size_t>(steps) * cells() * size_of(kind_), '\0');
  steps_ = steps;
}

// The row of a layer, which has room for so many experts afterwards.
std::size_t KeptSteps::row_of(std::int64_t layer, std::size_t experts) {
  const bool is_next = next_row_ < layers_.size() && layers_[next_row_] == layer;
  const auto found = is_next ? layers_.begin() + static_cast<std::ptrdiff_t>(next_row_)
                             : std::lower_bound(layers_.begin(), layers_.end(), layer);
  const auto row = static_cast<std::size_t>(found - layers_.begin());
  std::vector<std::int64_t> layers;
  if (found == layers_.end() || *found != layer) {
    layers = layers_;
    layers.insert(layers.begin() + static_cast<std::ptrdiff_t>(row), layer);
  }
  // Rows of lists that leave out zeros may become longer again and again.
  const std::size_t room = experts_ == 0 ? experts : std::max(experts, experts_ + experts_ / 2);
  if (!layers.empty() || experts > experts_) {
    reshape(layers.empty() ? layers_ : layers, experts > experts_ ? room : experts_, kind_);
  }
  next_row_ = row + 1 < layers_.size() ? row + 1 : 0;
  return row;
}

void KeptSteps::add(const Place& place, std::span<const Number> row) {
  const std::int64_t step = place.step - first_step_;
  if (!keeps_ || step < 0) return;
  const std::size_t layer = row_of(place.layer, row.size());
  if (keeps_ && step >= steps_) resize(step + 1);
  if (!keeps_) return;
  in_order_ = in_order_ && step + 1 == steps_;
  std::size_t first = static_cast<std::size_t>(step) * cells() + layer * experts_;
  sum_.assign(row.begin(), row.end());
  Kind kind = kind_;
  for (std::size_t e = 0; e < row.size(); ++e) {
    if (row[e].is_whole) whole_sum_ += row[e].real;
    sum_[e] += get(first + e);
    kind = std::max(kind, kind_of(sum_[e]));
  }
  if (kind != kind_) reshape(layers_, experts_, kind);
  if (!keeps_) return;
  const std::size_t size = size_of(kind);
  char* at = data_.data() + first * size;
  for (std::size_t e = 0; e < row.size(); ++e, at += size) put(sum_[e], kind, at);
}

bool KeptSteps::finish(const Loads& read) {
  std::vector<std::int64_t> layers;
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(read.layers); ++layer) {
    layers.push_back(read.numbers()[layer]);
  }
  if (keeps_) reshape(layers, static_cast<std::size_t>(read.experts), kind_);
  if (keeps_ && steps_ > read.steps) give_up();
  if (keeps_) resize(read.steps);
  return keeps_;
}

bool KeptSteps::is_exact() const {
  return kind_ != Kind::real || (in_order_ && whole_sum_ <= kMostExact);
}

RawSteps KeptSteps::steps() const {
  RawSteps raw;
  raw.data = reinterpret_cast<const std::byte*>(data_.data());
  raw.kind = kind_ == Kind::real ? ElementKind::real : ElementKind::unsigned_integer;
  raw.item_size = static_cast<std::int32_t>(size_of(kind_));
  raw.layers = static_cast<std::int32_t>(layers_.size());
  raw.experts = static_cast<std::int32_t>(experts_);
  raw.steps = steps_;
  return raw;
}

std::string KeptSteps::take_npy() {
  constexpr const char* kTypes[] = {"<u2", "<u4", "<u8", "<f8"};
  const std::int64_t sizes[] = {steps_, std::ssize(layers_), static_cast<std::int64_t>(experts_)};
  data_.insert(0, npy_header(kTypes[static_cast<std::size_t>(kind_)], sizes));
  return std::exchange(data_, {});
}

}  // namespace evenkeel
