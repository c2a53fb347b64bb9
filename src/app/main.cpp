#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include "command_line.hpp"
#include "exmc/core/error.hpp"
#include "exmc/runtime/mpi/session.hpp"
#include "exmc/runtime/watchdog.hpp"
#include "launcher.hpp"
#include "version.hpp"

namespace {

using exmc::ExitCode;

/// MPI_Init hangs where a rank never arrives; the config, which could say how long to wait, is not read yet.
constexpr double kStartSeconds = 120;

double start_seconds() {
  const char* text = std::getenv("EXMC_START_SECONDS");
  const double seconds = text ? std::atof(text) : 0;
  return seconds > 0 ? seconds : kStartSeconds;
}

void give_up_starting() {
  if (exmc::app::speaks_for_host()) {
    std::fprintf(stderr, "exmc_mpi: not all ranks arrived within %g s: the run did not start\n", start_seconds());
  }
  std::_Exit(static_cast<int>(ExitCode::stopped));
}

ExitCode run(const exmc::app::Options&) {
  const auto launcher = exmc::app::detect_launcher([](const char* name) -> const char* { return std::getenv(name); });
  if (!launcher) return ExitCode::done;
  std::unique_ptr<exmc::runtime::Communicator> ranks;
  {
    const exmc::runtime::Watchdog guard(std::chrono::duration<double>(start_seconds()), give_up_starting);
    ranks = exmc::runtime::mpi::start();
  }
  check_world_size(*launcher, ranks->size(), exmc::runtime::mpi::library_version());
  ranks->leave(ExitCode::done, true);
  return ExitCode::done;
}

ExitCode perform(const exmc::app::Options& options) {
  switch (options.command) {
    case exmc::app::Command::help:
      std::fputs(options.text.c_str(), stdout);
      return ExitCode::done;
    case exmc::app::Command::version:
      std::fputs(exmc::app::version_text().c_str(), stdout);
      return ExitCode::done;
    default:
      return run(options);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return static_cast<int>(perform(exmc::app::parse_command_line(argc, argv)));
  } catch (const exmc::Error& error) {
    std::fprintf(stderr, "exmc_mpi: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
