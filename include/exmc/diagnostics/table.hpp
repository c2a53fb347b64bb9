#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/diagnostics/summary.hpp"

namespace exmc::diagnostics {

/// A variable of which a list of rows has all elements, row-major.
struct TableVariable {
  std::string name;
  Shape shape;
};

/// A line of a table for people: a quantity, or those elements of a variable that vary.
struct TableLine {
  SummaryRow row;            ///< of several: "theta[0:85]", their least ESS and largest R-hat; its mean is none
  std::size_t elements = 1;  ///< that it stands for
  double least_mean = 0, largest_mean = 0;
};

/// What of a summary fits a screen.
struct Table {
  std::vector<TableLine> lines;
  std::size_t left_out = 0;            ///< lines that found no place
  std::vector<SummaryRow> worst;       ///< of what has no line of its own: to be looked at first
  std::vector<std::string> constants;  ///< "k = 3", "3 of 9 elements of L"
};

/// All rows, one by one.
[[nodiscard]] Table whole_table(const std::vector<SummaryRow>& rows);

/// Scalars first; of longer variables the longest are folded into a line each until there are at most `kMostLines`.
/// Constants are left out.
/// @param rows  all elements of the variables, one variable after the other
[[nodiscard]] Table folded_table(const std::vector<SummaryRow>& rows, const std::vector<TableVariable>& variables,
                                 const RunFacts& facts);
inline constexpr std::size_t kMostLines = 20, kMostWorst = 5;

/// How a number that warnings are about is shown.
using Mark = std::function<std::string(const std::string&)>;

/// As aligned text, header first, a line each; as many decimals as the Monte Carlo error leaves meaningful; and what
/// was folded or left out.
[[nodiscard]] std::string render(const Table& table, const RunFacts& facts, const Mark& mark);

/// The table as CSV (RFC 4180), all rows, each number with as many digits as it takes to read it back; NaN where there
/// is none.
[[nodiscard]] std::string render_csv(const std::vector<SummaryRow>& rows);

}  // namespace exmc::diagnostics
