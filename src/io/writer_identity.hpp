#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "layout.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// The process that has a file locked, as it introduced itself in /run. The start time tells a process from a later one
/// with the same number.
struct WriterIdentity {
  std::string host;
  std::int64_t pid = 0;
  std::int64_t start = 0;  ///< clock ticks since the host's start, as in /proc/PID/stat
};

[[nodiscard]] WriterIdentity this_process();
void write_identity(PosixFile& file, const FileMap& map, const WriterIdentity& identity);
[[nodiscard]] WriterIdentity read_identity(const PosixFile& file, const FileMap& map);

/// "process 123 on host a", for messages.
[[nodiscard]] std::string to_string(const WriterIdentity& identity);
/// The same for a locked file, or "another process" when it cannot be read.
[[nodiscard]] std::string describe_writer(const std::filesystem::path& path);

}  // namespace exmc::io
