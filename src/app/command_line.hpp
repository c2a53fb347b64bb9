#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exmc::app {

enum class Command { run, check, summary, status, trim, predict, log_density, help, version };

enum class ProgressMode { automatic, on, off };

/// How --summary and --log-density print what they have.
enum class TableFormat { text, json, csv };

/// Which groups --predict is to make; none: log likelihood and predictive draws.
struct PredictedGroups {
  bool log_likelihood = false, predictive = false;
  std::uint64_t prior = 0;  ///< draws

  [[nodiscard]] bool any() const { return log_likelihood || predictive || prior > 0; }
};

/// The command line, understood.
struct Options {
  Command command = Command::run;
  std::string path;                ///< CONFIG or FILE
  std::vector<std::string> paths;  ///< of --status: all of them
  bool watch = false;              ///< of --status: until nobody writes any of them
  std::string out;                 ///< the second path: OUT of --trim, POINTS of --log-density
  std::vector<std::string> set;    ///< "sampler.draws=2000"
  PredictedGroups predict{};
  bool resume = false;
  bool overwrite = false;
  bool quiet = false;
  bool strict = false;                ///< exit code 7 where a warning means that the draws are not to be used
  std::optional<std::string> vars{};  ///< what of --summary to show
  ProgressMode progress = ProgressMode::automatic;
  TableFormat format = TableFormat::text;
  std::string text;  ///< what --help prints
};

/// @throws InputError on bad usage.
[[nodiscard]] Options parse_command_line(int argc, const char* const* argv);

}  // namespace exmc::app
