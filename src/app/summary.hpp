#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "exmc/core/error.hpp"
#include "exmc/diagnostics/summary.hpp"
#include "exmc/diagnostics/table.hpp"
#include "selection.hpp"

namespace exmc::app {

/// What a result file says, condensed.
struct Summary {
  std::string file;
  std::uint64_t planned_draws = 0;     ///< per chain, of the finished run
  std::vector<std::uint64_t> waiting;  ///< numbers of the chains that have no draw yet, and are left out
  diagnostics::RunFacts facts;
  std::vector<diagnostics::SummaryRow> rows;          ///< those that were chosen
  std::vector<diagnostics::TableVariable> variables;  ///< of the rows, where all were
  Selection selection;
  std::vector<diagnostics::Warning> warnings;
  std::vector<std::string> learned;  ///< by the first warm-up, a sentence each
  std::string goal;                  ///< how it was reached that ended the run; empty where none did
};

/// What a reader wants of a summary.
struct SummaryWish {
  std::string vars = "auto";     ///< as parse_selection() understands it
  std::string where = "--vars";  ///< what says so, for messages
  TableFormat format = TableFormat::text;
  bool quiet = false;  ///< warnings alone, as lines of the log
};

/// Reads one quantity at a time, whatever the number of draws.
/// @throws IoError when the file cannot be read or has no draws that every chain has; InputError as parse_selection().
[[nodiscard]] Summary read_summary(const std::filesystem::path& file, const SummaryWish& wish);

/// Whether a warning means that the draws are not to be used.
[[nodiscard]] bool is_unusable(const Summary& summary);
/// What --strict ends with. @throws Error with kNotToBeUsed where is_unusable().
void require_usable(const Summary& summary);

/// One JSON object: what the run tells, the warnings and the table with all digits; null for what is not a number.
[[nodiscard]] std::string summary_json(const Summary& summary);

/// Prints the table and, but for CSV, what its reader should be warned of.
void print_summary(const Summary& summary, const SummaryWish& wish);

}  // namespace exmc::app
