#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "exmc/diagnostics/summary.hpp"

namespace exmc::app {

/// What a result file says, condensed.
struct Summary {
  std::string file;
  std::uint64_t planned_draws = 0;  ///< per chain, of the finished run
  diagnostics::RunFacts facts;
  std::vector<diagnostics::SummaryRow> rows;
  std::vector<std::string> warnings;
  std::vector<std::string> learned;  ///< by the first warm-up, a sentence each
  std::string goal;                  ///< how it was reached that ended the run; empty where none did
};

/// Reads one quantity at a time, whatever the number of draws.
/// @throws IoError when the file cannot be read or has no draws that every chain has.
[[nodiscard]] Summary read_summary(const std::filesystem::path& file);

/// One JSON object: what the run tells, the warnings and the table with all digits; null for what is not a number.
[[nodiscard]] std::string summary_json(const Summary& summary);

/// Prints the table of a result file and, but for CSV, what its reader should be warned of.
/// @throws IoError as read_summary().
void print_summary(const std::filesystem::path& file, TableFormat format);

}  // namespace exmc::app
