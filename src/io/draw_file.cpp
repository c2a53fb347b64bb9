#include "exmc/io/draw_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "exmc/core/error.hpp"
#include "hdf5.hpp"
#include "layout.hpp"
#include "writer_identity.hpp"

namespace exmc::io {
namespace {

[[noreturn]] void refuse_locked(const std::string& path) {
  throw IoError(path + ": is being written by " + describe_writer(path) + "; wait for it or stop it first");
}

/// A new, empty, locked file beside the output, removed unless it became the output.
class PartFile {
 public:
  explicit PartFile(const std::filesystem::path& output)
      : output_(output.string()),
        name_(output.parent_path() / std::string(".").append(output.filename()).append(".part")) {
    if (access(name_.c_str(), F_OK) == 0) {  // a killed run left it
      PosixFile left_over(name_, O_RDWR, name_);
      if (!left_over.try_lock()) refuse();
      unlink(name_.c_str());
    }
    file_ = PosixFile(name_, O_RDWR | O_CREAT | O_EXCL, output_);
    lock();
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() {
    if (!name_.empty()) unlink(name_.c_str());
  }

  /// Writes all but the draws, whose places are filled with missing values.
  FileMap lay_out(const FileLayout& layout) {
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

  /// Gives the file its name. @throws InputError when that is taken and not to be replaced.
  PosixFile become_output(Existing existing) {
    if (!rename_file(name_, output_, existing == Existing::replace)) refuse_existing(output_);
    name_.clear();
    sync_folder_of(output_);
    return std::move(file_);
  }

  [[noreturn]] static void refuse_existing(const std::string& path) {
    throw InputError(path, "exists already; give --resume to go on from it or --overwrite to replace it");
  }

 private:
  void lock() {
    if (!file_.try_lock()) refuse();
  }
  [[noreturn]] void refuse() const { throw IoError(output_ + ": another run is creating this file at this moment"); }

  std::string output_, name_;
  PosixFile file_;
};

/// What stands where the output is to go, locked so that nobody resumes it meanwhile; nothing where there is nothing.
PosixFile claim_existing(const std::filesystem::path& path, Existing existing) {
  const std::filesystem::file_status status = std::filesystem::status(path);
  if (!std::filesystem::exists(status)) return {};
  if (!std::filesystem::is_regular_file(status)) throw InputError(path.string(), "exists and is not a regular file");
  if (existing == Existing::refuse) PartFile::refuse_existing(path.string());
  PosixFile old(path.string(), O_RDWR, path.string());
  if (!old.try_lock()) refuse_locked(path.string());
  return old;
}

}  // namespace

std::size_t FileLayout::row_width() const {
  std::size_t width = 0;
  for (const auto* columns : {&statistics, &variables}) {
    for (const Column& column : *columns) width += element_count(column.shape);
  }
  return width;
}

/// The open file and how far it is. A progress count only grows, is written after the draws it counts are durable, and
/// is one aligned number: whichever of them a crash leaves old or new, each is true.
class DrawFile::Writer {
 public:
  Writer(PosixFile file, FileMap map)
      : file_(std::move(file)), map_(std::move(map)), draws_(map_.chains), warmup_(map_.chains) {
    for (const auto* columns : {&map_.statistics, &map_.variables}) {
      for (const Placement& column : *columns) width_ += column.elements;
    }
  }

  void append(ChainId chain, bool warmup, std::uint64_t first, std::span<const double> values) {
    Counts& counts = warmup ? warmup_ : draws_;
    const std::uint64_t rows = values.size() / width_;
    if (chain.value >= map_.chains || values.size() != rows * width_ || first > counts.appended[chain.value] ||
        first + rows > (warmup ? map_.warmup : map_.draws)) {
      throw std::logic_error("rows that have no place in " + file_.label());
    }
    RowView view{values.data(), width_, 0, first, rows};
    write_columns(warmup ? map_.warmup_statistics : map_.statistics, chain, view);
    write_columns(warmup ? map_.warmup_variables : map_.variables, chain, view);
    counts.appended[chain.value] = std::max(counts.appended[chain.value], first + rows);
  }

  void set_settled(ChainId chain, bool settled) {
    if (chain.value >= map_.chains) throw std::logic_error("a chain that has no place in " + file_.label());
    const auto value = static_cast<std::int8_t>(settled);
    file_.write_at(map_.settled + chain.value, &value, sizeof value);
  }

  std::uint64_t flush() {
    file_.sync();
    record(map_.progress, draws_);
    record(map_.warmup_progress, warmup_);
    file_.sync();
    return std::accumulate(draws_.durable.begin(), draws_.durable.end(), std::uint64_t{0});
  }

  [[nodiscard]] const std::vector<std::uint64_t>& durable_draws() const { return draws_.durable; }

  void finish() {
    flush();
    file_.close();
  }

 private:
  struct Counts {
    explicit Counts(std::uint64_t chains) : appended(chains), durable(chains) {}
    std::vector<std::uint64_t> appended, durable;  ///< rows of each chain
  };

  /// Writes the columns of one group and moves `rows` on to the column after them.
  void write_columns(const std::vector<Placement>& columns, ChainId chain, RowView& rows) {
    for (const Placement& column : columns) {
      write_rows(file_, column, chain.value, rows, scratch_);
      rows.column += column.elements;
    }
  }

  void record(std::uint64_t offset, Counts& counts) {
    counts.durable = counts.appended;
    file_.write_at(offset, counts.durable.data(), counts.durable.size() * sizeof(std::uint64_t));
  }

  PosixFile file_;
  FileMap map_;
  Counts draws_, warmup_;
  std::size_t width_ = 0;
  std::vector<char> scratch_;
};

DrawFile DrawFile::create(const std::filesystem::path& path, const FileLayout& layout, Existing existing) {
  h5::be_quiet();
  try {
    // A symbolic link keeps pointing where it did: what it points to is replaced.
    const std::filesystem::path target = std::filesystem::weakly_canonical(path);
    const PosixFile old = claim_existing(target, existing);
    PartFile part(target);
    FileMap map = part.lay_out(layout);
    return DrawFile(std::make_unique<Writer>(part.become_output(existing), std::move(map)));
  } catch (const h5::Failure& failure) {
    throw IoError(path.string() + ": " + failure.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw IoError(path.string() + ": cannot create: " + error.code().message());
  }
}

DrawFile::DrawFile(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
DrawFile::DrawFile(DrawFile&&) noexcept = default;
DrawFile& DrawFile::operator=(DrawFile&&) noexcept = default;
DrawFile::~DrawFile() = default;

void DrawFile::append(ChainId chain, bool warmup, std::uint64_t first, std::span<const double> rows) {
  writer_->append(chain, warmup, first, rows);
}
void DrawFile::set_settled(ChainId chain, bool settled) { writer_->set_settled(chain, settled); }
std::uint64_t DrawFile::flush() { return writer_->flush(); }
const std::vector<std::uint64_t>& DrawFile::durable_draws() const { return writer_->durable_draws(); }
void DrawFile::finish() { writer_->finish(); }

}  // namespace exmc::io
