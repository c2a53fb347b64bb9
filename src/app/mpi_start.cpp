#include "mpi_start.hpp"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

#include "exmc/config/config.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "exmc/runtime/mpi/session.hpp"
#include "exmc/runtime/watchdog.hpp"
#include "log.hpp"

namespace exmc::app {
namespace {

constexpr const char* kStartVariable = "EXMC_START_SECONDS";

std::optional<double> start_seconds_of_environment() {
  const char* text = std::getenv(kStartVariable);
  if (!text) return std::nullopt;
  const ParsedNumber number = parse_number(text);
  if (number.fault != NumberFault::none || number.value <= 0) {
    throw InputError(kStartVariable, "expected a positive number of seconds, found " + in_quotes(text));
  }
  return number.value;
}

std::string in_seconds(double seconds) { return std::to_string(static_cast<int>(seconds)) + " s"; }

void give_up(const std::string& why) {
  say_once_per_host(why);
  std::_Exit(static_cast<int>(ExitCode::stopped));
}

}  // namespace

Patience patience_of(const Options& options) {
  config::Config::Runtime runtime;
  try {
    const bool config = options.command == Command::run && !options.path.empty();
    if (config) runtime = config::load_config(options.path, options.set).runtime;
  } catch (const Error&) {
    // rank 0 will say it
  }
  return {start_seconds_of_environment().value_or(runtime.start_seconds), runtime.heartbeat_seconds};
}

std::unique_ptr<runtime::Communicator> start_mpi(const Launcher& launcher, const Patience& patience) {
  std::unique_ptr<runtime::Communicator> ranks;
  {
    const auto not_all_arrived = [seconds = patience.start_seconds] {
      give_up("not all ranks arrived within " + in_seconds(seconds) + ": the run did not start");
    };
    const runtime::Watchdog guard(std::chrono::duration<double>(patience.start_seconds), not_all_arrived);
    ranks = runtime::mpi::start({std::chrono::duration<double>(patience.heartbeat_seconds), [] {
                                   give_up(
                                       "a broadcast does not end, as a rank or a host does not answer: the run ends, "
                                       "and --resume goes on from what was written");
                                 }});
  }
  try {
    check_world_size(launcher, ranks->size(), runtime::mpi::library_version());
  } catch (...) {
    ranks->leave(ExitCode::bad_input, true);
    throw;
  }
  if (ranks->rank() == RankId{0} && ranks->size() > 1 && !runtime::mpi::fault_tolerance_active()) {
    log_info(
        "this MPI ends the whole run when a rank dies; what was written stays, and --resume goes on from it. An Open "
        "MPI with ULFM, started with `mpirun --with-ft ulfm`, goes on without the dead");
  }
  return ranks;
}

}  // namespace exmc::app
