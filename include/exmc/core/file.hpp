#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace exmc {

/// What an existing path is that is no regular file: "a directory", "a pipe", ...
[[nodiscard]] std::string kind_of_file(std::filesystem::file_type type);

/// Refuses what is not an existing, regular file: a missing one, a directory, and a pipe, socket or device, at which
/// an open could wait for ever.
/// @throws InputError with `where`, the path and what was found.
void require_regular_file(const std::filesystem::path& path, const std::string& where);

/// The most that a text file may have, and what is read where nobody says less.
inline constexpr std::uint64_t kLargestText = std::uint64_t{4} << 30U;

/// The whole of a regular file of at most `most_bytes`, or kLargestText where that is less.
/// @throws InputError as above, when it is larger, or when it may not be read; IoError when reading fails.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path, const std::string& where,
                                         std::uint64_t most_bytes = kLargestText);

}  // namespace exmc
