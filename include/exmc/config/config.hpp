#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/difference.hpp"

namespace exmc::config {

enum class WarmupMode { coordinator, independent };
/// Whether a group of datasets is made. automatic: when all of it stays small, as far as that can be; possible: as far
/// as it can be, which is what "auto" came down to in a file that is gone on with.
enum class Choice { no, yes, automatic, possible };

/// The run as configured, defaults filled in. Where a field is optional, its default is known only later (the seed is
/// drawn, the number of chains is that of the ranks). Paths are relative to the working directory, or absolute.
struct Config {
  std::string source;                               ///< the file it came from, as messages show it
  std::string text;                                 ///< its keys with those of --set, as JSON text
  std::filesystem::path folder;                     ///< of the config: an inline model may name files in there
  std::optional<std::filesystem::path> model_file;  ///< absent: the model is
  std::string model_text;                           ///< this JSON text
  std::string data_text = "{}";                     ///< JSON text of "data" (replaces or adds entries of the model's)
  std::string init_text = "2";  ///< JSON text of "init": where chains begin; files replaced by what is in them
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> chains;
  struct Warmup {
    std::optional<std::uint64_t> iterations;  ///< absent: automatic
    WarmupMode mode = WarmupMode::coordinator;
    std::uint64_t settle = 100;
    std::filesystem::path from;  ///< an earlier run's file, whose coordinates take the place of a warm-up; or empty
    std::string from_hash;       ///< of these coordinates, once they were read
  } warmup;
  struct Sampler {
    std::uint64_t draws = 1000;
    std::optional<double> target_accept;  ///< absent: automatic
    int max_tree_depth = 10;
    std::string metric = "auto";       ///< or diag, low_rank, dense, unit
    std::string coordinates = "auto";  ///< or model
  } sampler;
  /// When the run may end before all of its draws are there.
  struct Stop {
    std::optional<double> ess;   ///< least effective sample size of all quantities; absent: never
    std::optional<double> rhat;  ///< largest R-hat; absent: the default
  } stop;
  struct Output {
    std::filesystem::path file;  ///< default: the config's name with .h5, beside it
    double flush_seconds = 1;
    bool save_warmup = false;
    Choice log_likelihood = Choice::automatic, predictive = Choice::automatic;
    bool log_prior = false;
    std::uint64_t prior = 0;       ///< draws from the prior
    std::uint64_t thin = 1;        ///< iterations of which one is saved as a draw
    bool float32 = false;          ///< real numbers of draws in single precision
    std::string save = "all";      ///< which variables and elements of the posterior
    std::string summary = "auto";  ///< what the table at the end shows: or "all", "none", elements of variables
  } output;
  struct Runtime {
    double heartbeat_seconds = 60;              ///< without a sign of life for so long a rank counts as hung
    double start_seconds = 120;                 ///< ranks wait so long for each other at the start
    std::optional<std::uint64_t> memory_limit;  ///< bytes of this process; absent: from the host's memory
    std::optional<double> time_limit;           ///< seconds since the program's start, or kOfSlurm
    static constexpr double kOfSlurm = -1;      ///< of time_limit: what the Slurm job has left, less a margin
  } runtime;
};

inline constexpr double kStopRhat = 1.01;

/// Reads a config. `overrides` are the `KEY=VALUE` of --set, applied in turn: KEY is a path of keys (`sampler.draws`),
/// VALUE is JSON, else a string; paths in it are relative to the working directory.
/// Keys that are absent keep the value they have in `defaults`.
/// @throws InputError in one line: file or --set, key, what was found, what was expected.
[[nodiscard]] Config load_config(const std::filesystem::path& file, const std::vector<std::string>& overrides = {},
                                 const Config& defaults = {});

/// The keys that the draws depend on, as JSON text with the defaults filled in: equal for equal runs.
[[nodiscard]] std::string effective_text(const Config& config);
/// Draws of each chain that the output has: of sampler.draws iterations those that output.thin leaves.
[[nodiscard]] std::uint64_t saved_draws(const Config& config);

/// The keys that decide which datasets the output has, in the same form.
[[nodiscard]] std::string output_text(const Config::Output& output);

/// A config of the keys that an earlier run noted by effective_text() and output_text().
/// @throws std::logic_error when the texts are not what these made.
[[nodiscard]] Config recorded_config(const std::string& effective, const std::string& output);
/// Where two such texts, without the number of draws, differ first.
[[nodiscard]] std::optional<Difference> text_difference(const std::string& was, const std::string& is);

/// All of a config as text, for the other ranks. decode(encode(c)) equals c in every field.
[[nodiscard]] std::string encode(const Config& config);
/// @throws std::logic_error when the text is not what encode() made.
[[nodiscard]] Config decode(const std::string& text);

}  // namespace exmc::config
