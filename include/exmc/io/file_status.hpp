#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/process.hpp"

namespace exmc::io {

enum class FileStatus { complete, resumable, being_written, unreadable };

/// What a file is, and the words for it.
struct StatusReport {
  FileStatus status = FileStatus::unreadable;
  std::string text;                    ///< one line: draws per chain; who writes it; why it cannot be read
  std::vector<std::uint64_t> draws{};  ///< of each chain that did not fail
  std::uint64_t planned = 0;           ///< of each chain
};

/// Looks at a file without changing it. A lock whose holder died does not count.
[[nodiscard]] StatusReport file_status(const std::filesystem::path& path);

/// The process that has a file locked or last had it; nothing where that cannot be read.
[[nodiscard]] std::optional<Process> last_writer(const std::filesystem::path& path);

}  // namespace exmc::io
