#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "exmc/config/config.hpp"
#include "exmc/io/draw_file.hpp"
#include "job.hpp"

namespace exmc::app {

/// What an output file says of the run that made it.
struct RecordedRun {
  std::string file;      ///< its path, for messages
  std::string ir;        ///< canonical text of the model
  config::Config keys;   ///< those that draws depend on and those that decide which datasets there are; others default
  std::string sampling;  ///< text of the former
  std::string data_hash;
  std::string build;
  std::vector<std::string> row;  ///< what a row of a draw is made of, as io::FileLayout::row_text()
};

/// @throws IoError when the file cannot be read or is none of ours.
[[nodiscard]] RecordedRun read_recorded_run(const std::filesystem::path& file);

/// Whether the job would go on with these draws: the same model, data, seed, chains and sampling keys, and not fewer
/// draws, in a file that has a place for each. `layout` is the output's as of this job.
/// @throws InputError that names the first difference, with the old value and the new; where another version of the
/// program began the file, the dataset that it lacks or has besides.
void require_same_run(const RecordedRun& recorded, const Job& job, const io::FileLayout& layout);

/// A line for the log where the file was made by another build, or with another maths library.
[[nodiscard]] std::optional<std::string> difference_of_build(const RecordedRun& recorded);

}  // namespace exmc::app
