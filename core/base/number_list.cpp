#include "core/base/number_list.hpp"

#include <algorithm>
#include <utility>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kMostPieces = 4096;

// Splits at the first `separator`; what follows it stays in `text`, which is empty at the end.
std::string_view cut_piece(std::string_view& text, char separator, bool& more) {
  const std::size_t at = text.find(separator);
  const std::string_view piece = text.substr(0, at);
  more = at != std::string_view::npos;
  text.remove_prefix(more ? at + 1 : text.size());
  return piece;
}

// A number from 0; an empty text leaves `out` as it is.
bool parse_end(std::string_view text, std::int64_t& out) {
  return text.empty() || (parse_integer(text, out) && out >= 0);
}

bool parse_piece(std::string_view text, NumberList::Piece& out) {
  bool more = false;
  const std::string_view begin = cut_piece(text, ':', more);
  if (!more) {  // one number
    if (begin.empty() || !parse_end(begin, out.begin)) return false;
    out.end = out.begin + 1;
    return true;
  }
  const std::string_view end = cut_piece(text, ':', more);
  if (!parse_end(begin, out.begin) || !parse_end(end, out.end)) return false;
  if (more && (text.empty() || !parse_end(text, out.step) || out.step == 0)) return false;
  return out.begin < out.end;
}

// The last number of a piece; kOpen: it has no end.
std::int64_t last_of(const NumberList::Piece& piece) {
  if (piece.end == NumberList::kOpen) return NumberList::kOpen;
  return piece.begin + (piece.end - 1 - piece.begin) / piece.step * piece.step;
}

}  // namespace

NumberList NumberList::of(std::span<const std::int32_t> numbers) {
  NumberList list;
  list.pieces_.clear();
  for (std::size_t i = 0; i < numbers.size();) {
    // A step needs three numbers, or two that follow each other.
    std::int64_t step = i + 1 < numbers.size() ? numbers[i + 1] - numbers[i] : 1;
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] - numbers[last] == step) ++last;
    if (last == i + 1 && step != 1) last = i;
    if (last == i) step = 1;
    list.pieces_.push_back({numbers[i], std::int64_t{numbers[last]} + 1, step});
    i = last + 1;
  }
  return list;
}

bool NumberList::contains(std::int64_t number) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [number](const Piece& piece) {
    return piece.begin >= 0 && number >= piece.begin && number < piece.end &&
           (number - piece.begin) % piece.step == 0;
  });
}

std::int64_t NumberList::count() const {
  std::int64_t count = 0;
  for (const Piece& piece : pieces_) {
    if (piece.end == kOpen) return -1;
    count += (piece.end - 1 - piece.begin) / piece.step + 1;
  }
  return count;
}

std::vector<std::int64_t> NumberList::first(std::size_t most) const {
  std::vector<std::int64_t> numbers;
  for (const Piece& piece : pieces_) {
    std::int64_t number = piece.begin;
    while (numbers.size() < most && number < piece.end) {
      numbers.push_back(number);
      if (piece.step > kOpen - number) break;
      number += piece.step;
    }
  }
  return numbers;
}

std::string NumberList::text() const {
  std::string text;
  for (const Piece& piece : pieces_) {
    if (!text.empty()) text += ",";
    text += std::to_string(piece.begin);
    if (piece.end == piece.begin + 1) continue;
    text += ":";
    if (piece.end != kOpen) text += std::to_string(piece.end);
    if (piece.step != 1) text += ":" + std::to_string(piece.step);
  }
  return text;
}

std::string numbers_text(std::span<const std::int32_t> numbers) {
  constexpr std::size_t kMost = 60;
  std::string text = NumberList::of(numbers).text();
  if (text.size() <= kMost) return text;
  text.resize(text.rfind(',', kMost));
  return text + ",...";
}

std::string layers_text(std::span<const std::int32_t> numbers) {
  return (numbers.size() == 1 ? "layer " : "layers ") + numbers_text(numbers);
}

bool parse_numbers(std::string_view text, NumberList& out) {
  std::vector<NumberList::Piece> pieces;
  bool more = true;
  while (more) {
    NumberList::Piece piece;
    if (!parse_piece(cut_piece(text, ',', more), piece)) return false;
    if (!pieces.empty() && last_of(pieces.back()) >= piece.begin) return false;
    if (pieces.size() == kMostPieces) return false;
    pieces.push_back(piece);
  }
  out.pieces_ = std::move(pieces);
  return true;
}

}  // namespace evenkeel
