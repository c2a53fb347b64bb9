#pragma once

#include <filesystem>

namespace exmc::app {

/// Prints the table of a result file and what its reader should be warned of, holding one quantity at a time.
/// @throws IoError when the file cannot be read or has no draws that every chain has.
void print_summary(const std::filesystem::path& file);

}  // namespace exmc::app
