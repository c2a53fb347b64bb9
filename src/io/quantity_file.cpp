#include "exmc/io/quantity_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "copy_contents.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/fault_point.hpp"
#include "hdf5.hpp"
#include "layout.hpp"
#include "part_file.hpp"
#include "row_group.hpp"
#include "writer_identity.hpp"

namespace exmc::io {
namespace {

/// What a function returns that reads or writes an HDF5 file. @throws IoError with the file's name where that fails.
template <class F>
auto with_name(const std::string& path, const F& function) {
  try {
    return function();
  } catch (const h5::Failure& failure) {
    throw IoError(path + ": " + failure.what());
  }
}

/// The columns that are filled in, in the order of a row.
std::vector<const Placement*> filled_in(const FileMap& map) {
  std::vector<const Placement*> columns;
  for (const auto& [group, placements] : map.quantities) {
    if (map.predicting.find("/" + group_name(group)) == std::string::npos) continue;
    for (const Placement& column : placements) columns.push_back(&column);
  }
  return columns;
}

struct OpenFile {
  PosixFile file;
  FileMap map;
};

OpenFile open_locked(const std::string& path) {
  PosixFile file(path, O_RDWR, path);
  if (!file.try_lock()) refuse_locked(path);
  FileMap map = read_map(path);
  if (!file.is_named(path)) throw IoError(path + ": was replaced at this moment; try again");
  if (!file.try_lock()) refuse_locked(path);  // again, as in PartFile::lay_out()
  return {std::move(file), std::move(map)};
}

/// The same draws, states and groups in a file that has places for more groups.
OpenFile placed(const OpenFile& old, FileLayout layout) {
  const FileMap& map = old.map;
  layout.state_bytes = map.states.capacity();
  layout.warmup_state_bytes = map.warmups.capacity();
  layout.tuning_bytes = map.tunings.capacity();
  layout.warmed_chains = std::max(map.warmups.records(), std::max<std::uint64_t>(1, map.tunings.records()) - 1);
  const std::string& path = old.file.label();
  const std::filesystem::path target = std::filesystem::weakly_canonical(path);
  require_space(target, path, layout);
  PartFile part(target);
  FileMap made = part.lay_out(layout);
  if (layout.prior.write) part.write_prior(made, layout.prior);
  std::vector<std::uint64_t> chains(map.chains);
  std::iota(chains.begin(), chains.end(), std::uint64_t{0});
  copy_contents(old.file, map, part.file(), made,
                {std::move(chains), read_counts(old.file, map.progress, map.chains),
                 read_counts(old.file, map.warmup_progress, map.chains)});
  part.file().sync();
  return {part.become_output(Existing::replace), std::move(made)};
}

}  // namespace

class PredictedDraws::Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), file_(path, O_RDONLY, path) {
    h5::prepare_library();
    map_ = with_name(path, [&] { return read_map(path); });
    draws_ = read_counts(file_, map_.progress, map_.chains);
    failures_ = map_.chain_table.failures(file_, map_.chains);
  }

  [[nodiscard]] FileLayout layout() const {
    return with_name(path_, [&] { return read_layout(path_, map_); });
  }
  [[nodiscard]] std::vector<Column> variables() const { return columns_of(map_.variables); }
  [[nodiscard]] const std::vector<std::uint64_t>& draws() const { return draws_; }
  [[nodiscard]] bool is_complete() const {
    for (std::uint64_t chain = 0; chain < map_.chains; ++chain) {
      if (failures_[chain].empty() && draws_[chain] != map_.draws) return false;
    }
    return true;
  }
  [[nodiscard]] std::string predicting() const { return is_predicted(file_, map_) ? "" : map_.predicting; }
  [[nodiscard]] std::string text(const std::string& dataset) const {
    return with_name(path_, [&] { return h5::read_string(h5::open_file(path_), dataset); });
  }
  void read(const std::string& variable, ChainId chain, std::uint64_t first, std::uint64_t draws, double* out) const {
    const auto found = std::ranges::find(map_.variables, variable, [](const Placement& at) { return at.column.name; });
    if (found == map_.variables.end()) throw std::logic_error("no variable " + variable);
    read_elements(file_, *found, chain.value, draws, {0, found->elements}, out, draws, first);
  }

 private:
  std::string path_;
  PosixFile file_;
  FileMap map_;
  std::vector<std::uint64_t> draws_;
  std::vector<std::string> failures_;
};

PredictedDraws::PredictedDraws(const std::filesystem::path& path) : reader_(std::make_unique<Reader>(path.string())) {}
PredictedDraws::PredictedDraws(PredictedDraws&&) noexcept = default;
PredictedDraws::~PredictedDraws() = default;
std::vector<Column> PredictedDraws::variables() const { return reader_->variables(); }
FileLayout PredictedDraws::layout() const { return reader_->layout(); }
const std::vector<std::uint64_t>& PredictedDraws::draws() const { return reader_->draws(); }
bool PredictedDraws::is_complete() const { return reader_->is_complete(); }
std::string PredictedDraws::predicting() const { return reader_->predicting(); }
std::string PredictedDraws::text(const std::string& dataset) const { return reader_->text(dataset); }
void PredictedDraws::read(const std::string& variable, ChainId chain, std::uint64_t first, std::uint64_t draws,
                          double* out) const {
  reader_->read(variable, chain, first, draws, out);
}

class QuantityFile::Writer {
 public:
  explicit Writer(OpenFile opened)
      : file_(std::move(opened.file)), map_(std::move(opened.map)), rows_(filled_in(map_), map_.chains, map_.draws) {
    if (map_.predicted) rows_.read_durable(file_, *map_.predicted);
    for (std::uint32_t chain = 0; chain < map_.chains; ++chain) {
      rows_.go_on_after(ChainId{chain}, rows_.durable()[chain]);
    }
    write_identity(file_, map_, this_process());
    file_.sync();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void append(ChainId chain, std::uint64_t first, std::span<const double> rows) {
    fault_point(FaultPhase::before_append);
    rows_.append(file_, chain, first, rows);
    fault_point(FaultPhase::after_append);
  }

  /// A count is one number in one disk sector, and written after the rows that it counts are durable.
  std::uint64_t flush() {
    if (!file_.is_named(file_.label())) {
      throw IoError(file_.label() + ": is gone: it was moved or removed while it was being written");
    }
    rows_.write_pending(file_);
    fault_point(FaultPhase::before_fsync);
    file_.sync();
    if (map_.predicted) rows_.record_durable(file_, *map_.predicted);
    fault_point(FaultPhase::between_fsyncs);
    file_.sync();
    fault_point(FaultPhase::after_fsync);
    return std::accumulate(durable().begin(), durable().end(), std::uint64_t{0});
  }
  [[nodiscard]] const std::vector<std::uint64_t>& durable() const { return rows_.durable(); }
  void close() { file_.close(); }

 private:
  PosixFile file_;
  FileMap map_;
  RowGroup rows_;
};

QuantityFile QuantityFile::open(const std::filesystem::path& path, const FileLayout& layout,
                                const std::string& groups) {
  h5::prepare_library();
  const auto begun = [&] {
    OpenFile opened = open_locked(path.string());
    if (!is_predicted(opened.file, opened.map)) return QuantityFile(std::make_unique<Writer>(std::move(opened)));
    FileLayout longer = layout;
    std::erase_if(longer.run, [](const auto& text) { return text.first == kPredicting; });
    longer.is_predicted = !groups.empty();
    if (!groups.empty()) longer.run.emplace_back(kPredicting, groups);
    return QuantityFile(std::make_unique<Writer>(placed(opened, std::move(longer))));
  };
  try {
    return with_name(path.string(), begun);
  } catch (const std::filesystem::filesystem_error& error) {
    throw IoError(path.string() + ": cannot create: " + error.code().message());
  }
}

QuantityFile QuantityFile::go_on(const std::filesystem::path& path) {
  h5::prepare_library();
  return with_name(path.string(), [&] { return QuantityFile(std::make_unique<Writer>(open_locked(path.string()))); });
}

QuantityFile::QuantityFile(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
QuantityFile::QuantityFile(QuantityFile&&) noexcept = default;
QuantityFile::~QuantityFile() = default;
void QuantityFile::append(ChainId chain, std::uint64_t first, std::span<const double> rows) {
  writer_->append(chain, first, rows);
}
std::uint64_t QuantityFile::flush() { return writer_->flush(); }
const std::vector<std::uint64_t>& QuantityFile::durable() const { return writer_->durable(); }
std::uint64_t QuantityFile::finish() {
  const std::uint64_t rows = writer_->flush();
  writer_->close();
  return rows;
}

}  // namespace exmc::io
