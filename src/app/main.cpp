#include <Eigen/Core>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "activity.hpp"
#include "check.hpp"
#include "command_line.hpp"
#include "evaluate.hpp"
#include "exmc/core/error.hpp"
#include "exmc/io/trim.hpp"
#include "exmc/runtime/message.hpp"
#include "launcher.hpp"
#include "log.hpp"
#include "run.hpp"
#include "speaks_for_host.hpp"
#include "status.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "version.hpp"

namespace exmc::app {
namespace {

void trim_file(const Options& options) {
  const io::Trimmed made =
      io::trim(options.path, options.out, options.overwrite ? io::Existing::replace : io::Existing::refuse);
  const std::string chains = made.chains == made.all_chains ? ""
                                                            : " of " + std::to_string(made.chains) + " out of " +
                                                                  std::to_string(made.all_chains) + " chains";
  log_info(options.out + ": " + std::to_string(made.draws) + " draws in each chain" + chains);
}

void summarise_file(const Options& options, bool launched) {
  const SummaryWish wish{options.vars.value_or("auto"), "--vars", options.format, options.quiet};
  Summary summary;
  {
    const Activity activity("summarising " + options.path, voice_of(options, launched), {});
    summary = read_summary(options.path, wish);
  }
  print_summary(summary, wish);
  if (options.strict) require_usable(summary);
}

/// What one process does alone.
ExitCode answer(const Options& options, const std::optional<Launcher>& launcher) {
  switch (options.command) {
    case Command::help:
      std::fputs(options.text.c_str(), stdout);
      break;
    case Command::version:
      std::fputs(version_text().c_str(), stdout);
      break;
    case Command::check:
      check_config(options, default_chains(launcher));
      break;
    case Command::summary:
      summarise_file(options, launcher.has_value());
      break;
    case Command::status:
      return print_status(options);
    case Command::trim:
      trim_file(options);
      break;
    case Command::log_density:
      evaluate_points(options);
      break;
    case Command::run:
    case Command::predict:
      return run_locally(options);
  }
  return ExitCode::done;
}

ExitCode perform(int argc, char** argv, const std::optional<Launcher>& launcher) {
  Options options;
  try {
    options = parse_command_line(argc, argv);
  } catch (const Error& error) {
    if (!launcher) throw;
    return refuse_on_ranks({error.code(), error.what(), true}, *launcher);
  }
  start_log(options.quiet);
  if (!launcher) return answer(options, launcher);
  if (options.command == Command::run || options.command == Command::predict) return run_on_ranks(options, *launcher);
  return launcher->rank == 0 ? answer(options, launcher) : ExitCode::done;
}

}  // namespace
}  // namespace exmc::app

int main(int argc, char** argv) {
  namespace app = exmc::app;
  Eigen::setCpuCacheSizes(32 << 10, 256 << 10, 2 << 20);  // else the order of sums would follow the processor's caches
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of writing like others
  const auto launcher = app::detect_launcher([](const char* name) -> const char* { return std::getenv(name); });
  app::choose_colours(launcher.has_value());
  try {
    return static_cast<int>(app::perform(argc, argv, launcher));
  } catch (...) {
    // What is wrong before the ranks are joined is wrong on all of them.
    const exmc::runtime::Ending ending = exmc::runtime::ending_of_current_exception();
    if (!launcher || launcher->rank == 0) {
      app::say_error(ending.message);
    } else {
      app::await_speaker();
    }
    return static_cast<int>(ending.code);
  }
}
