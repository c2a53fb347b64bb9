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

}  // namespace

Array DataLoader::read(const Value& entry, std::uint64_t most_bytes, const json::Numbers& kinds) const {
  const bool is_missing = kinds.missing && json::is_missing(entry.json());
  const bool is_infinite = kinds.infinite && json::read_infinity(entry.json());
  if (entry.json().is_number() || entry.json().is_boolean() || entry.json().is_array() || is_infinite || is_missing) {
    return entry.numbers(kinds);
  }
  Object object = entry.object("a number, a list of numbers or an object with \"file\"");
  const Value file = object.at("file", "the path of a CSV or HDF5 file");
  const auto is_asked = [&](const char* key) { return entry.json().contains(key); };
  const int asked = is_asked("column") + is_asked("columns") + is_asked("dataset");
  if (asked > 1) entry.refuse("found more than one of \"column\", \"columns\" and \"dataset\", expected one of them");
  return is_asked("dataset") ? read_hdf5(object, file, most_bytes, kinds)
                             : read_columns(object, file, most_bytes, kinds);
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
  (void)entry.find("dataset");
  entry.refuse_unknown();
  if (names.empty())
    entry.value().refuse("expected \"column\" or \"columns\" (CSV) or \"dataset\" (HDF5) beside \"file\"");
  const fs::path path = resolve(file);
  const std::string where = entry.value().where() + ": " + printable(path.string(), kLongestPathShown);
  return read_csv(read_text_file(path, file.where(), most_bytes), names, {columns.has_value(), kinds}, where,
                  most_bytes);
}

Array DataLoader::read_hdf5(Object& entry, const Value& file, std::uint64_t most_bytes,
                            const json::Numbers& kinds) const {
  const std::string dataset = entry.at("dataset", "the path of a data set").string("the path of a data set");
  (void)entry.find("column");
  (void)entry.find("columns");
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
