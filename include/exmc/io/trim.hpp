#pragma once

#include <cstdint>
#include <filesystem>

#include "exmc/io/draw_file.hpp"

namespace exmc::io {

/// Makes a complete file `out` of the draws that every chain of `file` has, for readers: without the states that a
/// resume needs.
/// @return that number of draws
/// @throws IoError when `file` is being written or cannot be read, when not every chain has a draw, or `out` cannot be
/// written; InputError when `out` is `file`, or exists and is not to be replaced.
std::uint64_t trim(const std::filesystem::path& file, const std::filesystem::path& out, Existing existing);

}  // namespace exmc::io
