#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "exmc/core/process.hpp"
#include "layout.hpp"
#include "posix_file.hpp"

namespace exmc::io {

// The process that has a file locked, as it introduced itself in /run.

void write_identity(PosixFile& file, const FileMap& map, const Process& identity);
[[nodiscard]] Process read_identity(const PosixFile& file, const FileMap& map);

/// "process 123 on host a", for messages.
[[nodiscard]] std::string to_string(const Process& identity);
/// The same for a locked file and since when, or "another process" when that cannot be read.
[[nodiscard]] std::string describe_writer(const std::filesystem::path& path);

}  // namespace exmc::io
