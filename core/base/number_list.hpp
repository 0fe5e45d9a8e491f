// A list of whole numbers of layers, as people write it: ranges and single numbers, ascending.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

// By default all numbers from 0.
class NumberList {
 public:
  static constexpr std::int64_t kOpen = std::numeric_limits<std::int64_t>::max();

  // begin, begin + step, ... below end.
  struct Piece {
    std::int64_t begin = 0;
    std::int64_t end = kOpen;
    std::int64_t step = 1;

    friend bool operator==(const Piece&, const Piece&) = default;
  };

  NumberList() = default;
  NumberList(std::int64_t begin, std::int64_t end, std::int64_t step = 1)
      : pieces_(1, Piece{begin, end, step}) {}

  // The shortest list of these numbers, which ascend: "1:48:2".
  static NumberList of(std::span<const std::int32_t> numbers);

  const std::vector<Piece>& pieces() const { return pieces_; }
  bool is_all() const { return *this == NumberList(); }
  bool contains(std::int64_t number) const;
  // How many numbers there are; -1: no end.
  std::int64_t count() const;
  // The numbers in ascending order, at most `most` of them.
  std::vector<std::int64_t> first(std::size_t most) const;
  // The text for parse_numbers: "3:61", "1:48:2", "3,5,7".
  std::string text() const;

  friend bool operator==(const NumberList&, const NumberList&) = default;
  friend bool parse_numbers(std::string_view text, NumberList& out);

 private:
  // Ascending, each after the end of the one before.
  std::vector<Piece> pieces_ = std::vector<Piece>(1);
};

// Parses pieces between commas: "A:B" is A to B-1 (either may be missing), "A:B:STEP" every STEPth of them, "A" one
// number. Returns false, and leaves `out` unchanged, if the text is anything else, if a piece is empty, or if the
// numbers do not ascend.
bool parse_numbers(std::string_view text, NumberList& out);

// The numbers, which ascend, as text for people: "3:61"; a long list is cut.
std::string numbers_text(std::span<const std::int32_t> numbers);
// The same with the word: "layer 3", "layers 3:61".
std::string layers_text(std::span<const std::int32_t> numbers);

}  // namespace evenkeel
