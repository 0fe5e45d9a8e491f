// The C library's strtod and its like by fast_float, which the readers of tables use anyway: both round correctly. The
// library's own compute with 128 bits and take 3 KB of the page.
#include <fast_float/fast_float.h>

#include <cstring>

namespace {

template <class T>
T read(const char* text, char** end) {
  T value = 0;
  while (*text == ' ' || (*text >= '\t' && *text <= '\r')) ++text;
  if (*text == '+') ++text;
  const auto result = fast_float::from_chars(text, text + std::strlen(text), value);
  if (end != nullptr) *end = const_cast<char*>(result.ptr);
  return value;
}

}  // namespace

extern "C" {
double strtod(const char* text, char** end) { return read<double>(text, end); }
// Only linked, because the C library has them in the same file; not called.
float strtof(const char* text, char** end) { return read<float>(text, end); }
long double strtold(const char* text, char** end) { return read<double>(text, end); }
}
