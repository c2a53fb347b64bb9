#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include "exmc/core/error.hpp"

namespace exmc::app {
namespace {

constexpr const char* kExamples = R"(Examples:
  exmc_mpi eight_schools.json                       five chains on the cores of this machine
  mpirun -n 5 exmc_mpi eight_schools.json           one chain on each of five ranks
  exmc_mpi configs/models/eight_schools.json        a model without a config: all as it is by default
  exmc_mpi --overwrite --quiet eight_schools.json   again, in place of the file that is there; silent but for warnings
  mpirun -n 5 exmc_mpi --progress=on eight_schools.json
  exmc_mpi --set sampler.draws=2000 --set output.file=long.h5 eight_schools.json
  mpirun -n 5 exmc_mpi --resume eight_schools.json  goes on after any end; with a larger sampler.draws: longer
  exmc_mpi --check eight_schools.json               is the model right, what does a gradient cost
  exmc_mpi --summary eight_schools.h5               the table of an earlier run; of a running one so far
  exmc_mpi --summary --json eight_schools.h5        the same for programs, with all digits
  exmc_mpi --summary --csv eight_schools.h5         the table for spreadsheets
  exmc_mpi --summary --vars mu,theta[0:3] old.h5    some elements; --vars all: everything, one by one
  exmc_mpi --strict eight_schools.json; echo $?     7 where a warning says: do not use these draws. Of --summary too
  exmc_mpi --status eight_schools.h5; echo $?       0 complete, 5 resumable, 6 being written, 3 missing or unreadable
  exmc_mpi --status --watch run.json                of a config's file; again and again while it is written; --json too
  exmc_mpi --trim eight_schools.h5 some.h5          only the draws that every chain has
  mpirun -n 4 exmc_mpi --predict eight_schools.h5   adds /log_likelihood and /posterior_predictive to a finished file
  exmc_mpi --predict eight_schools.h5 --log-likelihood   one of them alone; the other: --predictive
  exmc_mpi --predict eight_schools.h5 --prior 1000  and draws from the prior
  exmc_mpi --log-density eight_schools.json points.json   log density and gradient at given points; with --json too
  exmc_mpi --version                                for a bug report

Exit codes: 0 done; 2 bad usage, config, model or data; 3 input or output failed; 4 sampling impossible;
5 stopped by a signal or a limit; 7 with --strict: these draws are not to be used.)";

/// The flags as CLI11 fills them in.
struct Flags {
  std::vector<std::string> paths;
  std::string progress = "auto";
  bool check = false, summary = false, status = false, trim = false, predict = false, log_density = false,
       version = false, json = false, csv = false;
};

void declare(CLI::App& cli, Flags& flags, Options& options) {
  cli.footer(kExamples);
  cli.add_option("CONFIG", flags.paths,
                 "configuration of the run (JSON), or a model alone; a result file for --summary, --status, --trim and "
                 "--predict")
      ->type_name("");
  cli.add_flag("--check", flags.check, "parameters, log density, gradient, its time, size of the file; no sampling");
  cli.add_flag("--summary", flags.summary, "table of a result file");
  cli.add_flag("--log-density", flags.log_density,
               "CONFIG POINTS: log density (with and without the Jacobian, by node), gradient, saved expressions");
  cli.add_flag("--json", flags.json, "--summary, --status and --log-density as JSON, with all digits");
  cli.add_flag("--csv", flags.csv, "--summary as CSV: the table");
  cli.add_option("--vars", options.vars, "of --summary: variables and elements, such as mu,theta[0:3]; all: one by one")
      ->type_name("NAMES");
  cli.add_flag("--status", flags.status, "state of result files, or of those of configs, by exit code");
  cli.add_flag("--watch", options.watch, "--status again and again, with rate and time left, while a file is written");
  cli.add_flag("--resume", options.resume, "go on from the output file, or start where there is none");
  cli.add_flag("--trim", flags.trim, "FILE OUT: a complete file of the draws that every chain has");
  cli.add_flag("--predict", flags.predict, "FILE: adds log likelihood, predictive and prior draws to a finished file");
  cli.add_flag("--log-likelihood", options.predict.log_likelihood, "of --predict: /log_likelihood");
  cli.add_flag("--predictive", options.predict.predictive, "of --predict: /posterior_predictive");
  cli.add_option("--prior", options.predict.prior, "of --predict: so many draws in /prior and /prior_predictive")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  cli.add_option("--set", options.set, "replaces a key of the config; may be repeated")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  cli.add_flag("--overwrite", options.overwrite, "replace an existing output file");
  cli.add_flag("--quiet", options.quiet, "say nothing but warnings and errors");
  cli.add_flag("--strict", options.strict, "exit code 7 where a warning means: do not use these draws");
  cli.add_option("--progress", flags.progress, "a table that is brought up to date every second; auto: on a terminal")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->type_name("MODE");
  cli.add_flag("--version", flags.version, "versions of the program and its libraries");
}

ProgressMode progress_mode(const std::string& word) {
  if (word == "auto") return ProgressMode::automatic;
  return word == "on" ? ProgressMode::on : ProgressMode::off;
}

Command command_of(const Flags& flags, const Options& options) {
  if (flags.check + flags.summary + flags.status + flags.trim + flags.predict + flags.log_density > 1) {
    throw InputError(
        "only one of --check, --summary, --status, --trim, --predict and --log-density can be asked for at a time");
  }
  if (options.resume && options.overwrite) {
    throw InputError("--resume goes on with the output file, --overwrite replaces it: only one of them can be meant");
  }
  if (options.resume && (flags.summary || flags.status || flags.trim)) {
    throw InputError("--resume needs a CONFIG to run; --summary, --status and --trim look at a FILE");
  }
  if (options.predict.any() && !flags.predict)
    throw InputError("--log-likelihood, --predictive and --prior say what --predict makes");
  if (flags.predict && (options.resume || options.overwrite || !options.set.empty())) {
    throw InputError("--predict adds to a FILE what follows from it: no --resume, --overwrite or --set");
  }
  if (options.watch && !flags.status) throw InputError("--watch is a form of --status");
  if (flags.json && !flags.summary && !flags.log_density && !flags.status) {
    throw InputError("--json is a form of --summary, --status and --log-density");
  }
  if (flags.csv && !flags.summary) throw InputError("--csv is a form of --summary");
  if (options.vars && !flags.summary)
    throw InputError("--vars says what of --summary to show (of a run: output.summary)");
  if (options.strict && (flags.check || flags.status || flags.trim || flags.predict || flags.log_density)) {
    throw InputError("--strict is about the warnings of a run or of --summary");
  }
  if (flags.json && flags.csv) throw InputError("only one of --json and --csv can be asked for at a time");
  if (flags.check) return Command::check;
  if (flags.summary) return Command::summary;
  if (flags.status) return Command::status;
  if (flags.trim) return Command::trim;
  if (flags.predict) return Command::predict;
  if (flags.log_density) return Command::log_density;
  return Command::run;
}

TableFormat table_format(const Flags& flags) {
  if (flags.json) return TableFormat::json;
  return flags.csv ? TableFormat::csv : TableFormat::text;
}

void require_paths(Command command, std::size_t found) {
  std::string expected = "one CONFIG or FILE";
  if (command == Command::trim) expected = "FILE and OUT";
  if (command == Command::log_density) expected = "CONFIG and POINTS";
  if (command == Command::status && found > 0) return;
  if (found == (command == Command::trim || command == Command::log_density ? 2 : 1)) return;
  throw InputError("expected " + expected + ", found " + std::to_string(found) + " (exmc_mpi --help shows examples)");
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

}  // namespace

Options parse_command_line(int argc, const char* const* argv) {
  Options options;
  Flags flags;
  CLI::App cli("Bayesian sampling of a model given as data, on one core or many ranks.", "exmc_mpi");
  declare(cli, flags, options);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.command = Command::help;
    options.text = cli.help();
    return options;
  } catch (const CLI::ParseError& error) {
    throw InputError(one_line(error.what()) + " (exmc_mpi --help lists what there is)");
  }
  if (flags.version) {
    options.command = Command::version;
    return options;
  }
  options.command = command_of(flags, options);
  options.progress = progress_mode(flags.progress);
  options.format = table_format(flags);
  require_paths(options.command, flags.paths.size());
  options.path = flags.paths.front();
  options.paths = flags.paths;
  if (flags.paths.size() > 1) options.out = flags.paths.back();
  return options;
}

}  // namespace exmc::app
