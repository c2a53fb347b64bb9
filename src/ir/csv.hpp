#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/memory.hpp"
#include "json/value.hpp"

namespace exmc::ir {

/// How a table is written.
struct CsvFormat {
  char separator = ',';  ///< between fields
  char decimal = '.';    ///< before the fraction of a number
};

/// What columns are for.
struct CsvUse {
  bool as_matrix = false;
  json::Numbers kinds{};  ///< of missing ones an empty field, too
  CsvFormat format{};
};

/// Reads numeric columns of a comma-separated text (RFC 4180) with a header line, UTF-8 with or without byte order
/// mark: quoted fields may hold separators, line breaks and doubled quotes; lines end with LF or CRLF. Spaces and tabs
/// around a number or a name do not count.
/// @return (rows) for one column, (rows, columns) as a matrix.
/// @throws InputError with `where`, line and column, for a missing column, a ragged row, an empty field or what else is
/// no finite number in a column asked for, for a whole number beyond 2^53 there, for a text that is not CSV, and where
/// the result is larger than `most_bytes`.
[[nodiscard]] Array read_csv(std::string_view text, const std::vector<std::string>& columns, const CsvUse& use,
                             const std::string& where, std::uint64_t most_bytes = kUnlimitedMemory);

/// The fields of one column as they are, without the spaces around them.
/// @throws InputError as read_csv() does but for what is about numbers, and for empty fields and NA.
[[nodiscard]] std::vector<std::string> read_csv_words(std::string_view text, const std::string& column,
                                                      const CsvFormat& format, const std::string& where,
                                                      std::uint64_t most_bytes = kUnlimitedMemory);

}  // namespace exmc::ir
