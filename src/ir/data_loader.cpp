#include "data_loader.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "csv.hpp"
#include "exmc/core/element_index.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/file.hpp"
#include "exmc/core/text.hpp"
#include "keys.hpp"

namespace exmc::ir {
namespace {

namespace fs = std::filesystem;
using json::Object;
using json::Value;

std::string shown(const fs::path& path) { return in_quotes(path.string(), kLongestPathShown); }

/// Both with symbolic links resolved.
bool is_within(const fs::path& file, const fs::path& folder) {
  const auto [rest, end] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return rest == folder.end() && end != file.end();
}

void require_finite(const Array& array, const std::string& where, const json::Numbers& kinds) {
  const auto bad = std::ranges::find_if_not(
      array.values, [&](double x) { return std::isfinite(x) || (std::isnan(x) ? kinds.missing : kinds.infinite); });
  if (bad == array.values.end()) return;
  const auto element = static_cast<std::size_t>(bad - array.values.begin());
  const char* const found = std::isnan(*bad) ? "nan" : *bad > 0 ? "inf" : "-inf";
  throw InputError(where, element_place(array.shape, element) + " is " + found + ", expected a finite number" +
                              std::string(std::isnan(*bad) ? kinds.advice : ""));
}

constexpr std::uint64_t kLargestBase = 1'000'000'000;

/// Makes numbers that count from `first` count from 0.
void count_from(double first, Array& array, const std::string& where) {
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    double& x = array.values[i];
    if (std::isnan(x)) continue;  // missing, where that is allowed
    if (x < first || x != std::floor(x)) {
      throw InputError(where, element_place(array.shape, i) + " is " + shortest(x) + ", expected whole numbers from " +
                                  shortest(first) + " on, as \"base\" says");
    }
    x -= first;
  }
}

char read_mark(Object& entry, const char* key, char usual, std::string_view choices, const std::string& expected) {
  const std::optional<Value> value = entry.find(key);
  if (!value) return usual;
  const std::string text = value->string(expected);
  if (text.size() != 1 || choices.find(text[0]) == std::string_view::npos) value->refuse_as_not(expected);
  return text[0];
}

CsvFormat read_format(Object& entry) {
  CsvFormat format;
  format.separator =
      read_mark(entry, "separator", ',', ",;\t|", R"(what stands between fields: ",", ";", "|" or a tab)");
  format.decimal = read_mark(entry, "decimal", '.', ".,", R"("." or ",")");
  if (format.separator == format.decimal) {
    entry.value().refuse(R"(found "," as "decimal" and between fields, expected another "separator")");
  }
  return format;
}

}  // namespace

Array DataLoader::read(const Value& entry, std::uint64_t most_bytes, const json::Numbers& kinds) const {
  const bool is_missing = kinds.missing && json::is_missing(entry.json());
  const bool is_infinite = kinds.infinite && json::read_infinity(entry.json());
  if (entry.json().is_number() || entry.json().is_boolean() || entry.json().is_array() || is_infinite || is_missing) {
    return entry.numbers(kinds);
  }
  Object object = entry.object("a number, a list of numbers or an object with \"file\"");
  const Value file = object.at("file", "the path of a CSV or HDF5 file");
  require_one_selection(entry);
  const std::optional<Value> base = object.find("base");
  const double first = base ? static_cast<double>(base->integer(0, kLargestBase, "the number of the first one")) : 0;
  Array array = entry.json().contains("dataset") ? read_hdf5(object, file, most_bytes, kinds)
                                                 : read_columns(object, file, most_bytes, kinds);
  if (base) count_from(first, array, entry.where());
  return array;
}

std::optional<Factor> DataLoader::read_factor(const std::string& name, const Value& entry,
                                              std::uint64_t most_bytes) const {
  if (!entry.json().is_object() || !entry.json().contains("factor")) return std::nullopt;
  Object object = entry.object();
  const Value file = object.at("file", "the path of a CSV file");
  require_one_selection(entry);
  const std::string column = object.at("factor", "the name of a column").string("the name of a column");
  const CsvFormat format = read_format(object);
  object.refuse_unknown();
  const fs::path path = resolve(file);
  const std::string where = entry.where() + ": " + printable(path.string(), kLongestPathShown);
  const std::string text = read_text_file(path, file.where(), most_bytes);
  return Factor{name, column, read_csv_words(text, column, format, where, most_bytes), where};
}

void DataLoader::require_one_selection(const Value& entry) const {
  const auto asked =
      std::ranges::count_if(kFileSelections, [&](std::string_view key) { return entry.json().contains(key); });
  if (asked == 1) return;
  if (asked == 0) {  // maybe for one that is misspelt
    Object object = entry.object();
    for (const char* key : {"file", "column", "columns", "factor", "dataset", "base", "separator", "decimal"}) {
      (void)object.find(key);
    }
    object.refuse_unknown();
  }
  constexpr auto all = R"("column", "columns" or "factor" (CSV) or "dataset" (HDF5))";
  entry.refuse(asked == 0 ? std::string("expected ") + all + " beside \"file\""
                          : std::string("found more than one of ") + all + ", expected one of them");
}

fs::path DataLoader::resolve(const Value& file) const {
  const std::string written = file.string("the path of a file");
  if (written.empty() || written.find('\0') != std::string::npos) file.refuse_as_not("the path of a file");
  const fs::path path = (folder_ / written).lexically_normal();
  if (confined_) require_within_folder(file, path);
  require_regular_file(path, file.where());
  return path;
}

void DataLoader::require_within_folder(const Value& file, const fs::path& path) const {
  std::error_code error;
  // Made absolute first: of a relative path none of which exists, weakly_canonical() resolves nothing.
  const fs::path resolved = fs::weakly_canonical(fs::absolute(path), error);
  if (error) file.refuse("cannot look at " + shown(path) + ": " + error.message());
  const fs::path folder = fs::weakly_canonical(fs::absolute(folder_.empty() ? "." : folder_), error);
  if (error || !is_within(resolved, folder)) {
    file.refuse("the file " + shown(path) + " is outside the model's folder; only a config may name such files");
  }
}

Array DataLoader::read_columns(Object& entry, const Value& file, std::uint64_t most_bytes,
                               const json::Numbers& kinds) const {
  const auto column = entry.find("column");
  const auto columns = entry.find("columns");
  std::vector<std::string> names;
  if (column) names.push_back(column->string("the name of a column"));
  if (columns) {
    for (const Value& name : columns->list("a list of column names")) names.push_back(name.string("a column name"));
    if (names.empty()) columns->refuse("found an empty list, expected at least one column name");
  }
  const CsvFormat format = read_format(entry);
  entry.refuse_unknown();
  const fs::path path = resolve(file);
  const std::string where = entry.value().where() + ": " + printable(path.string(), kLongestPathShown);
  return read_csv(read_text_file(path, file.where(), most_bytes), names, {columns.has_value(), kinds, format}, where,
                  most_bytes);
}

Array DataLoader::read_hdf5(Object& entry, const Value& file, std::uint64_t most_bytes,
                            const json::Numbers& kinds) const {
  const std::string dataset = entry.at("dataset", "the path of a data set").string("the path of a data set");
  entry.refuse_unknown();
  const fs::path path = resolve(file);
  if (!read_dataset_) throw std::logic_error("HDF5 data in a model, but no reader for it was given");
  const std::string where = entry.value().where();
  Array array;
  try {
    array = read_dataset_(path.string(), dataset, most_bytes);
  } catch (const InputError& error) {
    throw InputError(where, error.what());
  }
  if (array.values.empty()) throw InputError(where, "the data set " + in_quotes(dataset) + " has no elements");
  require_finite(array, where + ": " + shown(path) + ", data set " + in_quotes(dataset), kinds);
  return array;
}

}  // namespace exmc::ir
