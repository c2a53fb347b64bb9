#include "csv.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>

#include "exmc/core/error.hpp"
#include "exmc/core/long_work.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "exmc/core/whole_number.hpp"

namespace exmc::ir {
namespace {

/// Cuts a text into fields. The view of a field is valid until the next one is read.
class FieldReader {
 public:
  FieldReader(std::string_view text, char separator, const std::string& where)
      : text_(text), separator_(separator), where_(where) {}

  /// True when nothing but line ends is left.
  [[nodiscard]] bool at_end() const { return text_.find_first_not_of("\r\n", offset_) == std::string_view::npos; }
  /// Line of the field read last, from 1.
  [[nodiscard]] std::size_t line() const { return field_line_; }
  /// Whether the field read last ended its row.
  [[nodiscard]] bool row_ended() const { return row_ended_; }
  [[nodiscard]] std::size_t offset() const { return offset_; }

  std::string_view next() {
    field_line_ = line_;
    const bool is_quoted = offset_ < text_.size() && text_[offset_] == '"';
    const std::string_view field = is_quoted ? quoted_field() : plain_field();
    end_field();
    return field;
  }

  [[noreturn]] void refuse(const std::string& message) const {
    throw InputError(where_ + " line " + std::to_string(field_line_), message);
  }

 private:
  std::string_view plain_field() {
    const std::size_t begin = offset_;
    while (offset_ < text_.size() && text_[offset_] != separator_ && text_[offset_] != '\n') ++offset_;
    std::string_view field = text_.substr(begin, offset_ - begin);
    if (offset_ < text_.size() && text_[offset_] == '\n' && field.ends_with('\r')) field.remove_suffix(1);
    return field;
  }

  std::string_view quoted_field() {
    buffer_.clear();
    ++offset_;
    while (true) {
      const std::size_t quote = text_.find('"', offset_);
      if (quote == std::string_view::npos) refuse("found a quote that is never closed");
      buffer_ += text_.substr(offset_, quote - offset_);
      offset_ = quote + 1;
      if (offset_ == text_.size() || text_[offset_] != '"') break;
      buffer_ += '"';
      ++offset_;
    }
    line_ += static_cast<std::size_t>(std::count(buffer_.begin(), buffer_.end(), '\n'));
    return buffer_;
  }

  void end_field() {
    std::string_view rest = text_.substr(offset_, 2);
    if (rest.starts_with("\r\n")) {
      ++offset_;
      rest.remove_prefix(1);
    }
    row_ended_ = rest.empty() || rest[0] == '\n';
    if (!row_ended_ && rest[0] != separator_)
      refuse("found " + in_quotes(rest.substr(0, 1)) + " after a closing quote");
    if (!rest.empty()) ++offset_;
    if (row_ended_) ++line_;
  }

  std::string_view text_;
  char separator_;
  const std::string& where_;
  std::size_t offset_ = 0, line_ = 1, field_line_ = 1;
  bool row_ended_ = false;
  std::string buffer_;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t") + 1;
  return begin < end ? text.substr(begin, end - begin) : std::string_view{};
}

std::vector<std::string> read_header(FieldReader& reader) {
  std::vector<std::string> header;
  do {
    header.emplace_back(trimmed(reader.next()));
  } while (!reader.row_ended());
  return header;
}

/// The first names of a header.
std::string listed(const std::vector<std::string>& header) {
  constexpr std::size_t shown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(header.size(), shown); ++i) text += (i ? ", " : "") + in_quotes(header[i]);
  return header.size() > shown ? text + ", ..." : text;
}

/// For each column of the file where it goes in a row of the result, if anywhere.
std::vector<std::optional<std::size_t>> place_columns(const std::vector<std::string>& header,
                                                      const std::vector<std::string>& wanted,
                                                      const std::string& where) {
  std::vector<std::optional<std::size_t>> places(header.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string_view name = trimmed(wanted[i]);
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) {
      throw InputError(where, "there is no column " + in_quotes(wanted[i]) + did_you_mean(wanted[i], header) +
                                  "; the header has " + listed(header));
    }
    if (std::find(found + 1, header.end(), name) != header.end()) {
      throw InputError(where, "there is more than one column " + in_quotes(wanted[i]));
    }
    auto& place = places[static_cast<std::size_t>(found - header.begin())];
    if (place) throw InputError(where, "the column " + in_quotes(wanted[i]) + " is asked for twice");
    place = i;
  }
  return places;
}

double read_number(const FieldReader& reader, std::string_view field, const std::string& column, const CsvUse& use) {
  // Where the mark is a comma, a point is that of thousands: it makes the number none, as a second mark does.
  std::string with_point;
  std::string_view text = trimmed(field);
  const bool is_missing = text.empty() || json::is_missing_text(text);
  if (is_missing && use.kinds.missing) return std::numeric_limits<double>::quiet_NaN();
  if (use.format.decimal != '.') {
    with_point = text;
    std::ranges::replace(with_point, '.', ' ');
    std::ranges::replace(with_point, use.format.decimal, '.');
    text = with_point;
  }
  const auto infinity = use.kinds.infinite ? json::read_infinity(std::string(text)) : std::nullopt;
  if (infinity) return *infinity;
  const ParsedNumber parsed = parse_number(text);
  if (is_inexact_whole(text)) {
    reader.refuse("column " + in_quotes(column) + ": found " + printable(text) + ", " + kInexactWhole);
  }
  if (parsed.fault == NumberFault::none) return parsed.value;
  const std::string found = text.empty() ? "an empty field" : in_quotes(trimmed(field));
  reader.refuse("column " + in_quotes(column) + ": found " + found + ", expected a " +
                (parsed.fault == NumberFault::not_finite ? "finite number" : "number") +
                std::string(is_missing ? use.kinds.advice : ""));
}

/// One field of a column asked for, which is the `place`th of its row.
using TakeField = std::function<void(const FieldReader& reader, std::size_t place, std::string_view field,
                                     const std::string& column)>;

/// Reads a table from beginning to end. `begin_row` is told how many rows came before.
/// @return how many rows there are.
std::size_t read_table(std::string_view text, const std::vector<std::string>& columns, char separator,
                       const std::string& where, const std::function<void(std::size_t)>& begin_row,
                       const TakeField& take) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (const auto bad = find_invalid_utf8(text)) {
    throw InputError(where + " line " + std::to_string(position_in(text, *bad).line),
                     "the byte " + in_quotes(text.substr(*bad, 1)) + " is not UTF-8");
  }
  FieldReader reader(text, separator, where);
  if (reader.at_end()) throw InputError(where, "is empty, expected a header line and rows of numbers");
  const std::vector<std::string> header = read_header(reader);
  const auto places = place_columns(header, columns, where);
  std::size_t rows = 0;
  constexpr std::size_t often = 1024;
  for (; !reader.at_end(); ++rows) {
    if (rows % often == 0) tell_of_work(reader.offset(), text.size());
    begin_row(rows);
    std::size_t fields = 0;
    do {
      const std::string_view field = reader.next();
      if (fields < header.size() && places[fields]) take(reader, *places[fields], field, header[fields]);
      ++fields;
    } while (!reader.row_ended());
    if (fields != header.size()) {
      reader.refuse("found " + std::to_string(fields) + (fields == 1 ? " field" : " fields") + ", expected " +
                    std::to_string(header.size()) + ", as in the header");
    }
  }
  if (rows == 0) throw InputError(where, "has a header but no rows");
  return rows;
}

[[noreturn]] void refuse_size(const std::string& where, std::uint64_t most_bytes) {
  throw InputError(where, "does not fit: " + within_memory_limit(most_bytes));
}

}  // namespace

Array read_csv(std::string_view text, const std::vector<std::string>& columns, const CsvUse& use,
               const std::string& where, std::uint64_t most_bytes) {
  Array result;
  double* row = nullptr;
  const auto begin_row = [&](std::size_t before) {
    result.values.resize((before + 1) * columns.size());
    if (result.values.size() > most_bytes / sizeof(double)) refuse_size(where, most_bytes);
    row = result.values.data() + before * columns.size();
  };
  const std::size_t rows =
      read_table(text, columns, use.format.separator, where, begin_row,
                 [&](const FieldReader& reader, std::size_t place, std::string_view field, const std::string& column) {
                   row[place] = read_number(reader, field, column, use);
                 });
  result.shape = use.as_matrix ? Shape{rows, columns.size()} : Shape{rows};
  return result;
}

std::vector<std::string> read_csv_words(std::string_view text, const std::string& column, const CsvFormat& format,
                                        const std::string& where, std::uint64_t most_bytes) {
  std::vector<std::string> words;
  const auto begin_row = [&](std::size_t before) {
    if (before >= most_bytes / sizeof(std::string)) refuse_size(where, most_bytes);
  };
  read_table(text, {column}, format.separator, where, begin_row,
             [&](const FieldReader& reader, std::size_t, std::string_view field, const std::string& name) {
               const std::string_view word = trimmed(field);
               if (word.empty() || json::is_missing_text(word)) {
                 reader.refuse("column " + in_quotes(name) + ": found " +
                               (word.empty() ? "an empty field" : in_quotes(word)) + ", expected a level");
               }
               words.emplace_back(word);
             });
  return words;
}

}  // namespace exmc::ir
