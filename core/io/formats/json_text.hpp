// The base of the JSON readers: nlohmann's SAX parser over a span of bytes, with limited depth and readable
// syntax errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/base/text.hpp"

namespace evenkeel {

// Names of JSON types in errors.
inline constexpr std::string_view kJsonNull = "null";
inline constexpr std::string_view kJsonBoolean = "true or false";
inline constexpr std::string_view kJsonNumber = "a number";
inline constexpr std::string_view kJsonString = "a string";
inline constexpr std::string_view kJsonList = "a list";
inline constexpr std::string_view kJsonObject = "an object";

// Receives the events of a document. A handler that returns false ends the parse.
class JsonSax : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonSax(std::span<const std::byte> bytes, std::string_view name);

  // Parses the whole document. `expected` describes the document in errors.
  Status parse(std::string_view expected);
  // The same for one document or several, each on a new line, as in JSON lines.
  Status parse_lines(std::string_view expected);

 protected:
  // The number of bytes that the parser has consumed.
  std::size_t consumed() const { return static_cast<std::size_t>(at_ - text_.data()); }
  std::string_view name() const { return name_; }
  // Both set the error and return false, which ends the parse.
  bool fail(Status status);
  template <class... Parts>
  bool fail(const Parts&... parts) {
    return fail(refuse(name_, parts...));
  }

  // The same for errors of the content, which name the line where the open document begins if it is not the only one.
  bool require(Status status);
  template <class... Parts>
  bool wrong(const Parts&... parts) {
    return require(refuse(name_, parts...));
  }

  // Handlers of the derived reader. A scalar is anything that is not a number, list or object.
  virtual bool on_scalar(std::string_view kind) = 0;
  virtual bool on_string(const std::string&) { return on_scalar(kJsonString); }
  // is_whole: a whole number of at least 0, in `whole`. `real` always has the value.
  virtual bool on_number(double real, std::uint64_t whole, bool is_whole) = 0;
  // A negative whole number; other readers take it as a real one.
  virtual bool on_negative(std::int64_t value) {
    return on_number(static_cast<double>(value), 0, false);
  }
  virtual bool on_begin_list() = 0;
  virtual bool on_end_list() = 0;
  virtual bool on_begin_object() = 0;
  virtual bool on_key(const std::string& key) = 0;
  virtual bool on_end_object() = 0;

 private:
  Status check_text(std::string_view expected) const;
  bool parse_document(bool only);
  std::int64_t line_of(std::size_t byte) const;
  std::int64_t document_line() const;
  bool enter();

  bool null() final { return on_scalar(kJsonNull); }
  bool boolean(bool) final { return on_scalar(kJsonBoolean); }
  bool number_integer(std::int64_t value) final;
  bool number_unsigned(std::uint64_t value) final;
  bool number_float(double value, const std::string&) final { return on_number(value, 0, false); }
  bool string(std::string& text) final { return on_string(text); }
  bool binary(nlohmann::json::binary_t&) final { return on_scalar(kJsonString); }
  bool start_object(std::size_t) final { return enter() && on_begin_object(); }
  bool key(std::string& text) final { return on_key(text); }
  bool end_object() final;
  bool start_array(std::size_t) final { return enter() && on_begin_list(); }
  bool end_array() final;
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error) final;

  std::string_view text_;
  std::string_view name_;
  const char* at_;
  std::size_t begin_ = 0;       // of the open document
  std::int64_t documents_ = 0;  // before it
  int depth_ = 0;
  Status status_;
};

}  // namespace evenkeel
