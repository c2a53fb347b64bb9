#include "part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/fault_point.hpp"
#include "exmc/core/text.hpp"
#include "writer_identity.hpp"

namespace exmc::io {
namespace {

[[noreturn]] void refuse_existing(const std::string& path) {
  throw InputError(path, "exists already; give --resume to go on with it, --overwrite to replace it, or another file");
}

double row_bytes(const std::vector<Column>& columns) {
  double bytes = 0;
  for (const Column& column : columns) {
    bytes += static_cast<double>(element_count(column.shape)) * (column.storage == Storage::boolean ? 1 : 8);
  }
  return bytes;
}

/// Bytes that the draws will take; a double, since nothing keeps a config from asking for more than there can be.
double draw_bytes(const FileLayout& layout) {
  const double warmup = row_bytes(layout.statistics) + row_bytes(layout.variables);
  double draw = warmup;
  for (const auto& [group, columns] : layout.quantities) draw += row_bytes(columns);
  const double prior = row_bytes(layout.prior.prior) + row_bytes(layout.prior.predictive);
  const double chain = draw * static_cast<double>(layout.draws) + warmup * static_cast<double>(layout.warmup);
  return chain * static_cast<double>(layout.chains) + prior * static_cast<double>(layout.prior.draws);
}

}  // namespace

void refuse_locked(const std::string& path) {
  throw IoError(path + ": is being written by " + describe_writer(path) + "; wait for it or stop it first");
}

std::string part_name(const std::filesystem::path& output) {
  return output.parent_path() / std::string(".").append(output.filename()).append(".part");
}

PartFile::PartFile(const std::filesystem::path& output) : output_(output.string()), name_(part_name(output)) {
  if (access(name_.c_str(), F_OK) == 0) {  // a killed run left it
    PosixFile left_over(name_, O_RDWR, name_);
    if (!left_over.try_lock()) refuse();
    unlink(name_.c_str());
  }
  file_ = PosixFile(name_, O_RDWR | O_CREAT | O_EXCL, output_);
  lock();
}

PartFile::~PartFile() {
  if (!name_.empty()) unlink(name_.c_str());
}

FileMap PartFile::lay_out(const FileLayout& layout) {
  write_layout(name_, layout);
  FileMap map = read_map(name_);
  lock();  // again: where locks belong to the process, HDF5 dropped ours by closing the file
  write_identity(file_, map, this_process());
  file_.reserve(file_.size());
  file_.sync();  // the metadata is final; the filling becomes durable with the first flush
  std::vector<const Placement*> columns = map.draw_row();
  std::ranges::copy(map.warmup_row(), std::back_inserter(columns));
  WorkMeter meter;
  for (const Placement* column : columns) meter.of += column->offsets.size() * column->chunk_bytes();
  for (const Placement* column : columns) fill(file_, *column, meter);
  return map;
}

void PartFile::write_prior(const FileMap& map, const PriorDraws& prior) {
  constexpr std::uint64_t most_bytes = 1 << 20;
  const std::vector<const Placement*> columns = map.prior_row();
  RowView rows;
  for (const Placement* column : columns) rows.width += column->elements;
  if (columns.empty()) return;
  const std::uint64_t most_rows =
      std::max<std::uint64_t>(1, most_bytes / sizeof(double) / std::max<std::size_t>(1, rows.width));
  std::vector<double> values;
  GatheredWrites writes(file_);
  WorkMeter meter{prior.draws};
  for (; rows.first < prior.draws; rows.first += rows.rows) {
    rows.rows = std::min(most_rows, prior.draws - rows.first);
    values.resize(rows.rows * rows.width);
    for (std::uint64_t row = 0; row < rows.rows; ++row) {
      prior.write(rows.first + row, std::span(values).subspan(row * rows.width, rows.width));
      meter.add(1);
    }
    rows.values = values.data();
    rows.column = 0;
    for (const Placement* column : columns) {
      write_rows(writes, *column, 0, rows);
      rows.column += column->elements;
    }
  }
  writes.write();
}

PosixFile PartFile::become_output(Existing existing) {
  fault_point(FaultPhase::laid_out);
  if (!rename_file(name_, output_, existing == Existing::replace)) refuse_existing(output_);
  name_.clear();
  fault_point(FaultPhase::named);
  sync_folder_of(output_);
  return std::move(file_);
}

void PartFile::lock() {
  if (!file_.try_lock()) refuse();
}

void PartFile::refuse() const { throw IoError(output_ + ": another run is creating this file at this moment"); }

PosixFile claim_existing(const std::filesystem::path& path, Existing existing) {
  const std::filesystem::file_status status = std::filesystem::status(path);
  if (!std::filesystem::exists(status)) return {};
  if (!std::filesystem::is_regular_file(status)) throw InputError(path.string(), "exists and is not a regular file");
  if (existing == Existing::refuse) refuse_existing(path.string());
  PosixFile old(path.string(), O_RDWR, path.string());
  if (!old.try_lock()) refuse_locked(path.string());
  return old;
}

void require_space(const std::filesystem::path& target, const std::string& path, const FileLayout& layout) {
  std::error_code unknown;
  const auto space = std::filesystem::space(std::filesystem::absolute(target).parent_path(), unknown);
  const double needed = draw_bytes(layout);
  if (unknown || needed <= static_cast<double>(space.available)) return;
  constexpr double most = 1e19;  // of what 64 bits count
  throw IoError(path + ": the draws need " + in_bytes(static_cast<std::uint64_t>(std::min(needed, most))) +
                ", but only " + in_bytes(space.available) + " are free there");
}

}  // namespace exmc::io
