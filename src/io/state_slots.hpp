#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "exmc/io/draw_file.hpp"
#include "gathered_writes.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// Saved states in the file: for each record two slots of fixed size, written in turn. A slot carries a sequence number
/// and a checksum over all of it, so that a torn or lost write leaves the other slot, which was durable before, the
/// valid one.
class StateSlots {
 public:
  /// Bytes that a slot takes for states of up to `capacity` bytes; a multiple of 8.
  [[nodiscard]] static std::uint64_t slot_bytes(std::uint64_t capacity);

  StateSlots() = default;
  StateSlots(std::uint64_t offset, std::uint64_t records, std::uint64_t slot_bytes)
      : offset_(offset), records_(records), slot_bytes_(slot_bytes) {}

  [[nodiscard]] std::uint64_t records() const { return records_; }
  /// Longest state that fits; 0 when the file has no room for states.
  [[nodiscard]] std::uint64_t capacity() const;

  /// The valid slot of a record with the larger sequence number; where none is valid, the second one and 0.
  struct Newest {
    std::uint64_t sequence = 0, slot = 1;
  };
  /// The state in that slot, which is put into `newest`.
  [[nodiscard]] std::optional<SavedState> read(const PosixFile& file, std::uint64_t record, Newest& newest) const;
  [[nodiscard]] std::optional<SavedState> read(const PosixFile& file, std::uint64_t record) const {
    Newest newest;
    return read(file, record, newest);
  }
  /// Overwrites the other slot, which is the newest then. @throws std::logic_error when the state is too long.
  void write(GatheredWrites& writes, std::uint64_t record, const SavedState& state, Newest& newest) const;

 private:
  struct Slot {
    std::uint64_t sequence = 0;  ///< 0: never written, or torn
    SavedState state;
  };
  [[nodiscard]] Slot read_slot(const PosixFile& file, std::uint64_t record, std::uint64_t number) const;
  [[nodiscard]] std::uint64_t position(std::uint64_t record, std::uint64_t number) const {
    return offset_ + (2 * record + number) * slot_bytes_;
  }

  std::uint64_t offset_ = 0, records_ = 0, slot_bytes_ = 0;
};

}  // namespace exmc::io
