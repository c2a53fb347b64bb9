#include "status.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "exmc/config/config.hpp"
#include "exmc/io/file_status.hpp"
#include "live_display.hpp"
#include "progress.hpp"
#include "terminal.hpp"

namespace exmc::app {
namespace {

using io::FileStatus;

constexpr std::chrono::seconds kPause{1};

void look(WatchedFile& watched) {
  watched.report = io::file_status(watched.file);
  const std::vector<std::uint64_t>& draws = watched.report.draws;
  const std::uint64_t all = std::accumulate(draws.begin(), draws.end(), std::uint64_t{0});
  const std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
  if (!watched.draws_at_first) {
    watched.draws_at_first = all;
    watched.first = now;
  }
  watched.per_second = watched.seconds_left = std::nullopt;
  if (watched.report.status != FileStatus::being_written || all <= *watched.draws_at_first) return;
  const double seconds = std::chrono::duration<double>(now - watched.first).count();
  watched.per_second = static_cast<double>(all - *watched.draws_at_first) / seconds;
  watched.seconds_left = static_cast<double>(watched.report.planned * draws.size() - all) / *watched.per_second;
}

std::string line_of(const WatchedFile& watched) {
  std::string line = watched.report.text;
  if (watched.per_second) {
    line += fmt::format(", {:.0f} draws/s, {} left", *watched.per_second, duration(*watched.seconds_left));
  }
  return line;
}

void print(const std::vector<WatchedFile>& files, TableFormat format) {
  if (format == TableFormat::json) {
    std::fputs(status_json(files).c_str(), stdout);
  } else {
    for (const WatchedFile& watched : files) std::printf("%s\n", line_of(watched).c_str());
  }
  std::fflush(stdout);
}

void show(LiveDisplay& display, const std::vector<WatchedFile>& files, std::size_t columns) {
  std::vector<std::string> lines;
  for (const WatchedFile& watched : files) lines.push_back(line_of(watched).substr(0, columns));
  display.show(std::move(lines), columns);
}

bool any(const std::vector<WatchedFile>& files, FileStatus status) {
  for (const WatchedFile& watched : files) {
    if (watched.report.status == status) return true;
  }
  return false;
}

/// A result file, or that of a config.
std::filesystem::path file_of(const std::string& path, const Options& options) {
  if (std::filesystem::path(path).extension() != ".json") return path;
  return config::load_config(path, options.set).output.file;
}

}  // namespace

ExitCode print_status(const Options& options) {
  std::vector<WatchedFile> files;
  for (const std::string& path : options.paths) files.push_back({file_of(path, options)});
  const bool on_terminal = options.format == TableFormat::text && find_terminal(false).has_value();
  LiveDisplay display(stdout);
  while (true) {
    for (WatchedFile& watched : files) look(watched);
    if (!options.watch || !any(files, FileStatus::being_written)) break;
    if (on_terminal) {
      show(display, files, find_terminal(false).value_or(kAssumedTerminal).columns);
    } else {
      print(files, options.format);
    }
    std::this_thread::sleep_for(kPause);
  }
  display.clear();
  print(files, options.format);
  if (any(files, FileStatus::unreadable)) return ExitCode::io_failed;
  if (any(files, FileStatus::being_written)) return ExitCode::being_written;
  return any(files, FileStatus::resumable) ? ExitCode::stopped : ExitCode::done;
}

}  // namespace exmc::app
