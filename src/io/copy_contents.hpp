#pragma once

#include <cstdint>
#include <vector>

#include "layout.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// Rows of each chain of the target, and which chain of the source it is.
struct RowCounts {
  std::vector<std::uint64_t> chains;
  std::vector<std::uint64_t> draws, warmup;
};

/// Copies all that changes in a file while it is written, but for its writer's name, into a fresh file of the same
/// columns: so many rows, flags, states where the target has room for them, and the counts. Groups of quantities that
/// the source does not have stay as they are, and draws from the prior where they are others. Both files' failures are
/// IoErrors; a target with other columns that the source does not have is a std::logic_error.
void copy_contents(const PosixFile& from, const FileMap& source, PosixFile& to, const FileMap& target,
                   const RowCounts& rows);

}  // namespace exmc::io
