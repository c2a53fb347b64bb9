#include "exmc/io/trim.hpp"

#include <fcntl.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "copy_contents.hpp"
#include "exmc/core/error.hpp"
#include "hdf5.hpp"
#include "part_file.hpp"

namespace exmc::io {
namespace {

/// The rows to copy: of each chain that has some draws and did not fail as many as all of these have, and all of their
/// warm-up.
RowCounts common_rows(const PosixFile& file, const FileMap& map) {
  const auto draws = read_counts(file, map.progress, map.chains);
  const auto warmup = read_counts(file, map.warmup_progress, map.chains);
  const auto failures = map.chain_table.failures(file, map.chains);
  RowCounts rows;
  bool any = false;
  for (std::uint64_t chain = 0; chain < map.chains; ++chain) {
    if (!failures[chain].empty()) continue;
    any = true;
    if (draws[chain] == 0) continue;
    rows.chains.push_back(chain);
    rows.draws.push_back(draws[chain]);
    rows.warmup.push_back(warmup[chain]);
  }
  if (!any) throw IoError(file.label() + ": every chain failed");
  if (rows.chains.empty()) throw IoError(file.label() + ": no chain has a draw yet");
  const std::uint64_t fewest = *std::ranges::min_element(rows.draws);
  if (fewest > map.draws || *std::ranges::max_element(rows.warmup) > map.warmup) {
    throw IoError(file.label() + ": /run/progress counts more draws than there is room for");
  }
  std::ranges::fill(rows.draws, fewest);
  return rows;
}

}  // namespace

Trimmed trim(const std::filesystem::path& path, const std::filesystem::path& out, Existing existing) {
  h5::prepare_library();
  std::error_code missing;
  if (std::filesystem::equivalent(path, out, missing)) throw InputError(out.string(), "is the file to be trimmed");
  try {
    PosixFile file(path.string(), O_RDONLY, path.string());
    if (!file.try_lock_for_reading()) refuse_locked(path.string());
    const FileMap map = read_map(path.string());
    require_predicted(file, map);
    const RowCounts rows = common_rows(file, map);
    FileLayout layout = read_layout(path.string(), map);
    layout.chains = rows.chains.size();
    layout.draws = rows.draws.front();
    layout.has_goal = false;  // it is as it is

    const std::filesystem::path target = std::filesystem::weakly_canonical(out);
    const PosixFile old = claim_existing(target, existing);
    require_space(target, out.string(), layout);
    PartFile part(target);
    const FileMap trimmed = part.lay_out(layout);
    copy_contents(file, map, part.file(), trimmed, rows);
    part.file().sync();
    part.become_output(existing).close();
    return {layout.chains, map.chains, layout.draws};
  } catch (const h5::Failure& failure) {
    throw IoError(path.string() + ": " + failure.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw IoError(out.string() + ": cannot create: " + error.code().message());
  }
}

}  // namespace exmc::io
