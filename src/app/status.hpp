#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "exmc/core/error.hpp"
#include "exmc/io/file_status.hpp"

namespace exmc::app {

/// A file that is looked at, maybe again and again; draws of all of its chains.
struct WatchedFile {
  std::filesystem::path file;
  io::StatusReport report{};
  std::optional<std::uint64_t> draws_at_first{};
  std::chrono::steady_clock::time_point first{};
  std::optional<double> per_second{}, seconds_left{};
};

/// A list of JSON objects, in one line.
[[nodiscard]] std::string status_json(const std::vector<WatchedFile>& files);

/// Prints what each of the files is, or that of each config: a line each, or a list of JSON objects. With --watch again
/// and again, with rate and time left, until nobody writes any of them.
/// @return of the files 3 where one cannot be read, else 6 where one is being written, else 5 where one is not complete
[[nodiscard]] ExitCode print_status(const Options& options);

}  // namespace exmc::app
