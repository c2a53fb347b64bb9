// Question: what does the way of a draw into the file cost, beside the least that HDF5 and the disk ask for?
// Method: 10^6 draws of two parameters and ten statistics through DrawFile in blocks of 64 KiB, from create to finish,
// against a bare loop of H5Dwrite and fsync of as many bytes, in the same process; CPU of the process (user + system),
// medians of alternating repetitions. Both flush as often. The answer is checked: the draws are read back.
//
//   io_bench [FOLDER]     where the files are made (and removed); default: the working directory
#include <fcntl.h>
#include <hdf5.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "exmc/io/draw_file.hpp"
#include "exmc/io/draw_reader.hpp"

namespace {

using exmc::io::Column;
using exmc::io::FileLayout;
using exmc::io::Storage;

constexpr std::uint64_t kDraws = 1000000;
constexpr std::size_t kBlockBytes = 65536;
constexpr std::uint64_t kBlocksPerFlush = 100;
constexpr int kRepetitions = 5;

/// User and system time of this process so far, in seconds.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// The columns of a run of the model "simple".
FileLayout simple_layout(std::uint64_t draws) {
  FileLayout layout;
  layout.chains = 1;
  layout.draws = draws;
  for (const char* name : {"lp", "energy", "step_size", "acceptance_rate", "energy_error", "max_energy_error"}) {
    layout.statistics.push_back({name, {}, Storage::float64});
  }
  for (const char* name : {"tree_depth", "n_steps"}) layout.statistics.push_back({name, {}, Storage::int64});
  for (const char* name : {"diverging", "reached_max_treedepth"}) {
    layout.statistics.push_back({name, {}, Storage::boolean});
  }
  layout.variables = {{"mu", {}}, {"sigma", {}}};
  return layout;
}

std::uint64_t stored_bytes(const FileLayout& layout) {
  std::uint64_t bytes = 0;
  for (const auto* columns : {&layout.statistics, &layout.variables}) {
    for (const Column& column : *columns) bytes += column.storage == Storage::boolean ? 1 : 8;
  }
  return bytes * layout.draws;
}

void write_draws(const std::string& path, const FileLayout& layout) {
  const std::uint64_t block_rows = kBlockBytes / (layout.row_width() * sizeof(double));
  std::vector<double> rows(block_rows * layout.row_width());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<double>(i % 1000);
  auto file = exmc::io::DrawFile::create(path, layout, exmc::io::Existing::replace);
  std::uint64_t block = 0;
  for (std::uint64_t first = 0; first < layout.draws; first += block_rows) {
    const std::uint64_t count = std::min(block_rows, layout.draws - first);
    file.append({0}, false, first, {rows.data(), count * layout.row_width()});
    if (++block % kBlocksPerFlush == 0) file.flush();
  }
  file.finish();
}

void check(bool good) {
  if (!good) throw std::runtime_error("a call of the bare loop failed");
}

void write_bare(const std::string& path, std::uint64_t bytes) {
  const hsize_t blocks = bytes / kBlockBytes, block = kBlockBytes / sizeof(double), extent = blocks * block;
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(1, &extent, nullptr), memory = H5Screate_simple(1, &block, nullptr);
  const hid_t dataset = H5Dcreate2(file, "draws", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const int descriptor = open(path.c_str(), O_RDWR);
  const std::vector<double> values(block, 1.5);
  for (hsize_t i = 0; i < blocks; ++i) {
    const hsize_t start = i * block;
    check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, nullptr, &block, nullptr) >= 0);
    check(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values.data()) >= 0);
    if ((i + 1) % kBlocksPerFlush == 0) check(H5Fflush(file, H5F_SCOPE_LOCAL) >= 0 && fsync(descriptor) == 0);
  }
  check(H5Fflush(file, H5F_SCOPE_LOCAL) >= 0 && fsync(descriptor) == 0);
  for (const hid_t id : {space, memory}) H5Sclose(id);
  H5Dclose(dataset);
  H5Fclose(file);
  close(descriptor);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path folder = count > 1 ? arguments[1] : ".";
  const std::string path = folder / "io_bench_draws.h5", bare_path = folder / "io_bench_bare.h5";
  const FileLayout layout = simple_layout(kDraws);

  write_draws(path, simple_layout(kDraws / 100));
  const long small_peak = peak_kib();
  std::vector<double> ours, bare;
  long large_peak = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    double start = cpu_seconds();
    write_draws(path, layout);
    ours.push_back(cpu_seconds() - start);
    if (repetition == 0) large_peak = peak_kib();
    start = cpu_seconds();
    write_bare(bare_path, stored_bytes(layout));
    bare.push_back(cpu_seconds() - start);
  }
  exmc::io::DrawReader reader(path);
  const bool good = reader.common_draws() == kDraws && reader.variable("mu", 0)[1] == 22;
  std::filesystem::remove(path);
  std::filesystem::remove(bare_path);

  std::printf("%-44s %8.3f s CPU\n", "10^6 draws x 12 columns, create to finish", median(ours));
  std::printf("%-44s %8.3f s CPU\n", "bare H5Dwrite + fsync of the same bytes", median(bare));
  std::printf("%-44s %8.2f\n", "ratio", median(ours) / median(bare));
  std::printf("%-44s %8ld KiB (10^4 draws: %ld KiB)\n", "peak memory", large_peak, small_peak);
  std::printf("draws read back: %s\n", good ? "equal" : "WRONG");
  return good ? 0 : 1;
}
