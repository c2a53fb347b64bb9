#pragma once

#include <filesystem>
#include <string>

namespace exmc {

/// Refuses what is not an existing, regular file: a missing one, a directory, and a pipe, socket or device, at which
/// an open could wait for ever.
/// @throws InputError with `where`, the path and what was found.
void require_regular_file(const std::filesystem::path& path, const std::string& where);

/// The whole of a regular file of at most 4 GiB.
/// @throws InputError as above, or when it may not be read; IoError when reading fails.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path, const std::string& where);

}  // namespace exmc
