// The ground of our JSON readers: nlohmann's SAX parser over a span of bytes, with bounded depth
// and with syntax errors turned into sentences.
#pragma once

#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/base/text.hpp"

namespace evenkeel {

// What a JSON value is called in errors.
inline constexpr std::string_view kJsonNull = "null";
inline constexpr std::string_view kJsonBoolean = "true or false";
inline constexpr std::string_view kJsonNumber = "a number";
inline constexpr std::string_view kJsonString = "a string";
inline constexpr std::string_view kJsonList = "a list";
inline constexpr std::string_view kJsonObject = "an object";

// Receives the document's events. An event that answers false ends the parse; refusal() says why.
class JsonSax : public nlohmann::json_sax<nlohmann::json> {
 public:
  JsonSax(std::span<const std::byte> bytes, std::string_view name);

  // Parses the whole document, of which `expected` says in errors what it should be.
  Status parse(std::string_view expected);

 protected:
  // The bytes that the parser has taken so far.
  std::size_t consumed() const { return static_cast<std::size_t>(at_ - text_.data()); }
  std::string_view name() const { return name_; }

  // Both end the parse.
  bool fail(Status status);
  template <class... Parts>
  bool fail(const Parts&... parts) {
    return fail(refuse(name_, parts...));
  }

  // The events of our readers. A scalar is anything that is neither number, list nor object.
  virtual bool on_scalar(std::string_view kind) = 0;
  // A whole number of at least 0 comes with is_whole; `real` is its value in any case.
  virtual bool on_number(double real, std::uint64_t whole, bool is_whole) = 0;
  virtual bool on_begin_list() = 0;
  virtual bool on_end_list() = 0;
  virtual bool on_begin_object() = 0;
  virtual bool on_key(const std::string& key) = 0;
  virtual bool on_end_object() = 0;

 private:
  bool enter();

  bool null() final { return on_scalar(kJsonNull); }
  bool boolean(bool) final { return on_scalar(kJsonBoolean); }
  bool number_integer(std::int64_t value) final;
  bool number_unsigned(std::uint64_t value) final;
  bool number_float(double value, const std::string&) final { return on_number(value, 0, false); }
  bool string(std::string&) final { return on_scalar(kJsonString); }
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
  int depth_ = 0;
  Status status_;
};

// How much of a document may be turned into a tree.
struct JsonLimits {
  std::size_t bytes;
  std::size_t lists;   // lists and objects
  std::size_t values;  // numbers and other scalars
};

// Checks that the bytes are one JSON document within the limits and without a key that stands twice
// in an object, so that a document tree can be built from them without surprises.
Status check_json(std::span<const std::byte> bytes, std::string_view name,
                  std::string_view expected, const JsonLimits& limits);

}  // namespace evenkeel
