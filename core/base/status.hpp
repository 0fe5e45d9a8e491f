// What a border check answers: fine, or one sentence for the person who called.
#pragma once

#include <string>
#include <utility>

namespace evenkeel {

// A failed Status carries exactly one sentence: which file or option, which place, which number is
// wrong, and what would be right. It has no final full stop and no newline, so that callers can
// prefix and wrap it. Code behind the border never returns one: there nothing can fail.
class [[nodiscard]] Status {
 public:
  Status() = default;  // fine
  static Status error(std::string sentence) {
    Status status;
    status.sentence_ = std::move(sentence);
    if (status.sentence_.empty()) status.sentence_ = "an unnamed error";
    return status;
  }
  bool ok() const { return sentence_.empty(); }
  const std::string& sentence() const { return sentence_; }

 private:
  std::string sentence_;
};

}  // namespace evenkeel
