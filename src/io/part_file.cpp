#include "part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <system_error>
#include <utility>

#include "exmc/core/error.hpp"
#include "writer_identity.hpp"

namespace exmc::io {
namespace {

[[noreturn]] void refuse_existing(const std::string& path) {
  throw InputError(path, "exists already; give --resume to go on with it, --overwrite to replace it, or another file");
}

/// Bytes that the draws will take; a double, since nothing keeps a config from asking for more than there can be.
double draw_bytes(const FileLayout& layout) {
  double row = 0;
  for (const auto* columns : {&layout.statistics, &layout.variables}) {
    for (const Column& column : *columns) {
      row += static_cast<double>(element_count(column.shape)) * (column.storage == Storage::boolean ? 1 : 8);
    }
  }
  const double rows = static_cast<double>(layout.draws) + static_cast<double>(layout.warmup);
  return row * rows * static_cast<double>(layout.chains);
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
  for (const auto* group : {&map.statistics, &map.variables, &map.warmup_statistics, &map.warmup_variables}) {
    for (const Placement& placement : *group) fill(file_, placement);
  }
  return map;
}

PosixFile PartFile::become_output(Existing existing) {
  if (!rename_file(name_, output_, existing == Existing::replace)) refuse_existing(output_);
  name_.clear();
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
  char text[96];
  std::snprintf(text, sizeof text, ": the draws need %.3g GB, but only %.3g GB are free there", needed / 1e9,
                static_cast<double>(space.available) / 1e9);
  throw IoError(path + text);
}

}  // namespace exmc::io
