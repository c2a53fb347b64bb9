#include "draw_file_writer.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>

#include "copy_contents.hpp"
#include "element_reader.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/fault_point.hpp"
#include "hdf5.hpp"
#include "part_file.hpp"
#include "writer_identity.hpp"

namespace exmc::io {
namespace {

/// Places in the file do not change, nor do draws that were written: reading them needs no lock.
class WrittenDraws final : public DrawsSoFar {
 public:
  WrittenDraws(const PosixFile& file, const std::vector<Placement>& variables, ElementReader elements)
      : file_(file), variables_(variables), elements_(std::move(elements)) {}

  [[nodiscard]] std::vector<Column> variables() const override { return columns_of(variables_); }
  [[nodiscard]] std::vector<double> element(std::size_t variable, std::size_t element) override {
    return elements_.read(file_, variables_.at(variable), element);
  }

 private:
  const PosixFile& file_;
  const std::vector<Placement>& variables_;
  ElementReader elements_;
};

}  // namespace

DrawFile::Writer::Writer(PosixFile file, FileMap map)
    : file_(std::move(file)),
      map_(std::move(map)),
      draws_(map_.draw_row(), map_.chains, map_.draws),
      warmup_(map_.warmup_row(), map_.chains, map_.warmup),
      states_(map_.states),
      warmups_(map_.warmups),
      tunings_(map_.tunings) {}

void DrawFile::Writer::append(ChainId chain, bool warmup, std::uint64_t first, std::span<const double> values) {
  fault_point(FaultPhase::before_append);
  (warmup ? warmup_ : draws_).append(file_, chain, first, values);
  fault_point(FaultPhase::after_append);
}

void DrawFile::Writer::go_on(Uncounted events) {
  draws_.read_durable(file_, map_.progress);
  warmup_.read_durable(file_, map_.warmup_progress);
  for (KeptStates* kept : {&warmups_, &states_, &tunings_}) kept->read(file_);
  for (std::uint32_t index = 0; index < map_.chains; ++index) {
    const ChainId chain{index};
    SavedState rows;  // of a chain that began anew after it failed, both may be there
    for (const KeptStates* kept : {&warmups_, &states_}) {
      const std::optional<SavedState> state = kept->saved(chain);
      if (!state) continue;
      rows.draws = std::max(rows.draws, state->draws);
      rows.warmup_rows = std::max(rows.warmup_rows, state->warmup_rows);
    }
    if (!states_.saved(chain) && !warmups_.saved(chain)) continue;
    draws_.go_on_after(chain, rows.draws);
    warmup_.go_on_after(chain, rows.warmup_rows);
  }
  event_counts_ = map_.events.read_counts(file_);
  if (events == Uncounted::keep) event_counts_.events = map_.events.whole_rows(file_, event_counts_.events);
  map_.events.forget_behind(file_, event_counts_.events);
  write_identity(file_, map_, this_process());
  file_.sync();
}

void DrawFile::Writer::set_settled(ChainId chain, bool settled) {
  const auto value = static_cast<std::int8_t>(settled);
  file_.write_at(map_.settled + checked(chain).value, &value, sizeof value);
}

bool DrawFile::Writer::add_event(const Event& event) {
  if (event_counts_.events == map_.events.capacity()) {
    ++event_counts_.missed;
    return false;
  }
  map_.events.write(file_, event_counts_.events++, event);
  return true;
}

std::uint64_t DrawFile::Writer::flush() {
  if (!file_.is_named(file_.label())) {
    throw IoError(file_.label() + ": is gone: it was moved or removed while it was being written");
  }
  draws_.write_pending(file_);
  warmup_.write_pending(file_);
  tunings_.write(file_);  // no state may outlive the tuning that it goes with
  fault_point(FaultPhase::before_fsync);
  file_.sync();
  draws_.record_durable(file_, map_.progress);
  warmup_.record_durable(file_, map_.warmup_progress);
  if (map_.predicted) draws_.record_durable(file_, *map_.predicted);  // a draw comes with all of its quantities
  map_.events.write_counts(file_, event_counts_);
  warmups_.write(file_);
  states_.write(file_);
  fault_point(FaultPhase::between_fsyncs);
  file_.sync();
  fault_point(FaultPhase::after_fsync);
  return std::accumulate(draws_.durable().begin(), draws_.durable().end(), std::uint64_t{0});
}

std::uint64_t DrawFile::Writer::finish() {
  const std::uint64_t draws = flush();
  file_.close();
  return draws;
}

std::unique_ptr<DrawsSoFar> DrawFile::Writer::draws_so_far(std::vector<std::uint64_t> chains, std::uint64_t draws) {
  draws_.write_pending(file_);
  return std::make_unique<WrittenDraws>(file_, map_.variables, ElementReader(std::move(chains), draws));
}

FileLayout DrawFile::Writer::layout() {
  try {
    FileLayout layout = read_layout(path(), map_);
    if (!file_.try_lock()) refuse_locked(path());  // again, as in PartFile::lay_out()
    layout.warmed_chains = map_.warmups.records();
    layout.tuning_bytes = map_.tunings.capacity();
    return layout;
  } catch (const h5::Failure& failure) {
    throw IoError(path() + ": " + failure.what());
  }
}

void DrawFile::Writer::copy_into(PosixFile& to, const FileMap& target) const {
  std::vector<std::uint64_t> chains(map_.chains), draws = draws_.durable();
  std::iota(chains.begin(), chains.end(), std::uint64_t{0});
  for (std::uint64_t& rows : draws) rows = std::min(rows, target.draws);
  copy_contents(file_, map_, to, target, {std::move(chains), std::move(draws), warmup_.durable()});
}

ChainId DrawFile::Writer::checked(ChainId chain) const {
  if (chain.value >= map_.chains) throw std::logic_error("a chain that has no place in " + file_.label());
  return chain;
}

}  // namespace exmc::io
