// The machine of Python's pickle format, protocols 0 to 5, without its effects.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "core/base/text.hpp"
#include "core/io/formats/little_endian.hpp"
#include "core/io/formats/pickle.hpp"

namespace evenkeel {
namespace {

// Of values, and of items of containers, together. A value takes at least a byte of the file, and up to 44 bytes of
// memory.
constexpr std::size_t kMostValues = 8'000'000;

// What tensors, arrays and plain data are made of.
constexpr std::array<std::string_view, 30> kKnownNames = {
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor_v3",
    "torch._utils._rebuild_parameter",
    "torch.storage.UntypedStorage",
    "torch.UntypedStorage",
    "torch.Size",
    "torch.device",
    "numpy.ndarray",
    "numpy.dtype",
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.core.numeric._frombuffer",
    "numpy._core.numeric._frombuffer",
    "collections.OrderedDict",
    "collections.defaultdict",
    "_codecs.encode",
    "builtins.bytearray",
    "builtins.dict",
    "builtins.float",
    "builtins.int",
    "builtins.list",
    "builtins.set",
    "builtins.frozenset",
    "__builtin__.dict",
    "__builtin__.list",
    "__builtin__.set",
    "__builtin__.int",
};

// torch's storages and dtypes: torch.IntStorage, torch.int32.
bool is_torch_type(std::string_view name) {
  constexpr std::string_view kTypes[] = {
      "Double", "Float", "Half",    "BFloat16", "Long",    "Int",      "Short", "Char",
      "Byte",   "Bool",  "float64", "float32",  "float16", "bfloat16", "int64", "int32",
      "int16",  "int8",  "uint8",   "uint16",   "uint32",  "uint64",   "bool"};
  constexpr std::string_view kStorage = "Storage";
  if (!name.starts_with("torch.")) return false;
  name.remove_prefix(6);
  if (name.ends_with(kStorage)) name.remove_suffix(kStorage.size());
  return std::find(std::begin(kTypes), std::end(kTypes), name) != std::end(kTypes);
}

bool is_known(std::string_view name) {
  return is_torch_type(name) ||
         std::find(kKnownNames.begin(), kKnownNames.end(), name) != kKnownNames.end();
}

}  // namespace

class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, std::string_view name, Pickle& out)
      : bytes_(bytes), name_(name), out_(out) {
    out_.source_ = as_text(bytes);
  }

  Status run(std::size_t& size) {
    while (!stopped_) {
      at_op_ = at_;
      if (at_ == bytes_.size()) return truncated();
      const auto op = std::to_integer<unsigned char>(bytes_[at_++]);
      if (!step(op) && status_.ok()) {
        wrong("opcode ", static_cast<int>(op), " does not find the values that it needs");
      }
      if (!status_.ok()) return status_;
      if (out_.values_.size() + items_ > kMostValues) {
        return refuse(name_, "the pickle has more than ", kMostValues, " values");
      }
    }
    size = at_;
    return {};
  }

 private:
  using Value = Pickle::Value;

  Status truncated() const {
    return refuse(name_, "truncated: the pickle ends at byte ", bytes_.size(), " without a STOP");
  }

  // ---- operands
  bool number(std::size_t size, std::uint64_t& out) {
    if (!holds(bytes_, at_, size)) {
      status_ = truncated();
      return false;
    }
    out = little_endian(bytes_, at_, size);
    at_ += size;
    return true;
  }
  // Sets the error, of this opcode, and returns false.
  template <class... Parts>
  bool wrong(const Parts&... parts) {
    status_ = refuse(name_, "byte ", at_op_, " of the pickle: ", parts...);
    return false;
  }
  // `size` bytes of the file.
  bool take(std::uint64_t size, std::size_t& begin) {
    if (!holds(bytes_, at_, size)) {
      return wrong(size, " bytes, but only ", bytes_.size() - at_, " follow");
    }
    begin = at_;
    at_ += static_cast<std::size_t>(size);
    return true;
  }
  bool line(std::string_view& out) {
    const std::string_view text = as_text(bytes_);
    const std::size_t end = text.find('\n', at_);
    if (end == std::string_view::npos) {
      status_ = truncated();
      return false;
    }
    out = text.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

  // ---- the stack
  bool push(const Value& value) {
    out_.values_.push_back(value);
    stack_.push_back(static_cast<std::uint32_t>(out_.values_.size() - 1));
    return true;
  }
  bool push_number(PickleKind kind, std::int64_t value) {
    return push({kind, 0, static_cast<std::uint64_t>(value)});
  }
  bool push_part(PickleKind kind, std::size_t begin, std::uint64_t size) {
    constexpr std::uint64_t kLongest = std::numeric_limits<std::uint32_t>::max();
    if (size > kLongest) {
      return wrong("text or data of ", size, " bytes; at most ", kLongest, " can be read");
    }
    return push({kind, static_cast<std::uint32_t>(size), begin});
  }
  bool push_text(PickleKind kind, std::uint64_t size) {
    std::size_t begin = 0;
    return take(size, begin) && push_part(kind, begin, size);
  }
  bool push_sized(PickleKind kind, std::size_t size_bytes) {
    std::uint64_t size = 0;
    return number(size_bytes, size) && push_text(kind, size);
  }
  // For opcodes that push without making a value; new values are counted by run().
  template <class Stack>
  bool check_depth(const Stack& stack) {
    return stack.size() <= kMostValues ||
           wrong("more than ", kMostValues, " values wait for a container");
  }
  bool push_container(PickleKind kind, std::vector<std::uint32_t> items) {
    items_ += items.size();
    out_.containers_.push_back(std::move(items));
    return push({kind, 0, out_.containers_.size() - 1});
  }
  bool pop(std::uint32_t& out) {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) return false;
    out = stack_.back();
    stack_.pop_back();
    return true;
  }
  // All values above the last mark.
  bool pop_mark(std::vector<std::uint32_t>& out) {
    if (marks_.empty()) return false;
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    out.assign(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return true;
  }
  bool push_last(PickleKind kind, std::size_t count) {
    std::vector<std::uint32_t> items(count);
    for (std::size_t i = count; i-- > 0;) {
      if (!pop(items[i])) return false;
    }
    return push_container(kind, std::move(items));
  }
  Value& value(std::uint32_t index) { return out_.values_[index]; }

  // Adds items to the container below them.
  bool extend(PickleKind kind, const std::vector<std::uint32_t>& items) {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) return false;
    const Value& target = value(stack_.back());
    if (target.kind != kind || (kind == PickleKind::dict && items.size() % 2 != 0)) return false;
    std::vector<std::uint32_t>& into = out_.containers_[static_cast<std::size_t>(target.bits)];
    into.insert(into.end(), items.begin(), items.end());
    items_ += items.size();
    return true;
  }
  bool extend_from_mark(PickleKind kind) {
    std::vector<std::uint32_t> items;
    return pop_mark(items) && extend(kind, items);
  }
  bool from_mark(PickleKind kind) {
    std::vector<std::uint32_t> items;
    if (!pop_mark(items) || (kind == PickleKind::dict && items.size() % 2 != 0)) return false;
    return push_container(kind, std::move(items));
  }

  // ---- the memo
  bool put(std::uint64_t index) {
    if (stack_.empty()) return false;
    // Pickles keep each value once at most, and number those from 0 or 1; a larger number would only fill the memory.
    if (index > out_.values_.size()) {
      return wrong("it keeps a value as number ", index, ", but has only ", out_.values_.size());
    }
    if (memo_.size() <= index) memo_.resize(static_cast<std::size_t>(index) + 1, kNothing);
    memo_[static_cast<std::size_t>(index)] = stack_.back();
    return true;
  }
  bool get(std::uint64_t index) {
    if (index >= memo_.size() || memo_[static_cast<std::size_t>(index)] == kNothing) return false;
    stack_.push_back(memo_[static_cast<std::size_t>(index)]);
    return check_depth(stack_);
  }
  bool number_in_line(std::uint64_t& out) {
    std::string_view text;
    return line(text) && parse_whole(text, out);
  }

  // ---- names and what they would do
  bool push_name(std::string_view module, std::string_view name) {
    std::string full = std::string(module) + "." + std::string(name);
    if (!is_known(full)) {
      status_ =
          refuse(name_, "the pickle refers to ", in_quotes(full),
                 "; only tensors, arrays and plain Python data are read, and nothing is executed");
      return false;
    }
    auto at = std::find(out_.names_.begin(), out_.names_.end(), full);
    if (at == out_.names_.end()) at = out_.names_.insert(at, std::move(full));
    return push({PickleKind::name, 0, static_cast<std::uint64_t>(at - out_.names_.begin())});
  }
  bool global() {
    std::string_view module;
    std::string_view name;
    return line(module) && line(name) && push_name(module, name);
  }
  bool stack_global() {
    std::uint32_t name = 0;
    std::uint32_t module = 0;
    if (!pop(name) || !pop(module)) return false;
    if (value(name).kind != PickleKind::text || value(module).kind != PickleKind::text)
      return false;
    return push_name(PickleValue(out_, module).text(), PickleValue(out_, name).text());
  }
  // Containers of Python's library are made with nothing or with a list, and later opcodes add to them.
  bool call() {
    std::uint32_t arguments = 0;
    std::uint32_t callee = 0;
    if (!pop(arguments) || !pop(callee)) return false;
    if (value(callee).kind != PickleKind::name || value(arguments).kind != PickleKind::tuple)
      return false;
    const std::string_view name = PickleValue(out_, callee).text();
    std::vector<std::uint32_t> items;
    if (name == "collections.defaultdict") {
      // Its argument is the type of the values that it lacks.
      const PickleValue given(out_, arguments);
      const bool has_type = given.size() == 1 && given[0].is(PickleKind::name);
      const bool has_none = given.size() == 1 && given[0].is(PickleKind::none);
      if (given.size() > 0 && !has_type && !has_none) return refuse_call(name);
      return push_container(PickleKind::dict, {});
    }
    if (name == "collections.OrderedDict" || name.ends_with(".dict")) {
      if (!pairs_of(arguments, items)) return refuse_call(name);
      return push_container(PickleKind::dict, std::move(items));
    }
    if (name.ends_with(".set") || name.ends_with(".frozenset") || name.ends_with(".list")) {
      if (!items_of(arguments, items)) return refuse_call(name);
      return push_container(PickleKind::list, std::move(items));
    }
    return push_container(PickleKind::call, {callee, arguments});
  }
  bool refuse_call(std::string_view name) {
    return wrong(in_quotes(name), " is called with other arguments than a list");
  }
  const std::vector<std::uint32_t>& container(std::uint32_t index) {
    return out_.containers_[static_cast<std::size_t>(value(index).bits)];
  }
  // The items of the list that is the only argument, if there is one.
  bool items_of(std::uint32_t arguments, std::vector<std::uint32_t>& out) {
    const std::vector<std::uint32_t>& given = container(arguments);
    if (given.empty()) return true;
    if (given.size() > 1 || value(given[0]).kind != PickleKind::list) return false;
    out = container(given[0]);
    return true;
  }
  // The same of a list of pairs: key, value, key, value...
  bool pairs_of(std::uint32_t arguments, std::vector<std::uint32_t>& out) {
    std::vector<std::uint32_t> pairs;
    if (!items_of(arguments, pairs)) return false;
    for (const std::uint32_t pair : pairs) {
      const PickleKind kind = value(pair).kind;
      if (kind != PickleKind::tuple && kind != PickleKind::list) return false;
      const std::vector<std::uint32_t>& parts = container(pair);
      if (parts.size() != 2) return false;
      out.insert(out.end(), parts.begin(), parts.end());
    }
    return true;
  }
  // Gives the value below its state; only that of a call matters.
  bool build() {
    std::uint32_t state = 0;
    if (!pop(state) || stack_.empty()) return false;
    const Value& target = value(stack_.back());
    if (target.kind != PickleKind::call) return target.kind == PickleKind::dict;
    std::vector<std::uint32_t>& parts = out_.containers_[static_cast<std::size_t>(target.bits)];
    parts.resize(2);
    parts.push_back(state);
    ++items_;
    return true;
  }

  // ---- numbers
  bool long_number(std::uint64_t size) {
    std::size_t begin = 0;
    if (!take(size, begin)) return false;
    if (size > 8) return push({PickleKind::large_integer, 0, 0});
    std::uint64_t bits = little_endian(bytes_, begin, static_cast<std::size_t>(size));
    const bool negative = size > 0 && size < 8 && (bits >> (8 * size - 1) & 1) != 0;
    if (negative) bits |= ~std::uint64_t{0} << (8 * size);
    return push({PickleKind::integer, 0, bits});
  }
  bool text_number() {
    std::string_view text;
    std::int64_t integer = 0;
    if (!line(text)) return false;
    if (text == "00" || text == "01") return push_number(PickleKind::boolean, text == "01");
    if (text.ends_with('L')) text.remove_suffix(1);
    if (parse_integer(text, integer)) return push_number(PickleKind::integer, integer);
    return push({PickleKind::large_integer, 0, 0});
  }
  bool text_real() {
    std::string_view text;
    return line(text) &&
           push({PickleKind::real, 0,
                 __builtin_bit_cast(std::uint64_t,
                                    std::strtod(std::string(text).c_str(), nullptr))});
  }
  bool binary_real() {
    std::uint64_t bits = 0;
    if (!number(8, bits)) return false;
    std::uint64_t turned = 0;  // it is big-endian
    for (int i = 0; i < 8; ++i) turned = turned << 8 | (bits >> (8 * i) & 0xff);
    return push({PickleKind::real, 0, turned});
  }
  bool text_line(bool quoted) {
    std::string_view text;
    if (!line(text)) return false;
    if (quoted) {
      if (text.size() < 2 || text.front() != text.back()) return false;
      text = text.substr(1, text.size() - 2);
    }
    if (text.find('\\') != std::string_view::npos) {
      return wrong("text with a backslash, which protocol 0 writes; save with a later one");
    }
    return push_part(PickleKind::text,
                     static_cast<std::size_t>(text.data() - as_text(bytes_).data()), text.size());
  }

  bool step(unsigned char op) {
    std::uint64_t operand = 0;
    std::uint32_t dropped = 0;
    std::vector<std::uint32_t> items;
    switch (op) {
      case 0x80:  // PROTO
        if (!number(1, operand)) return false;
        if (operand <= 5) return true;
        status_ = refuse(name_, "pickle protocol ", operand, "; expected 0 to 5");
        return false;
      case 0x95:  // FRAME
        return number(8, operand);
      case '(':
        marks_.push_back(stack_.size());
        return check_depth(marks_);
      case '.':
        stopped_ = true;
        return marks_.empty() && stack_.size() == 1 && (out_.root_ = stack_.back(), true);
      case '0':
        return pop(dropped);
      case '1':
        return pop_mark(items);
      case '2':
        if (stack_.empty()) return false;
        stack_.push_back(stack_.back());
        return check_depth(stack_);
      case 'N':
        return push({});
      case 0x88:
      case 0x89:
        return push_number(PickleKind::boolean, op == 0x88);
      case 'J':
        return number(4, operand) &&
               push_number(PickleKind::integer, static_cast<std::int32_t>(operand));
      case 'K':
        return number(1, operand) && push({PickleKind::integer, 0, operand});
      case 'M':
        return number(2, operand) && push({PickleKind::integer, 0, operand});
      case 0x8a:  // LONG1
        return number(1, operand) && long_number(operand);
      case 0x8b:  // LONG4
        return number(4, operand) && long_number(operand);
      case 'I':
      case 'L':
        return text_number();
      case 'F':
        return text_real();
      case 'G':
        return binary_real();
      case 'S':
        return text_line(true);
      case 'V':
        return text_line(false);
      case 'U':
      case 0x8c:  // SHORT_BINUNICODE
        return push_sized(PickleKind::text, 1);
      case 'T':
      case 'X':
        return push_sized(PickleKind::text, 4);
      case 0x8d:  // BINUNICODE8
        return push_sized(PickleKind::text, 8);
      case 'C':
        return push_sized(PickleKind::bytes, 1);
      case 'B':
        return push_sized(PickleKind::bytes, 4);
      case 0x8e:  // BINBYTES8
      case 0x96:  // BYTEARRAY8
        return push_sized(PickleKind::bytes, 8);
      case ']':
      case 0x8f:  // EMPTY_SET
        return push_container(PickleKind::list, {});
      case ')':
        return push_container(PickleKind::tuple, {});
      case '}':
        return push_container(PickleKind::dict, {});
      case 'a':
        return pop(dropped) && extend(PickleKind::list, {dropped});
      case 'e':
      case 0x90:  // ADDITEMS
        return extend_from_mark(PickleKind::list);
      case 's':
        items.resize(2);
        return pop(items[1]) && pop(items[0]) && extend(PickleKind::dict, items);
      case 'u':
        return extend_from_mark(PickleKind::dict);
      case 'l':
      case 0x91:  // FROZENSET
        return from_mark(PickleKind::list);
      case 't':
        return from_mark(PickleKind::tuple);
      case 'd':
        return from_mark(PickleKind::dict);
      case 0x85:
      case 0x86:
      case 0x87:  // TUPLE1, TUPLE2, TUPLE3
        return push_last(PickleKind::tuple, op - 0x84u);
      case 'c':
        return global();
      case 0x93:
        return stack_global();
      case 'R':
      case 0x81:  // NEWOBJ
        return call();
      case 'b':
        return build();
      case 'Q':
        return pop(dropped) && push_container(PickleKind::persistent, {dropped});
      case 'p':
        return number_in_line(operand) && put(operand);
      case 'q':
        return number(1, operand) && put(operand);
      case 'r':
        return number(4, operand) && put(operand);
      case 0x94:  // MEMOIZE
        return put(memo_.size());
      case 'g':
        return number_in_line(operand) && get(operand);
      case 'h':
        return number(1, operand) && get(operand);
      case 'j':
        return number(4, operand) && get(operand);
      default:
        return wrong("opcode ", static_cast<int>(op),
                     " is not one of plain data, tensors and arrays");
    }
  }

  static constexpr std::uint32_t kNothing = std::numeric_limits<std::uint32_t>::max();

  std::span<const std::byte> bytes_;
  std::string_view name_;
  Pickle& out_;
  std::size_t at_ = 0;
  std::size_t at_op_ = 0;
  bool stopped_ = false;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;
  std::vector<std::uint32_t> memo_;
  std::size_t items_ = 0;  // of all containers
  Status status_;
};

Status Pickle::read(std::span<const std::byte> bytes, std::string_view name, std::size_t& size) {
  values_.clear();
  containers_.clear();
  names_.clear();
  found_.clear();
  return PickleMachine(bytes, name, *this).run(size);
}

}  // namespace evenkeel
