#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/io/draw_file.hpp"
#include "exmc/io/draws_so_far.hpp"
#include "exmc/io/event.hpp"
#include "kept_states.hpp"
#include "layout.hpp"
#include "posix_file.hpp"
#include "row_group.hpp"

namespace exmc::io {

/// What becomes of rows of /run/events that the writer before did not count.
enum class DrawFile::Uncounted : std::uint8_t { forget, keep };

/// The open file and how far it is. A progress count only grows, is written after the draws it counts are durable, and
/// is one number in one disk sector: whichever of them a crash leaves old or new, each is true.
class DrawFile::Writer {
 public:
  Writer(PosixFile file, FileMap map);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void append(ChainId chain, bool warmup, std::uint64_t first, std::span<const double> values);

  /// Reads how far the file is, and introduces this process as its writer.
  void go_on(Uncounted events);

  void keep_state(ChainId chain, std::string state) { states_.keep(chain, after_rows(chain, std::move(state))); }
  void keep_warmup(ChainId chain, std::string state) { warmups_.keep(chain, after_rows(chain, std::move(state))); }
  void keep_tuning(ChainId chain, std::string tuning) { tunings_.keep(chain, {0, 0, std::move(tuning)}); }
  void keep_shared_tuning(SharedTuning tuning) {
    tunings_.keep(shared_record(), {tuning.warmed_by, 0, std::move(tuning.bytes)});
  }
  /// Among the tunings, behind those of the chains.
  [[nodiscard]] ChainId shared_record() const { return ChainId{static_cast<std::uint32_t>(map_.chains)}; }
  [[nodiscard]] const KeptStates& states() const { return states_; }
  [[nodiscard]] const KeptStates& warmups() const { return warmups_; }
  [[nodiscard]] const KeptStates& tunings() const { return tunings_; }

  void set_settled(ChainId chain, bool settled);
  bool add_event(const Event& event);
  [[nodiscard]] std::vector<Event> events() const { return map_.events.read(file_, event_counts_.events); }
  void begin_chain(ChainId chain, const ChainPlace& place) { map_.chain_table.begin(file_, checked(chain), place); }
  void fail_chain(ChainId chain, double time, const std::string& reason) {
    map_.chain_table.fail(file_, checked(chain), time, reason);
  }
  void end_chain(ChainId chain, double time) { map_.chain_table.end(file_, checked(chain), time); }

  std::uint64_t flush();
  std::uint64_t finish();

  [[nodiscard]] const std::vector<std::uint64_t>& durable_draws() const { return draws_.durable(); }
  [[nodiscard]] std::uint64_t draws() const { return map_.draws; }
  [[nodiscard]] const std::string& path() const { return file_.label(); }

  [[nodiscard]] const std::string& goal() const { return map_.goal; }
  /// Nothing in a file without a goal.
  void set_looked(std::uint64_t draws) {
    if (map_.looked) file_.write_at(*map_.looked, &draws, sizeof draws);
  }
  [[nodiscard]] std::uint64_t looked() const { return read_looked(file_, map_); }
  [[nodiscard]] std::unique_ptr<DrawsSoFar> draws_so_far(std::vector<std::uint64_t> chains, std::uint64_t draws);
  /// The file's own, with room for tunings and none for states. @throws IoError
  [[nodiscard]] FileLayout layout();

  /// Copies what is durable, as far as there is room, into a file of another layout.
  void copy_into(PosixFile& to, const FileMap& target) const;

 private:
  [[nodiscard]] ChainId checked(ChainId chain) const;
  [[nodiscard]] SavedState after_rows(ChainId chain, std::string state) const {
    return {warmup_.appended(chain), draws_.appended(chain), std::move(state)};
  }

  PosixFile file_;
  FileMap map_;
  RowGroup draws_, warmup_;
  KeptStates states_, warmups_, tunings_;
  EventTable::Counts event_counts_;
};

}  // namespace exmc::io
