#include "exmc/io/draw_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "copy_contents.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/fault_point.hpp"
#include "hdf5.hpp"
#include "layout.hpp"
#include "part_file.hpp"
#include "writer_identity.hpp"

namespace exmc::io {
namespace {

/// Rows of one chain that wait to be written together: a few large writes cost far less than many small ones.
struct PendingRows {
  std::uint64_t first = 0;
  std::vector<double> values;
};

/// The draws of all chains, or their warm-up iterations.
struct RowGroup {
  RowGroup(std::vector<const Placement*> row, std::uint64_t chains, std::uint64_t rows_per_chain)
      : columns(std::move(row)), rows(rows_per_chain), appended(chains), durable(chains), pending(chains) {
    for (const Placement* column : columns) width += column->elements;
  }

  std::vector<const Placement*> columns;         ///< in the order of a row
  std::size_t width = 0;                         ///< doubles in a row
  std::uint64_t rows;                            ///< room in the file, per chain
  std::vector<std::uint64_t> appended, durable;  ///< rows of each chain
  std::vector<PendingRows> pending;
};

/// One kind of saved states: as they were found, and those that wait to be written.
class KeptStates {
 public:
  explicit KeptStates(const StateSlots& slots) : slots_(slots), kept_(slots.records()), saved_(slots.records()) {}

  void keep(ChainId chain, SavedState state) { kept_.at(chain.value) = std::move(state); }
  void write(PosixFile& file) {
    for (std::uint64_t record = 0; record < kept_.size(); ++record) {
      if (kept_[record]) slots_.write(file, record, *kept_[record]);
      kept_[record].reset();
    }
  }
  void read(const PosixFile& file) {
    for (std::uint64_t record = 0; record < saved_.size(); ++record) saved_[record] = slots_.read(file, record);
  }
  /// As read; nothing for a chain that has no record of this kind.
  [[nodiscard]] std::optional<SavedState> saved(ChainId chain) const {
    return chain.value < saved_.size() ? saved_[chain.value] : std::nullopt;
  }

 private:
  StateSlots slots_;
  std::vector<std::optional<SavedState>> kept_, saved_;
};

}  // namespace

std::size_t FileLayout::row_width() const {
  std::size_t width = 0;
  const auto add = [&](const std::vector<Column>& columns) {
    for (const Column& column : columns) width += element_count(column.shape);
  };
  add(statistics);
  add(variables);
  for (const auto& [group, columns] : quantities) add(columns);
  return width;
}

/// What becomes of rows of /run/events that the writer before did not count.
enum class DrawFile::Uncounted : std::uint8_t { forget, keep };

/// The open file and how far it is. A progress count only grows, is written after the draws it counts are durable, and
/// is one number in one disk sector: whichever of them a crash leaves old or new, each is true.
class DrawFile::Writer {
 public:
  Writer(PosixFile file, FileMap map)
      : file_(std::move(file)),
        map_(std::move(map)),
        draws_(map_.draw_row(), map_.chains, map_.draws),
        warmup_(map_.warmup_row(), map_.chains, map_.warmup),
        states_(map_.states),
        warmups_(map_.warmups),
        tunings_(map_.tunings) {
    pending_values_ = std::min(kPendingBytes, kPendingBytesInAll / map_.chains) / sizeof(double);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void append(ChainId chain, bool warmup, std::uint64_t first, std::span<const double> values) {
    RowGroup& group = warmup ? warmup_ : draws_;
    const std::uint64_t rows = values.size() / std::max<std::size_t>(1, group.width);
    if (chain.value >= map_.chains || group.width == 0 || values.size() != rows * group.width ||
        first > group.appended[chain.value] || first + rows > group.rows) {
      throw std::logic_error("rows that have no place in " + file_.label());
    }
    fault_point(FaultPhase::before_append);
    PendingRows& pending = group.pending[chain.value];
    const bool follows = first == pending.first + pending.values.size() / group.width;
    if (!follows || pending.values.size() + values.size() > pending_values_) {
      write_pending(group, chain);
      pending.first = first;
    }
    pending.values.insert(pending.values.end(), values.begin(), values.end());
    group.appended[chain.value] = std::max(group.appended[chain.value], first + rows);
    fault_point(FaultPhase::after_append);
  }

  /// Reads how far the file is, and introduces this process as its writer.
  void go_on(Uncounted events) {
    for (auto [offset, group] : {std::pair{map_.progress, &draws_}, std::pair{map_.warmup_progress, &warmup_}}) {
      file_.read_at(offset, group->durable.data(), group->durable.size() * sizeof(std::uint64_t));
    }
    for (KeptStates* kept : {&warmups_, &states_, &tunings_}) kept->read(file_);
    for (std::uint32_t chain = 0; chain < map_.chains; ++chain) {
      const std::optional<SavedState> state = states_.saved({chain}) ? states_.saved({chain}) : warmups_.saved({chain});
      if (!state) continue;
      draws_.appended[chain] = state->draws;
      warmup_.appended[chain] = state->warmup_rows;
      // Counts and states are written between the same two syncs: a state may have outlived a count, and its draws are
      // on the disk all the same.
      draws_.durable[chain] = std::max(draws_.durable[chain], state->draws);
      warmup_.durable[chain] = std::max(warmup_.durable[chain], state->warmup_rows);
    }
    event_counts_ = map_.events.read_counts(file_);
    if (events == Uncounted::keep) event_counts_.events = map_.events.whole_rows(file_, event_counts_.events);
    map_.events.forget_behind(file_, event_counts_.events);
    write_identity(file_, map_, this_process());
    file_.sync();
  }

  void keep_state(ChainId chain, std::string state) { states_.keep(chain, after_rows(chain, std::move(state))); }
  void keep_warmup(ChainId chain, std::string state) { warmups_.keep(chain, after_rows(chain, std::move(state))); }
  void keep_tuning(ChainId chain, std::string tuning) { tunings_.keep(chain, {0, 0, std::move(tuning)}); }
  [[nodiscard]] const KeptStates& states() const { return states_; }
  [[nodiscard]] const KeptStates& warmups() const { return warmups_; }
  [[nodiscard]] const KeptStates& tunings() const { return tunings_; }

  void set_settled(ChainId chain, bool settled) {
    const auto value = static_cast<std::int8_t>(settled);
    file_.write_at(map_.settled + checked(chain).value, &value, sizeof value);
  }

  bool add_event(const Event& event) {
    if (event_counts_.events == map_.events.capacity()) {
      ++event_counts_.missed;
      return false;
    }
    map_.events.write(file_, event_counts_.events++, event);
    return true;
  }
  [[nodiscard]] std::vector<Event> events() const { return map_.events.read(file_, event_counts_.events); }
  void begin_chain(ChainId chain, const ChainPlace& place) { map_.chain_table.begin(file_, checked(chain), place); }
  void end_chain(ChainId chain, double time) { map_.chain_table.end(file_, checked(chain), time); }

  std::uint64_t flush() {
    if (!file_.is_named(file_.label())) {
      throw IoError(file_.label() + ": is gone: it was moved or removed while it was being written");
    }
    for (RowGroup* group : {&draws_, &warmup_}) {
      for (std::uint32_t chain = 0; chain < map_.chains; ++chain) write_pending(*group, {chain});
    }
    tunings_.write(file_);  // no state may outlive the tuning that it goes with
    fault_point(FaultPhase::before_fsync);
    file_.sync();
    record(map_.progress, draws_);
    record(map_.warmup_progress, warmup_);
    map_.events.write_counts(file_, event_counts_);
    warmups_.write(file_);
    states_.write(file_);
    fault_point(FaultPhase::between_fsyncs);
    file_.sync();
    fault_point(FaultPhase::after_fsync);
    return std::accumulate(draws_.durable.begin(), draws_.durable.end(), std::uint64_t{0});
  }

  [[nodiscard]] const std::vector<std::uint64_t>& durable_draws() const { return draws_.durable; }
  [[nodiscard]] std::uint64_t draws() const { return map_.draws; }
  [[nodiscard]] const std::string& path() const { return file_.label(); }

  /// Copies what is durable into a file of another layout.
  void copy_into(PosixFile& to, const FileMap& target) const {
    copy_contents(file_, map_, to, target, {draws_.durable, warmup_.durable});
  }

  void finish() {
    flush();
    file_.close();
  }

 private:
  static constexpr std::size_t kPendingBytes = 1 << 20, kPendingBytesInAll = 16 << 20;

  void write_pending(RowGroup& group, ChainId chain) {
    PendingRows& pending = group.pending[chain.value];
    if (pending.values.empty()) return;
    RowView rows{pending.values.data(), group.width, 0, pending.first, pending.values.size() / group.width};
    for (const Placement* column : group.columns) {
      write_rows(file_, *column, chain.value, rows, scratch_);
      rows.column += column->elements;
    }
    pending.first += rows.rows;
    pending.values.clear();
  }

  [[nodiscard]] ChainId checked(ChainId chain) const {
    if (chain.value >= map_.chains) throw std::logic_error("a chain that has no place in " + file_.label());
    return chain;
  }

  [[nodiscard]] SavedState after_rows(ChainId chain, std::string state) const {
    return {warmup_.appended.at(chain.value), draws_.appended.at(chain.value), std::move(state)};
  }

  /// A resumed chain may stand behind what is durable already: that stays true.
  void record(std::uint64_t offset, RowGroup& group) {
    for (std::size_t chain = 0; chain < group.durable.size(); ++chain) {
      group.durable[chain] = std::max(group.durable[chain], group.appended[chain]);
    }
    file_.write_at(offset, group.durable.data(), group.durable.size() * sizeof(std::uint64_t));
  }

  PosixFile file_;
  FileMap map_;
  RowGroup draws_, warmup_;
  KeptStates states_, warmups_, tunings_;
  EventTable::Counts event_counts_;
  std::size_t pending_values_ = 0;  ///< doubles of one chain that may wait
  std::vector<char> scratch_;
};

DrawFile DrawFile::create(const std::filesystem::path& path, const FileLayout& layout, Existing existing) {
  h5::prepare_library();
  try {
    // A symbolic link keeps pointing where it did: what it points to is replaced.
    const std::filesystem::path target = std::filesystem::weakly_canonical(path);
    const PosixFile old = claim_existing(target, existing);
    require_space(target, path.string(), layout);
    PartFile part(target);
    FileMap map = part.lay_out(layout);
    part.write_prior(map, layout.prior);
    return DrawFile(std::make_unique<Writer>(part.become_output(existing), std::move(map)));
  } catch (const h5::Failure& failure) {
    throw IoError(path.string() + ": " + failure.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw IoError(path.string() + ": cannot create: " + error.code().message());
  }
}

DrawFile DrawFile::resume(const std::filesystem::path& path, const std::function<void()>& check) {
  return go_on(path, Uncounted::forget, [&check](const Process&) {
    if (check) check();
  });
}

DrawFile DrawFile::take_over(const std::filesystem::path& path, const std::function<void(const Process&)>& check) {
  return go_on(path, Uncounted::keep, check);
}

DrawFile DrawFile::go_on(const std::filesystem::path& path, Uncounted events,
                         const std::function<void(const Process&)>& check) {
  h5::prepare_library();
  try {
    PosixFile file(path.string(), O_RDWR, path.string());
    if (!file.try_lock()) refuse_locked(path.string());
    FileMap map = read_map(path.string());
    // Between opening and locking, another run may have put a longer file in its place.
    if (!file.is_named(path.string())) throw IoError(path.string() + ": was replaced at this moment; try again");
    if (map.states.records() < map.chains) {
      throw IoError(path.string() + ": holds no states of its chains to go on from; a trimmed file cannot be resumed");
    }
    if (check) check(read_identity(file, map));
    if (!file.try_lock()) refuse_locked(path.string());  // again, as in lay_out()
    auto writer = std::make_unique<Writer>(std::move(file), std::move(map));
    writer->go_on(events);
    return DrawFile(std::move(writer));
  } catch (const h5::Failure& failure) {
    throw IoError(path.string() + ": " + failure.what());
  }
}

DrawFile DrawFile::extended(const FileLayout& layout) && {
  const std::filesystem::path path = writer_->path();
  try {
    const std::filesystem::path target = std::filesystem::weakly_canonical(path);
    require_space(target, path.string(), layout);
    PartFile part(target);
    FileMap map = part.lay_out(layout);
    writer_->copy_into(part.file(), map);
    part.file().sync();
    // The old file stays locked until the new one, locked as well, has its name.
    auto longer = std::make_unique<Writer>(part.become_output(Existing::replace), std::move(map));
    longer->go_on(Uncounted::forget);
    return DrawFile(std::move(longer));
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
bool DrawFile::add_event(const Event& event) { return writer_->add_event(event); }
std::vector<Event> DrawFile::events() const { return writer_->events(); }
void DrawFile::begin_chain(ChainId chain, const ChainPlace& place) { writer_->begin_chain(chain, place); }
void DrawFile::end_chain(ChainId chain, double time) { writer_->end_chain(chain, time); }
void DrawFile::keep_state(ChainId chain, std::string state) { writer_->keep_state(chain, std::move(state)); }
void DrawFile::keep_warmup(ChainId chain, std::string state) { writer_->keep_warmup(chain, std::move(state)); }
void DrawFile::keep_tuning(ChainId chain, std::string tuning) { writer_->keep_tuning(chain, std::move(tuning)); }
std::optional<SavedState> DrawFile::saved_state(ChainId chain) const { return writer_->states().saved(chain); }
std::optional<SavedState> DrawFile::saved_warmup(ChainId chain) const { return writer_->warmups().saved(chain); }
std::string DrawFile::saved_tuning(ChainId chain) const {
  const std::optional<SavedState> tuning = writer_->tunings().saved(chain);
  return tuning ? tuning->bytes : std::string();
}
std::uint64_t DrawFile::flush() { return writer_->flush(); }
std::uint64_t DrawFile::draws() const { return writer_->draws(); }
const std::vector<std::uint64_t>& DrawFile::durable_draws() const { return writer_->durable_draws(); }
void DrawFile::finish() { writer_->finish(); }

}  // namespace exmc::io
