#include "core/io/loads/csv_header.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

enum class Role : std::uint8_t { unknown, index, step, layer, rank, expert, slot, count, token };

struct Word {
  std::string_view text;  // in lower case, without spaces, - and _
  Role role;
};

constexpr Word kWords[] = {
    {"index", Role::index},
    {"unnamed:0", Role::index},
    {"step", Role::step},
    {"stepid", Role::step},
    {"iteration", Role::step},
    {"iter", Role::step},
    {"forwardpass", Role::step},
    {"forwardpassid", Role::step},
    {"layer", Role::layer},
    {"layerid", Role::layer},
    {"layeridx", Role::layer},
    {"layerindex", Role::layer},
    {"moelayer", Role::layer},
    {"moelayerid", Role::layer},
    {"moelayeridx", Role::layer},
    {"rank", Role::rank},
    {"rankid", Role::rank},
    {"eprank", Role::rank},
    {"dprank", Role::rank},
    {"expert", Role::expert},
    {"expertid", Role::expert},
    {"expertidx", Role::expert},
    {"expertindex", Role::expert},
    {"logicalexpert", Role::expert},
    {"logicalexpertid", Role::expert},
    {"slot", Role::slot},
    {"slotid", Role::slot},
    {"physicalexpert", Role::slot},
    {"physicalexpertid", Role::slot},
    {"count", Role::count},
    {"counts", Role::count},
    {"tokencount", Role::count},
    {"numtokens", Role::count},
    {"ntokens", Role::count},
    {"tokens", Role::count},
    {"load", Role::count},
    {"loads", Role::count},
    {"expertload", Role::count},
    {"value", Role::count},
    // What a list of routed tokens has beside the expert.
    {"token", Role::token},
    {"tokenid", Role::token},
    {"tokenidx", Role::token},
    {"tokenindex", Role::token},
    {"position", Role::token},
    {"request", Role::token},
    {"requestid", Role::token},
    {"k", Role::token},
    {"topk", Role::token},
    {"topkidx", Role::token},
    {"weight", Role::token},
    {"topkweight", Role::token},
    {"score", Role::token},
};

// What the columns of a table are by their numbered names, such as gpu_0.
enum class Named : std::uint8_t { unknown, expert, slot, layer, step, gpu, rank };

struct Prefix {
  std::string_view text;  // like a word
  Named what;
};

constexpr Prefix kPrefixes[] = {
    {"", Named::expert},
    {"e", Named::expert},
    {"ex", Named::expert},
    {"exp", Named::expert},
    {"expert", Named::expert},
    {"expertid", Named::expert},
    {"expertload", Named::expert},
    {"expertcount", Named::expert},
    {"logical", Named::expert},
    {"logicalexpert", Named::expert},
    {"slot", Named::slot},
    {"slotid", Named::slot},
    {"phys", Named::slot},
    {"physical", Named::slot},
    {"physicalexpert", Named::slot},
    {"physicalslot", Named::slot},
    {"layer", Named::layer},
    {"layerid", Named::layer},
    {"layeridx", Named::layer},
    {"moelayer", Named::layer},
    {"step", Named::step},
    {"iter", Named::step},
    {"iteration", Named::step},
    {"pass", Named::step},
    {"forwardpass", Named::step},
    {"gpu", Named::gpu},
    {"gpuid", Named::gpu},
    {"device", Named::gpu},
    {"cuda", Named::gpu},
    {"cuda:", Named::gpu},
    {"npu", Named::gpu},
    {"rank", Named::rank},
    {"eprank", Named::rank},
    {"dprank", Named::rank},
    {"tprank", Named::rank},
};

// In the names of columns that are not loads of one expert.
constexpr std::string_view kFigureWords[] = {"max",    "avg",   "average",   "mean",
                                             "median", "total", "imbalance", "balancedness"};

constexpr std::size_t kLongestWord = 40;

constexpr std::string_view kIsTransposed =
    " seems to be a layer, but rows are layers and columns are experts; transpose the table";

constexpr std::string_view kForms =
    "expected layer,expert,count or step,layer,e0,e1,... in a header, or only numbers";

// In lower case, without spaces, - and _.
std::string plain_word(std::string_view cell) {
  std::string word;
  for (const char c : cell) {
    if (c == ' ' || c == '-' || c == '_') continue;
    word += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return word;
}

Role role_of(std::string_view cell, bool is_first) {
  if (cell.empty()) return is_first ? Role::index : Role::unknown;
  if (cell.size() > kLongestWord) return Role::unknown;
  const std::string word = plain_word(cell);
  for (const Word& known : kWords) {
    if (known.text != word) continue;
    return known.role == Role::index && !is_first ? Role::unknown : known.role;
  }
  return Role::unknown;
}

Named named_by(std::string_view prefix) {
  if (prefix.size() > kLongestWord) return Named::unknown;
  const std::string word = plain_word(prefix);
  for (const Prefix& known : kPrefixes) {
    if (known.text == word) return known.what;
  }
  return Named::unknown;
}

bool is_layer_name(std::string_view cell) {
  NumberedName name;
  return split_name(cell, name) && named_by(name.prefix) == Named::layer;
}

bool is_figure(std::string_view cell) {
  if (cell.size() > kLongestWord) return false;
  const std::string word = plain_word(cell);
  for (const std::string_view figure : kFigureWords) {
    if (word.find(figure) != std::string::npos) return true;
  }
  return false;
}

bool begins_with_letter(std::string_view cell) {
  return !cell.empty() &&
         ((cell[0] >= 'A' && cell[0] <= 'Z') || (cell[0] >= 'a' && cell[0] <= 'z'));
}

class HeaderReader {
 public:
  HeaderReader(std::string_view name, std::int64_t line, std::span<const std::string_view> cells,
               CsvColumns& out, std::vector<std::string>& notes)
      : name_(name), line_(line), cells_(cells), out_(out), notes_(notes) {}

  Status read() {
    out_.has_header = true;
    out_.width = cells_.size();
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      roles_.push_back(role_of(cells_[c], c == 0));
      if (Status status = assign(roles_[c], static_cast<int>(c)); !status.ok()) return status;
    }
    if (out_.is_list()) return finish_list();
    if (out_.has_keys()) return finish_table();
    if (out_.count != CsvColumns::kNone)
      return lacks("experts", "a header such as layer,expert,count");
    return finish_experts();
  }

 private:
  template <class... Parts>
  Status refuse_column(std::size_t column, const Parts&... parts) const {
    return refuse(name_, "line ", line_, ", column ", column + 1, ": ", in_quotes(cells_[column]),
                  parts...);
  }

  Status lacks(std::string_view columns, std::string_view expected) const {
    return refuse(name_, "line ", line_, ": the header has no column of ", columns, "; expected ",
                  expected);
  }

  Status assign(Role role, int column) {
    int* place = nullptr;
    if (role == Role::index) place = &out_.index;
    if (role == Role::step) place = &out_.step;
    if (role == Role::layer) place = &out_.layer;
    if (role == Role::rank) place = &out_.rank;
    if (role == Role::expert || role == Role::slot) place = &out_.expert;
    if (role == Role::count) place = &out_.count;
    if (place == nullptr) return {};
    if (*place != CsvColumns::kNone) {
      return refuse_column(static_cast<std::size_t>(column), " says the same as column ",
                           *place + 1, "; remove one of them");
    }
    *place = column;
    out_.by_slot = out_.by_slot || role == Role::slot;
    return {};
  }

  // layer,expert,count, or layer,expert with one row a token.
  Status finish_list() {
    const bool counts = out_.count != CsvColumns::kNone;
    for (std::size_t c = 0; c < cells_.size() && !counts; ++c) {
      if (is_layer_name(cells_[c])) return refuse_column(c, kIsTransposed);
    }
    if (out_.layer == CsvColumns::kNone) {
      if (!counts) return lacks("layers", "a header such as layer,expert,count");
      notes_.push_back("without a column of layers all rows are of layer 0");
    }
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      if (roles_[c] != Role::unknown) continue;
      if (!counts) {
        return refuse_column(c, " is unknown; name the column of counts count, or remove it");
      }
      const std::string column = "column " + std::to_string(c + 1);
      notes_.push_back((cells_[c].empty() ? column + " has no name and"
                                          : column + ", " + in_quotes(cells_[c]) + ",") +
                       " is not used: rows that differ only in it add up");
    }
    if (!counts) notes_.emplace_back("each row is counted as one token");
    if (out_.rank != CsvColumns::kNone) notes_.emplace_back("the loads of its ranks add up");
    return {};
  }

  // step,layer,e0,e1,... with some of the keys, in any order.
  Status finish_table() {
    if (out_.layer == CsvColumns::kNone)
      return lacks("layers", "a header such as step,layer,e0,e1");
    out_.first_expert =
        static_cast<std::size_t>(std::max({out_.index, out_.step, out_.layer, out_.rank})) + 1;
    for (std::size_t c = 0; c < out_.first_expert; ++c) {
      if (roles_[c] == Role::unknown || roles_[c] == Role::token || roles_[c] == Role::count) {
        return refuse_column(c, " is unknown; ", kForms);
      }
    }
    if (out_.count != CsvColumns::kNone)
      return lacks("experts", "a header such as layer,expert,count");
    if (cells_.size() == out_.first_expert) {
      std::string keys;
      for (const std::string_view cell : cells_)
        keys += (keys.empty() ? "" : ",") + printable(cell);
      return refuse(name_, "line ", line_, ": the header has no expert columns after ", keys);
    }
    if (out_.rank != CsvColumns::kNone) notes_.emplace_back("the loads of its ranks add up");
    if (Status status = refuse_figures(); !status.ok()) return status;
    if (is_numbered()) return check_names();
    notes_.push_back("columns " + std::to_string(out_.first_expert + 1) + " to " +
                     std::to_string(cells_.size()) + " are taken for experts 0 to " +
                     std::to_string(cells_.size() - out_.first_expert - 1));
    return {};
  }

  // e0,e1,... without keys, perhaps after an index. Whether 0,1,2,... is a header without an index is seen by the rows.
  Status finish_experts() {
    out_.first_expert = out_.index == 0 ? 1 : 0;
    const auto names = cells_.subspan(out_.first_expert);
    if (out_.index == 0 && !names.empty() && counts_up(names)) return {};
    if (!names.empty() && begins_with_letter(names[0]) && is_numbered()) {
      Status status = refuse_figures();
      return status.ok() ? check_names() : status;
    }
    out_ = {};
    Number number;
    const std::string_view first = cells_.front();
    if (!begins_with_letter(first) || CsvNumbers(',').parse(first, number)) return {};
    return refuse_column(0, " is not a number; ", kForms);
  }

  // Whether the names of experts end in numbers; one name may be any.
  bool is_numbered() const {
    NumberedName first;
    NumberedName second;
    const auto names = cells_.subspan(out_.first_expert);
    if (!split_name(names[0], first)) return false;
    if (names.size() == 1) return true;
    return split_name(names[1], second) && first.prefix == second.prefix;
  }

  // Such as the maximum of a layer, beside its loads or in place of them.
  Status refuse_figures() const {
    for (std::size_t c = out_.first_expert; c < cells_.size(); ++c) {
      if (!is_figure(cells_[c])) continue;
      return refuse_column(c,
                           " seems to be a figure of several experts; expected only columns with "
                           "the loads of one expert each");
    }
    return {};
  }

  // The numbered names must be those of experts or slots.
  Status check_names() {
    NumberedName first;
    split_name(cells_[out_.first_expert], first);
    const auto refuse_names = [&](const auto&... parts) {
      return refuse_column(out_.first_expert, parts...);
    };
    switch (named_by(first.prefix)) {
      case Named::layer:
        return refuse_names(kIsTransposed);
      case Named::step:
        return refuse_names(
            " seems to be a step, but columns are experts; write a row for each step and layer, "
            "after a header step,layer,e0,e1 and so on");
      case Named::gpu:
        return refuse_names(
            " seems to be the load of a GPU, but columns are experts; record the load of each "
            "expert");
      case Named::rank:
        return refuse_names(
            " seems to be the load of a rank, but columns are experts; record the load of each "
            "expert");
      case Named::slot:
        out_.by_slot = true;
        return check_numbers("slot", true);
      case Named::expert:
        return check_numbers("expert", true);
      case Named::unknown:
        break;
    }
    return check_numbers("expert", false);
  }

  Status check_numbers(const std::string& unit, bool is_known) {
    const auto names = cells_.subspan(out_.first_expert);
    NumberedName first;
    split_name(names[0], first);
    if (first.number > 1) {
      return refuse_column(out_.first_expert, " is the first ", unit, "; expected ",
                           in_quotes(std::string(first.prefix) + "0"));
    }
    for (std::size_t i = 1; i < names.size(); ++i) {
      const std::uint64_t expected = first.number + i;
      NumberedName next;
      if (split_name(names[i], next) && next.prefix == first.prefix && next.number == expected) {
        continue;
      }
      const std::string wanted = in_quotes(std::string(first.prefix) + std::to_string(expected));
      if (names[i].empty()) {
        return refuse(name_, "line ", line_, ", column ", out_.first_expert + i + 1,
                      ": no name; expected ", wanted, ", or no separator at the end of the lines");
      }
      return refuse_column(out_.first_expert + i, " after ", in_quotes(names[i - 1]),
                           "; expected the columns of ", unit, "s in ascending order, here ",
                           wanted);
    }
    if (!is_known) {
      notes_.push_back(in_quotes(names.front()) + " to " + in_quotes(names.back()) +
                       " are taken for experts 0 to " + std::to_string(names.size() - 1));
    } else if (first.number == 1) {
      notes_.push_back("column " + in_quotes(names[0]) + " is " + unit + " 0");
    }
    return {};
  }

  std::string_view name_;
  std::int64_t line_;
  std::span<const std::string_view> cells_;
  CsvColumns& out_;
  std::vector<std::string>& notes_;
  std::vector<Role> roles_;
};

}  // namespace

bool split_name(std::string_view text, NumberedName& out) {
  std::size_t end = text.size();
  while (end > 0 && text[end - 1] >= '0' && text[end - 1] <= '9') --end;
  out.prefix = text.substr(0, end);
  return parse_whole(text.substr(end), out.number);
}

bool counts_up(std::span<const std::string_view> cells, std::uint64_t first) {
  for (const std::string_view cell : cells) {
    std::uint64_t number = 0;
    if (!parse_whole(cell, number) || number != first++) return false;
  }
  return true;
}

Status read_header(std::string_view name, std::int64_t line,
                   std::span<const std::string_view> cells, CsvColumns& out,
                   std::vector<std::string>& notes) {
  out = {};
  return HeaderReader(name, line, cells, out, notes).read();
}

}  // namespace evenkeel
