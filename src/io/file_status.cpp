#include "exmc/io/file_status.hpp"

#include <fcntl.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/io/draw_reader.hpp"
#include "exmc/io/quantity_file.hpp"
#include "part_file.hpp"
#include "posix_file.hpp"
#include "writer_identity.hpp"

namespace exmc::io {
namespace {

std::vector<std::uint64_t> draws_of(const DrawReader& reader) {
  std::vector<std::uint64_t> draws = reader.durable_draws();
  draws.insert(draws.end(), reader.waiting_chains().size(), 0);
  return draws;
}

std::string draws_in(const DrawReader& reader, const std::vector<std::uint64_t>& draws) {
  const std::string failed =
      reader.failed_chains().empty() ? "" : "; " + std::to_string(reader.failed_chains().size()) + " chains failed";
  if (draws.empty()) return "no draws" + failed;
  const auto [fewest, most] = std::minmax_element(draws.begin(), draws.end());
  const std::string range =
      *fewest == *most ? std::to_string(*most) : std::to_string(*fewest) + " to " + std::to_string(*most);
  return range + " of " + std::to_string(reader.draws()) + " draws in each of " + std::to_string(draws.size()) +
         " chains" + failed + (reader.goal().empty() ? "" : "; the goal was reached: " + reader.goal());
}

/// Whether a run is making the file of that name at this moment.
bool is_being_made(const std::filesystem::path& path) {
  std::error_code missing;
  const std::string part = part_name(std::filesystem::weakly_canonical(path, missing));
  if (missing || std::filesystem::exists(path, missing) || !std::filesystem::exists(part, missing)) return false;
  return PosixFile(part, O_RDONLY, part).locked_by_another();
}

}  // namespace

StatusReport file_status(const std::filesystem::path& path) {
  const std::string name = path.string();
  try {
    if (is_being_made(path)) return {FileStatus::being_written, name + ": a run is making it"};
    const bool locked = PosixFile(name, O_RDONLY, name).locked_by_another();
    const DrawReader reader(path);
    StatusReport report;
    report.draws = draws_of(reader);
    report.planned = reader.draws();
    const bool over = !reader.goal().empty() || (reader.failed_chains().empty() && reader.waiting_chains().empty());
    const std::string draws = draws_in(reader, report.draws);
    if (locked) {
      report.status = FileStatus::being_written;
      report.text = name + ": being written by " + describe_writer(path) + ", " + draws;
    } else if (reader.common_draws() == reader.draws() && over && !reader.looks()) {
      report.status = FileStatus::complete;
      report.text = name + ": complete, " + draws;
      const std::string partial = PredictedDraws(path).predicting();
      if (!partial.empty()) report.text += "; not all of " + partial + " is there: --predict goes on with it";
    } else {
      report.status = FileStatus::resumable;
      report.text = name + ": resumable, " + draws;
    }
    return report;
  } catch (const Error& error) {
    return {FileStatus::unreadable, error.what()};
  }
}

}  // namespace exmc::io
