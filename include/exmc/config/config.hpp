#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace exmc::config {

enum class WarmupMode { coordinator, independent };

/// The run as configured, defaults filled in. Where a field is optional, its default is known only later (the seed is
/// drawn, the number of chains is that of the ranks).
struct Config {
  std::string source;                        ///< the file it came from, as given
  std::optional<std::filesystem::path> model_file;
  std::string model_text;                    ///< JSON text of an inline model; empty when model_file is set
  std::string data_text;                     ///< JSON text of "data" (replaces or adds entries of the model's); "{}"
  std::filesystem::path data_folder;         ///< what paths in data_text are relative to
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> chains;
  struct Warmup {
    std::uint64_t iterations = 1000;
    WarmupMode mode = WarmupMode::coordinator;
    std::uint64_t settle = 100;
  } warmup;
  struct Sampler {
    std::uint64_t draws = 1000;
    double target_accept = 0.8;
    int max_tree_depth = 10;
    std::string metric = "diag";
  } sampler;
  struct Output {
    std::filesystem::path file;              ///< default: the config's name with .h5, beside it
    double flush_seconds = 1;
    bool save_warmup = false;
  } output;
  struct Runtime {
    double start_seconds = 120;
  } runtime;
};

}  // namespace exmc::config
