#pragma once

#include <cstdint>
#include <filesystem>

#include "exmc/io/draw_file.hpp"

namespace exmc::io {

/// What a trimmed file has.
struct Trimmed {
  std::uint64_t chains = 0, all_chains = 0;  ///< of them, those of the run
  std::uint64_t draws = 0;                   ///< of each
};

/// Makes a complete file `out` of the draws that every chain of `file` has, for readers: without the states that a
/// resume needs. Chains that failed or have no draw yet are left out.
/// @throws IoError when `file` is being written or cannot be read, when no chain has a draw, or `out` cannot be
/// written; InputError when `out` is `file`, or exists and is not to be replaced.
Trimmed trim(const std::filesystem::path& file, const std::filesystem::path& out, Existing existing);

}  // namespace exmc::io
