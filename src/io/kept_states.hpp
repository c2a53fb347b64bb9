#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/io/draw_file.hpp"
#include "posix_file.hpp"
#include "state_slots.hpp"

namespace exmc::io {

/// One kind of saved states: as they were found, and those that wait to be written.
class KeptStates {
 public:
  explicit KeptStates(const StateSlots& slots)
      : slots_(slots), kept_(slots.records()), saved_(slots.records()), newest_(slots.records()) {}

  void keep(ChainId chain, SavedState state) { kept_.at(chain.value) = std::move(state); }
  void write(PosixFile& file) {
    GatheredWrites writes(file);
    for (std::uint64_t record = 0; record < kept_.size(); ++record) {
      if (!kept_[record]) continue;
      std::optional<StateSlots::Newest>& newest = newest_[record];
      if (!newest) static_cast<void>(slots_.read(file, record, newest.emplace()));
      slots_.write(writes, record, *kept_[record], *newest);
      kept_[record].reset();
    }
    writes.write();
  }
  void read(const PosixFile& file) {
    for (std::uint64_t record = 0; record < saved_.size(); ++record) {
      newest_[record].emplace();
      saved_[record] = slots_.read(file, record, *newest_[record]);
    }
  }
  /// As read; nothing for a chain that has no record of this kind.
  [[nodiscard]] std::optional<SavedState> saved(ChainId chain) const {
    return chain.value < saved_.size() ? saved_[chain.value] : std::nullopt;
  }

 private:
  StateSlots slots_;
  std::vector<std::optional<SavedState>> kept_, saved_;
  std::vector<std::optional<StateSlots::Newest>> newest_;  ///< as far as it was looked for
};

}  // namespace exmc::io
