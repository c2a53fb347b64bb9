#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace exmc::app {

/// What the environment says of the MPI launcher that started this process.
struct Launcher {
  std::string size_variable;         ///< where `size` was read; empty where only the rank is known
  std::optional<std::int64_t> size;  ///< ranks that the launcher started
  std::int64_t rank = 0;             ///< this process among them
};

using Environment = std::function<const char*(const char* name)>;

/// Nothing where no launcher is at work. Of several (a launcher inside a job step of another), the innermost counts.
[[nodiscard]] std::optional<Launcher> detect_launcher(const Environment& environment);

/// Chains of a run whose config does not say how many: one for each rank, five without a launcher.
[[nodiscard]] std::uint32_t default_chains(const std::optional<Launcher>& launcher);

/// A binary under another MPI's launcher becomes as many runs of one rank as the launcher started.
/// @throws InputError naming both sizes where they differ.
void check_world_size(const Launcher& launcher, std::int64_t world_size, const std::string& library);

/// Says why the run failed where any rank may be the one to say it: the first of the job's processes on this host that
/// gets here does.
void say_once_per_host(const std::string& text);

}  // namespace exmc::app
