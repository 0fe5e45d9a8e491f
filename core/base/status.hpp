// The result of a call that can fail: success, or a kind of failure and one sentence for the user.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace evenkeel {

// The kinds that a caller may want to distinguish; the sentence is for people.
enum class StatusKind : std::uint8_t {
  fine,
  bad_input,      // the request is wrong; the sentence says what is expected
  not_present,    // this machine or this program lacks a back end or device
  out_of_memory,  // of this machine or of a device
  stopped,        // the work was stopped on request
  internal,       // not caused by the caller: a device or the system failed
};

// A failed Status carries exactly one sentence: which file or option, which place, which number is
// wrong, and what would be right. It has no final full stop and no newline, so that callers can
// prefix and wrap it. Code behind the border never returns one: there nothing can fail.
class [[nodiscard]] Status {
 public:
  Status() = default;  // fine
  static Status error(std::string sentence) {
    return Status(StatusKind::bad_input, std::move(sentence));
  }
  static Status not_present(std::string sentence) {
    return Status(StatusKind::not_present, std::move(sentence));
  }
  static Status out_of_memory(std::string sentence) {
    return Status(StatusKind::out_of_memory, std::move(sentence));
  }
  static Status stopped(std::string sentence = "stopped") {
    return Status(StatusKind::stopped, std::move(sentence));
  }
  static Status internal(std::string sentence) {
    return Status(StatusKind::internal, std::move(sentence));
  }
  // A failure of the same kind with another sentence.
  Status reworded(std::string sentence) const { return Status(kind_, std::move(sentence)); }

  bool ok() const { return kind_ == StatusKind::fine; }
  bool is_stopped() const { return kind_ == StatusKind::stopped; }
  StatusKind kind() const { return kind_; }
  const std::string& sentence() const { return sentence_; }

 private:
  Status(StatusKind kind, std::string sentence) : kind_(kind), sentence_(std::move(sentence)) {
    if (sentence_.empty() && kind_ != StatusKind::fine) sentence_ = "an unnamed error";
  }

  StatusKind kind_ = StatusKind::fine;
  std::string sentence_;
};

}  // namespace evenkeel
