// Question: what do chains cost the writer: making the file, opening it again, a flush; and bytes? Method: DrawFile
// with the columns of a run of `simple` (12 statistics, two parameters) in files of 100 draws a chain; processor time
// of the process, user and system. The answer is checked: the file is opened again and has the draws.
//
//   writer_bench [FOLDER [LARGEST]]     files are made there and removed; default: the working directory, 10^4 chains
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "exmc/io/draw_file.hpp"

namespace {

using exmc::ChainId;
using exmc::io::DrawFile;
using exmc::io::FileLayout;
using exmc::io::Storage;

constexpr std::size_t kStateBytes = 200;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double seconds_of(const std::function<void()>& work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

FileLayout layout_of(std::uint64_t chains, std::uint64_t draws, std::size_t parameters) {
  FileLayout layout;
  layout.chains = chains;
  layout.draws = draws;
  for (const char* name : {"lp", "acceptance_rate", "step_size", "energy", "energy_error", "max_energy_error"}) {
    layout.statistics.push_back({name, {}, Storage::float64});
  }
  for (const char* name : {"tree_depth", "n_steps", "reason", "node"}) {
    layout.statistics.push_back({name, {}, Storage::int64});
  }
  for (const char* name : {"diverging", "reached_max_treedepth"}) {
    layout.statistics.push_back({name, {}, Storage::boolean});
  }
  layout.variables = {{"mu", {}}, {"theta", {parameters}}};
  layout.state_bytes = kStateBytes + 8 * parameters;
  layout.tuning_bytes = layout.warmup_state_bytes = layout.state_bytes;
  layout.warmed_chains = 1;
  return layout;
}

/// Chains come and go: each flush finds a block of each.
void by_chains(const std::string& path, std::uint64_t chains) {
  constexpr std::uint64_t draws = 100, rows = 10;
  const FileLayout layout = layout_of(chains, draws, 1);
  const std::vector<double> block(rows * layout.row_width(), 1.5);
  double flushes = 0, appends = 0, opened = 0;
  const double made = seconds_of([&] { DrawFile::create(path, layout, exmc::io::Existing::replace).finish(); });
  {
    DrawFile file = DrawFile::resume(path);
    for (std::uint64_t first = 0; first < draws; first += rows) {
      appends += seconds_of([&] {
        for (std::uint32_t chain = 0; chain < chains; ++chain) {
          file.append(ChainId{chain}, false, first, block);
          file.keep_state(ChainId{chain}, std::string(kStateBytes, 's'));
        }
      });
      flushes += seconds_of([&] { static_cast<void>(file.flush()); });
    }
    static_cast<void>(file.finish());
  }
  opened = seconds_of([&] {
    if (DrawFile::resume(path).saved_state(ChainId{0})->draws != draws) throw std::runtime_error("draws are missing");
  });
  const double per_chain = 1e6 * static_cast<double>(rows) / static_cast<double>(draws * chains);
  std::printf(
      "%8llu chains %9llu chunks: made %7.3f s, opened %7.3f s; a chain's block: taken %6.2f us, flushed %6.2f us\n",
      static_cast<unsigned long long>(chains), static_cast<unsigned long long>(14 * chains), made, opened,
      per_chain * appends, per_chain * flushes);
  std::fflush(stdout);
  std::filesystem::remove(path);
}

/// A few chains with long rows.
void by_bytes(const std::string& path, std::size_t parameters) {
  const std::uint64_t draws = std::max<std::uint64_t>(64, (std::uint64_t{64} << 20) / (8 * parameters) / 4);
  const FileLayout layout = layout_of(4, draws, parameters);
  const std::uint64_t rows = std::max<std::uint64_t>(1, 65536 / (8 * layout.row_width()));
  const std::vector<double> block(rows * layout.row_width(), 1.5);
  DrawFile file = DrawFile::create(path, layout, exmc::io::Existing::replace);
  std::uint64_t blocks = 0;
  const double seconds = seconds_of([&] {
    for (std::uint64_t first = 0; first + rows <= draws; first += rows) {
      for (std::uint32_t chain = 0; chain < 4; ++chain, ++blocks) {
        file.append(ChainId{chain}, false, first, block);
        file.keep_state(ChainId{chain}, std::string(layout.state_bytes, 's'));
      }
      if (blocks % 64 == 0) static_cast<void>(file.flush());
    }
    static_cast<void>(file.finish());
  });
  const double bytes = static_cast<double>(blocks * block.size() * sizeof(double));
  std::printf("%8zu parameters: %6.0f MB/s of CPU, %6.1f us a block of %llu KiB; file %.0f MB\n", parameters,
              bytes / 1e6 / seconds, 1e6 * seconds / static_cast<double>(blocks),
              static_cast<unsigned long long>(block.size() * sizeof(double) / 1024),
              static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  std::fflush(stdout);
  std::filesystem::remove(path);
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path folder = count > 1 ? arguments[1] : ".";
  const std::uint64_t largest = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 10000;
  const std::string path = folder / "writer_bench.h5";
  for (std::uint64_t chains = 100; chains <= largest; chains *= 10) by_chains(path, chains);
  for (const std::size_t parameters : {1U, 100U, 10000U, 1000000U}) by_bytes(path, parameters);
  return 0;
}
